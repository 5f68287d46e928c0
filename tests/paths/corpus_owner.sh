# Someone with a corpus: is what others publish good enough on these recordings?
audiotok data make recordings -o mine.jsonl --domain speech --language en
printf 'tokenizer = ["audiotok-rvq", "opus"]\ndata = "mine.jsonl"\nmetric = ["estoi", "bitrate"]\nlimit = 3\n' > question.toml
audiotok run --config question.toml --workers 1
audiotok run --config question.toml --workers 1 --json > answer.json
audiotok results
audiotok leaderboard export --from runs --format markdown -o table.md
mkdir enhanced && cp recordings/*.wav enhanced/
audiotok compare folder:enhanced mulaw --data mine.jsonl --metric estoi --workers 1
grep -q audiotok-rvq table.md && test -s answer.json
