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
from typing import Any

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.files import onnx as onnx_file
from audiotok.metrics.base import Analysis, ClipMetric, Features, Waveform
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, full_scale, opinion, quality, validate

MIN_SECONDS = 0.5
RATERS = 15


def load() -> Any:
    """The package's model, to be passed to `plcmos`."""
    model = needs("speechmos.plcmos").PLCMOS()
    model.session = onnx_file.session(model.model_path)  # its own session starts a thread per core
    return model


def plcmos(waveform: Waveform, sample_rate: int, model: Any) -> float:
    """[T] -> mean opinion score. Raises MetricUndefined on silence and below half a second."""
    validate(waveform, sample_rate, MIN_SECONDS)
    features = model.stft_transform(waveform).astype(np.float32)[None, None]
    raters = np.random.RandomState(0).normal(size=(RATERS, 1, 64)).astype(np.float32)
    return float(
        np.mean([model.session.run(None, {"degraded_audio": features, "rater_embed": rater})[0] for rater in raters])
    )


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
    return {"plcmos": np.array(plcmos(waveform, sample_rate, model))}


def _analyse_full_scale(waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
    return _analyse(full_scale(waveform), sample_rate, clip, model)


ANALYSIS = Analysis(*("plcmos", 1, _analyse, load), sample_rate=SAMPLE_RATE, packages=("speechmos", "onnxruntime"))

_metric = partial(
    opinion,
    version=1,
    range=(1.0, 5.0),
    domains=("speech",),
    score=partial(quality, "plcmos"),
    evaluation_models=("plcmos",),
    licence="MIT",
)
METRICS: tuple[ClipMetric, ...] = (
    _metric(
        name="plcmos",
        title="PLCMOS",
        explanation="Opinion score of a network trained on lost packets: it hears gaps and robotic stretches.",
        analysis=ANALYSIS,
    ),
    _metric(
        name="plcmos_peak",
        title="PLCMOS, full scale",
        explanation="PLCMOS of the clip raised to full scale, as VERSA computes it.",
        analysis=replace(ANALYSIS, name="plcmos-full-scale", run=_analyse_full_scale),
    ),
)
