"""Tokenizers whose packages exclude those of this environment: each runs in a process of an environment of its own.

`environments` makes them, `tokenizer` is what `audiotok.load` then returns and `streams` what that one streams with,
`process` and `worker` are the two ends of the conversation, `wire` is its form.
"""
