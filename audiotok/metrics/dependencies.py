"""Third-party packages of the `metrics` extra, imported where they are used."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import nullcontext
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from audiotok.errors import MissingDependency
from audiotok.files.numba_cache import Kernels, begin_to_fill, compiled

_LIBROSA = Kernels("librosa", ("librosa",), "audiotok.metrics.kernels:call_librosa")
_VISQOL = Kernels(
    "visqol",
    ("visqol", "audiotok.metrics._gammatone", "audiotok.metrics._nsim"),
    "audiotok.metrics.kernels:call_visqol",
)
_PYIN = Kernels("pyin", ("audiotok.metrics._pyin",), "audiotok.metrics.kernels:call_pyin")
_KERNELS = {
    "librosa": _LIBROSA,
    "librosa.filters": None,
    # Both import librosa.
    "torchmetrics.functional.audio.nisqa": _LIBROSA,
    "utmosv2": _LIBROSA,
    "visqol": _VISQOL,
    "audiotok.metrics._gammatone": _VISQOL,
    "audiotok.metrics._nsim": _VISQOL,
    "audiotok.metrics._pyin": _PYIN,
}
#: What the distributions that metrics name need compiled.
_OF_DISTRIBUTION = {"numba": _PYIN, "visqol-python": _VISQOL}
#: librosa imports its modules when they are first looked at; these are all that metrics reach, and what they import.
_LIBROSA_MODULES = ("core.spectrum", "core.audio", "feature", "feature.spectral", "filters")


def begin_to_compile(distributions: Iterable[str]) -> None:
    """Have the kernels of these distributions compiled now, each in a process of its own; who needs them waits."""
    for name in sorted(set(distributions) & set(_OF_DISTRIBUTION)):
        begin_to_fill(_OF_DISTRIBUTION[name])


def needs(module: str, extra: str = "metrics", command: str = "") -> Any:
    """The imported module. Raises MissingDependency with the command that installs it, by the extra of audiotok.

    command: of what stands in no extra, because it is on no package index.
    """
    package = module.partition(".")[0]
    kernels = _KERNELS.get(module, _KERNELS.get(package))
    try:
        if sys.modules.get(package) is None and find_spec(package) is None:  # before anything is compiled
            raise ModuleNotFoundError(name=package)
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
