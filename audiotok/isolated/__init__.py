"""Tokenizers whose packages exclude those of this environment: each runs in a process of an environment of its own.

`environments` makes them, `tokenizer` is what `audiotok.load` then returns and `streams` what that one streams with,
`process` and `worker` are the two ends of the conversation, `wire` is its form.

This separates packages, it is no sandbox: a worker runs as the user, reads and writes the user's files and has the
network. It gets no variable that holds a token or a password, and is ended where it does not answer.
"""
