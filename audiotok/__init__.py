"""audiotok: one API, recipes and a leaderboard for discrete audio tokenizers."""

from audiotok import _torchaudio
from audiotok._version import __version__
from audiotok.audio import Audio
from audiotok.registry import available, load
from audiotok.tokenizer import Codec, Tokenizer
from audiotok.tokens import Tokens, TokenSpec

_torchaudio.install()


__all__ = ["Audio", "Codec", "TokenSpec", "Tokenizer", "Tokens", "__version__", "available", "load"]
