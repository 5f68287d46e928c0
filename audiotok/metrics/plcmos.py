"""PLCMOS: the opinion score that listeners would give to speech with concealed packet losses, without a reference.

Conventions: 16 kHz speech; mean opinion score from 1 to 5; higher is better. The model answers as one rater, described
by a vector of normal noise; the score is the mean over 15 of them. The package draws new ones for each call, so that
its scores differ by 0.03 from call to call; here they are the same 15 always (NumPy's RandomState(0)).
`plcmos_peak` hears the clip at full scale, as VERSA has it; only the suite `dates` asks it.
Undefined: silence, which the model gives 2.1, and less than half a second.
Source: Diener et al., "PLCMOS – a data-driven non-intrusive metric for the evaluation of packet loss concealment
algorithms", Interspeech 2023; model plcmos_v2 and features of the package `speechmos` (Microsoft), on one thread.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.files import onnx as onnx_file
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, full_scale, opinion, quality, validate

MIN_SECONDS = 0.5
RATERS = 15
#: Tensors of the network: the last states [1, 32] of its recurrent layers, one for each direction.
_SPEECH = ("onnx::Concat_335", "onnx::Concat_337")


class PLCMOS:
    """The package's network in two parts: the speech goes through the larger one once for all raters."""

    def __init__(self) -> None:
        self._package = needs("speechmos.plcmos").PLCMOS()
        model = Path(self._package.model_path)
        self._package.session = None  # its own starts a thread per core
        self._speech = onnx_file.part(model, ["degraded_audio"], _SPEECH)
        self._opinion = onnx_file.part(model, [*_SPEECH, "rater_embed"], ["plcmos"])
        self._raters = np.random.RandomState(0).normal(size=(RATERS, 64)).astype(np.float32)

    def score(self, waveform: Waveform) -> float:
        """[T] at 16 kHz -> mean opinion score."""
        features = self._package.stft_transform(waveform).astype(np.float32)[None, None]  # [1, 1, frames, 257]
        heard = self._speech.run(None, {"degraded_audio": features})  # two of [1, 32]
        repeated = {name: part.repeat(RATERS, axis=0) for name, part in zip(_SPEECH, heard, strict=True)}
        return float(np.mean(self._opinion.run(None, {**repeated, "rater_embed": self._raters})[0]))


def load() -> PLCMOS:
    """The network, to be passed to `plcmos`."""
    return PLCMOS()


def plcmos(waveform: Waveform, sample_rate: int, model: PLCMOS) -> float:
    """[T] -> mean opinion score. Raises MetricUndefined on silence and below half a second."""
    validate(waveform, sample_rate, MIN_SECONDS)
    return model.score(waveform)


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: PLCMOS) -> Features:
    return {"plcmos": np.array(plcmos(waveform, sample_rate, model))}


def _analyse_full_scale(waveform: Waveform, sample_rate: int, clip: Clip, model: PLCMOS) -> Features:
    return _analyse(full_scale(waveform), sample_rate, clip, model)


ANALYSIS = Analysis(*("plcmos", 1, _analyse, load), sample_rate=SAMPLE_RATE, packages=("speechmos", "onnxruntime"))

_metric = partial(
    opinion,
    version=1,
    range=(1.0, 5.0),
    domains=("speech",),
    tolerance=0.01,  # noise 100 dB below the output moved it by up to 0.4 % on 7 clips
    score=partial(quality, "plcmos"),
    evaluation_models=("plcmos",),
    reference="plcmos",
    licence="MIT",
)
METRICS: tuple[ClipMetric, ...] = (
    _metric(
        name="plcmos",
        title="PLCMOS",
        explanation="Mean opinion score from 1 to 5, predicted without a reference by a network trained on "
        "packet-loss concealment. It is sensitive to gaps and robotic passages.",
        analysis=ANALYSIS,
    ),
    _metric(
        name="plcmos_peak",
        title="PLCMOS, full scale",
        explanation="PLCMOS of the clip scaled to a full-scale peak, as in VERSA.",
        analysis=replace(ANALYSIS, name="plcmos-full-scale", run=_analyse_full_scale),
    ),
)
