"""Lets torchaudio work beside a torch of another build.

torchaudio's wheels carry a C++ extension linked against CUDA, so `import torchaudio` raises OSError on CPU-only torch
(2.6 to 2.11 at least), and encodec, speechbrain and much of transformers with it. torchaudio runs without the
extension where its library file is absent; this gives it the same state where the file is there and cannot load.
`lfilter` is then slow and `forced_align` and `rnnt_loss` are missing. It can go when torchaudio has CPU wheels again.
"""

import ctypes
import importlib.util
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any


def install() -> None:
    """Put a stand-in for `torchaudio._extension` in place, if torchaudio is installed and its library cannot load.

    torchaudio itself is not imported. Must run before anything imports it, in every process.
    """
    if "torchaudio" in sys.modules or "torchaudio._extension" in sys.modules:
        return
    spec = importlib.util.find_spec("torchaudio")
    if spec is None or spec.origin is None:
        return
    folder = Path(spec.origin).parent / "lib"
    if all(_loads(path) for path in folder.glob("*torchaudio.*") if path.suffix in (".so", ".pyd")):
        return

    def fail_if_no_align(function: Callable[..., Any]) -> Callable[..., Any]:
        def fail(*args: object, **kwargs: object) -> None:
            raise RuntimeError(
                f"{function.__name__} needs torchaudio's C++ extension, which does not load beside torch"
            )

        return fail

    stub = types.ModuleType("torchaudio._extension")
    stub.__dict__.update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        fail_if_no_align=fail_if_no_align,
        _check_cuda_version=lambda: None,
    )
    sys.modules[stub.__name__] = stub


def _loads(library: Path) -> bool:
    try:
        ctypes.CDLL(str(library))
    except OSError:
        return False
    return True
