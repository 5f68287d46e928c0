"""The stages of an evaluation: code (encode, decode), score, summarise. Files in, files out, resumable anywhere."""
