# The author of a codec: from nothing to a package that is checked, scored and compared.
audiotok new mycodec --kind scalable
export PYTHONPATH="$PWD/mycodec:$PYTHONPATH" # stands for: pip install -e mycodec (tests/cli/test_new.py installs it)
mkdir -p mycodec/mycodec-0.1.0.dist-info
printf 'Metadata-Version: 2.1\nName: mycodec\nVersion: 0.1.0\n' > mycodec/mycodec-0.1.0.dist-info/METADATA
printf '[audiotok.tokenizers]\nmycodec = mycodec.tokenizer:Mycodec\n' > mycodec/mycodec-0.1.0.dist-info/entry_points.txt
audiotok check mycodec
audiotok run -t mycodec --codebooks 8,40 --data speech:recordings --metric estoi,bitrate --workers 1
audiotok compare mycodec mulaw --data speech:recordings --metric estoi --workers 1
audiotok submit -t mycodec --data speech:recordings --metric estoi,bitrate --workers 1 -o submissions
test -f submissions/mycodec-num-codebooks-40/results.jsonl
