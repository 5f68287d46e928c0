"""The analysis of one signal: a transcript, an F0 track, a speaker embedding, or just the waveform.

It is run once per signal, whichever metrics use it; on the reference once per data set, for all tokenizers. It opens
its models in a `load` function that each worker process calls once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from audiotok.data.manifest import Clip

Waveform = NDArray[np.float32]  # [T], mono
Features = Mapping[str, NDArray[Any]]  # what an analysis returns; text is a 0-d array of str
#: The rate both signals are brought to, by domain (once, soxr HQ), on the footing of most tasks.
DOMAIN_RATES = {"speech": 16000, "music": 44100, "audio": 44100}


@dataclass(frozen=True)
class Analysis:
    """Something computed from one signal alone."""

    name: str  # "whisper-base"
    version: int  # goes up when its numbers change
    run: Callable[[Waveform, int, Clip, Any], Features]  # (waveform, sample_rate, clip, model); MetricUndefined
    load: Callable[[], Any] | None = None  # opens the model; its result is passed to run
    signature: str = ""  # what of it belongs into the score's signature: "model:whisper-base|beam:1"
    sample_rate: int | None = None  # Hz that every signal is brought to before it is run; None: it takes any
    packages: tuple[str, ...] = ()  # distributions whose versions are provenance
    reads_text: bool = False  # whether it depends on the clip's text too, as the fit of a caption does
    source: str = ""  # sha256 of the package that offers it, "" for audiotok's; the catalogue fills it in

    def features(self, waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
        """Run it with one thread of linear algebra, whatever the process has: sums over several differ in their last
        bits."""
        with _libraries().limit(limits=1, user_api="blas"):
            return self.run(waveform, sample_rate, clip, model)


@cache
def _libraries() -> ThreadpoolController:
    """Looking for them takes milliseconds. NumPy and SciPy have theirs loaded by then."""
    import scipy.linalg  # noqa: F401

    return ThreadpoolController()


def _run_waveform(waveform: Waveform, sample_rate: int, clip: Clip, model: None) -> Features:
    return {"waveform": waveform, "sample_rate": np.array(sample_rate)}


#: For metrics that compare the signals themselves. The runner never stores it: it has the audio.
WAVEFORM = Analysis(name="waveform", version=1, run=_run_waveform)


def waveform_features(signal: Waveform, rate: int, clip: Clip) -> Features:
    """The signal itself, clipped to [-1, 1], and how many samples that cut."""
    waveform = np.clip(signal, -1.0, 1.0)
    return {**WAVEFORM.run(waveform, rate, clip, None), "num_clipped": np.array(int((waveform != signal).sum()))}
