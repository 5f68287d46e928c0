"""Lets torchaudio work beside a torch of another build.

torchaudio's wheels carry a C++ extension linked against CUDA, so `import torchaudio` raises OSError on CPU-only torch
(2.6 to 2.11 at least), and encodec, speechbrain and much of transformers with it. torchaudio runs without the
extension where its library file is absent; this gives it the same state where the file is there and cannot load.
`lfilter` is then slow and `forced_align` and `rnnt_loss` are missing. It can go when torchaudio has CPU wheels again.
"""

import ctypes
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

_EXTENSION = "torchaudio._extension"


def install() -> None:
    """Have the first import of `torchaudio._extension` in this process find a stand-in where its library cannot load.

    Imports neither torch nor torchaudio. Must run before anything imports torchaudio, in every process.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Asked for every import; answers for torchaudio's extension only, once torchaudio imports it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != _EXTENSION or path is None:
            return None
        import torch  # noqa: F401  # its libraries are what the extension is linked against

        libraries = [file for folder in path for file in (Path(folder) / "lib").glob("*torchaudio.*")]
        if all(_loads(file) for file in libraries if file.suffix in (".so", ".pyd")):
            return None
        return importlib.machinery.ModuleSpec(_EXTENSION, _StandIn())


class _StandIn(Loader):
    """The extension as torchaudio has it where no library file is there."""

    def exec_module(self, module: ModuleType) -> None:
        def fail_if_no_align(function: Callable[..., Any]) -> Callable[..., Any]:
            def fail(*args: object, **kwargs: object) -> None:
                raise RuntimeError(
                    f"{function.__name__} needs torchaudio's C++ extension, which does not load beside torch"
                )

            return fail

        module.__dict__.update(
            _IS_TORCHAUDIO_EXT_AVAILABLE=False,
            _IS_ALIGN_AVAILABLE=False,
            fail_if_no_align=fail_if_no_align,
            _check_cuda_version=lambda: None,
        )


def _loads(library: Path) -> bool:
    try:
        ctypes.CDLL(str(library))
    except OSError:
        return False
    return True
