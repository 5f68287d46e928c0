# A reader of the board: its rows as a table for a paper, a figure, what a metric means, and what to cite.
audiotok leaderboard export --from "$SUBMISSIONS" --metric pesq_wb,bitrate --domain speech --format latex -o table.tex
audiotok leaderboard export --from "$SUBMISSIONS" --format csv -o scores.csv
audiotok plot pesq_wb --from "$SUBMISSIONS" -o figure.png
audiotok metrics --question intelligibility
audiotok tasks
audiotok datasets
audiotok cite codec2 pesq_wb > references.bib
grep -q toprule table.tex && grep -q textbf table.tex && test -s figure.png && grep -q '@' references.bib
if audiotok leaderboard export --from "$SUBMISSIONS" --metric pesq -o none.csv; then exit 1; fi
test ! -e none.csv
