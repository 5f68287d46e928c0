# An engineer of speech language models: which tokens, then a store of them in one vocabulary, and back to sound.
audiotok list --domain speech --installed
audiotok info audiotok-rvq --json > info.json
audiotok data make recordings -o recordings.jsonl --domain speech
audiotok tokenize recordings.jsonl --tokenizer audiotok-rvq:num_codebooks=2 --out store
audiotok export store --to training --pattern delay --out ids
audiotok encode recordings/clip0.wav -t audiotok-rvq -o clip0.safetensors
audiotok decode clip0.safetensors -o clip0.wav
audiotok score recordings/clip0.wav clip0.wav --metric estoi --workers 1
test -d ids && test -s info.json
