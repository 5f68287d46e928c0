"""The public names of audiotok, for type checkers and for the imports of `__init__.py`."""

from . import conformance as conformance
from . import data as data
from . import errors as errors
from . import registry as registry
from . import store as store
from ._version import __version__ as __version__
from .core.anchor import Anchor as Anchor
from .core.audio import Audio as Audio
from .core.card import TokenizerCard as TokenizerCard
from .core.streaming import FrameCodec as FrameCodec
from .core.streaming import Streaming as Streaming
from .core.tokenizer import Codec as Codec
from .core.tokenizer import Embeddable as Embeddable
from .core.tokenizer import Scalable as Scalable
from .core.tokenizer import Tokenizer as Tokenizer
from .core.tokens import Tokens as Tokens
from .core.tokens import TokenSpec as TokenSpec
from .registry import available as available
from .registry import load as load
