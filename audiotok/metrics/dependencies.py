"""Third-party packages of the `metrics` extra, imported where they are used."""

from __future__ import annotations

from contextlib import nullcontext
from importlib import import_module
from typing import Any

from audiotok.errors import MissingDependency
from audiotok.files.numba_cache import Kernels, compiled

_LIBROSA = Kernels("librosa", ("librosa",), "audiotok.metrics.kernels:call_librosa")
_VISQOL = Kernels("visqol", ("visqol", "audiotok.metrics._gammatone"), "audiotok.metrics.kernels:call_visqol")
_PYIN = Kernels("pyin", ("audiotok.metrics._pyin",), "audiotok.metrics.kernels:call_pyin")
_KERNELS = {
    "librosa": _LIBROSA,
    "speechmos": _LIBROSA,
    "visqol": _VISQOL,
    "audiotok.metrics._gammatone": _VISQOL,
    "audiotok.metrics._pyin": _PYIN,
}
#: librosa imports its modules when they are first looked at; these are all that metrics reach, and what they import.
_LIBROSA_MODULES = ("core.pitch", "core.spectrum", "core.audio", "feature", "feature.spectral", "filters", "sequence")


def needs(module: str, extra: str = "metrics", command: str = "") -> Any:
    """The imported module. Raises MissingDependency with the command that installs it, by the extra of audiotok.

    command: of what stands in no extra, because it is on no package index.
    """
    kernels = _KERNELS.get(module) or _KERNELS.get(module.partition(".")[0])
    try:
        with compiled(kernels) if kernels else nullcontext():
            if kernels is _LIBROSA:
                for name in _LIBROSA_MODULES:
                    import_module(f"librosa.{name}")
            return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f"this metric needs {error.name}, which is not installed: "
            + (command or f'pip install "audiotok[{extra}]"')
        ) from error
