"""Token stores: a tokenised corpus on disk, to be read at random, streamed into training, or exported."""

from audiotok.store.corpus import open_corpus
from audiotok.store.reader import TokenStore
from audiotok.store.tokenize import tokenize

__all__ = ["TokenStore", "open_corpus", "tokenize"]
