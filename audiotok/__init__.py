"""audiotok: one API, recipes and a leaderboard for discrete audio tokenizers.

The public names are those of `__init__.pyi`. Each is imported when it is first used, so that `import audiotok` and the
command line's help do without torch.
"""

import lazy_loader

from audiotok.core import _torchaudio

_torchaudio.install()

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
