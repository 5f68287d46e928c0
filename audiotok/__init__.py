"""audiotok: one API, recipes and a leaderboard for discrete audio tokenizers."""

from audiotok._version import __version__
from audiotok.core import _torchaudio
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.registry import available, load

_torchaudio.install()


__all__ = ["Audio", "Codec", "TokenSpec", "Tokenizer", "Tokens", "__version__", "available", "load"]
