"""DNSMOS: the opinion scores that listeners of noisy, suppressed speech would give, without a reference.

Conventions: 16 kHz speech; mean opinion scores, nominally 1 to 5; higher is better. P.808 is one overall score, P.835
has three: the speech signal (sig), the background (bak), overall (ovrl). Windows of 9.01 s a second apart are scored
and averaged; as the package does it, a shorter clip is doubled until it fills one, and what is left after the last
whole second of a longer one is not heard. The polynomials that map P.835's raw scores stay below 5.
The metrics that end in `_peak` hear the clip at full scale, as VERSA has it; only the suite `dates` asks them.
Undefined: silence, which the model gives 1.8 to 3.5, and less than half a second, whose repetition is a buzz.
Source: Reddy et al., "DNSMOS", ICASSP 2021, and "DNSMOS P.835", ICASSP 2022; models and code of the package
`speechmos` (Microsoft), on one thread.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.files import onnx as onnx_file
from audiotok.metrics.base import Analysis, ClipMetric, Features, Waveform
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, full_scale, opinion, quality, validate

MIN_SECONDS = 0.5


def load() -> Any:
    """The package's model, to be passed to `dnsmos`."""
    package = needs("speechmos.dnsmos")
    models = Path(package.__file__).parent / "dnsmos_models"
    p835, p808 = models / "sig_bak_ovr.onnx", models / "model_v8.onnx"
    model = package.DNSMOS(str(p835), str(p808))
    # The constructor takes no session options, and its own sessions start a thread per core.
    model.onnx_sess, model.p808_onnx_sess = onnx_file.session(p835), onnx_file.session(p808)
    return model


def dnsmos(waveform: Waveform, sample_rate: int, model: Any) -> dict[str, float]:
    """[T] -> {"p808", "sig", "bak", "ovrl"}. Raises MetricUndefined on silence and below half a second."""
    validate(waveform, sample_rate, MIN_SECONDS)
    scores = model(waveform, sample_rate, False)
    return {name: float(scores[f"{name}_mos"]) for name in ("p808", "sig", "bak", "ovrl")}


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
    return {name: np.array(score) for name, score in dnsmos(waveform, sample_rate, model).items()}


def _analyse_full_scale(waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
    return _analyse(full_scale(waveform), sample_rate, clip, model)


ANALYSIS = Analysis(
    "dnsmos",
    version=1,
    run=_analyse,
    load=load,
    sample_rate=SAMPLE_RATE,
    packages=("speechmos", "onnxruntime", "librosa"),
)

FULL_SCALE = replace(ANALYSIS, name="dnsmos-full-scale", run=_analyse_full_scale)

_metric = partial(
    opinion,
    version=1,
    range=(0.0, 5.0),
    domains=("speech",),
    analysis=ANALYSIS,
    evaluation_models=("dnsmos",),
    licence="MIT",
)
METRICS: tuple[ClipMetric, ...] = (
    _metric(
        name="dnsmos_p808",
        title="DNSMOS P.808",
        explanation="Overall opinion score that a network predicts without the reference (P.808).",
        score=partial(quality, "p808"),
    ),
    _metric(
        name="dnsmos_sig",
        title="DNSMOS P.835 signal",
        explanation="Speech quality that a network predicts without the reference (P.835).",
        score=partial(quality, "sig"),
    ),
    _metric(
        name="dnsmos_bak",
        title="DNSMOS P.835 background",
        explanation="Background quality that a network predicts without the reference (P.835).",
        score=partial(quality, "bak"),
    ),
    _metric(
        name="dnsmos_ovrl",
        title="DNSMOS P.835 overall",
        short="DNSMOS",
        explanation="Overall quality that a network predicts without the reference (P.835).",
        score=partial(quality, "ovrl"),
        headline=50,
    ),
    _metric(
        name="dnsmos_p808_peak",
        title="DNSMOS P.808, full scale",
        explanation="DNSMOS P.808 of the clip raised to full scale, as VERSA computes it.",
        analysis=FULL_SCALE,
        score=partial(quality, "p808"),
    ),
    _metric(
        name="dnsmos_ovrl_peak",
        title="DNSMOS P.835 overall, full scale",
        explanation="DNSMOS P.835 of the clip raised to full scale, as VERSA computes it.",
        analysis=FULL_SCALE,
        score=partial(quality, "ovrl"),
    ),
)
