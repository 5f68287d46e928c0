"""NISQA: the opinion score that listeners would give to speech, and four reasons for it, without a reference.

Conventions: 16 kHz speech; mean opinion scores, nominally 1 to 5; higher is better, also of noisiness, discontinuity,
coloration and loudness, where 5 is none of the fault. NISQA was made for audio up to 48 kHz and hears here what is left
at 16, so that what lies above 8 kHz is missing from every system alike.
Undefined: silence, less than half a second, and more than 52 s, which is as much as the model takes.
Source: Mittag et al., "NISQA: A Deep CNN-Self-Attention Model for Multidimensional Speech Quality Prediction with
Crowdsourced Datasets", Interspeech 2021; version 2.0 with its published weights (CC BY-NC-SA 4.0, for no commercial
purpose) as torchmetrics runs them, equal to upstream's own code on a recording.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.errors import MetricUndefined
from audiotok.files.assets import Asset, Url, fetch
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, opinion, quality, validate

MIN_SECONDS, MAX_SECONDS = 0.5, 52.0
SCORES = ("nisqa", "nisqa_noisiness", "nisqa_discontinuity", "nisqa_coloration", "nisqa_loudness")  # in its order
WEIGHTS = Asset(
    "nisqa.tar",
    "7ec4cf937514dd3f8860b21e66fabd8ca87a168572675ef8d979c4c4ad2e805c",
    (
        Url(
            "https://github.com/gabrielmittag/NISQA/raw/fe84f0f252abec382b24367d5b22498a7ce34dbb/weights/nisqa.tar",
        ),
    ),
)


def load() -> Any:
    """torchmetrics' function, with the weights open, to be passed to `nisqa`. Raises AssetUnavailable."""
    weights = fetch(WEIGHTS)
    needs("requests", extra="nisqa")  # the function refuses to run without it
    package = needs("torchmetrics.functional.audio.nisqa", extra="nisqa")
    elsewhere = package.NISQA_DIR
    with tempfile.TemporaryDirectory() as folder:  # it looks for a file of this name, opens it once and keeps it
        (Path(folder) / "nisqa.tar").symlink_to(weights.resolve())
        try:
            package.NISQA_DIR = folder
            package._load_nisqa_model()
        finally:
            package.NISQA_DIR = elsewhere
    return package.non_intrusive_speech_quality_assessment


def nisqa(waveform: Waveform, sample_rate: int, model: Any) -> dict[str, float]:
    """[T] -> opinion scores by the names of the metrics. Raises MetricUndefined."""
    import torch

    validate(waveform, sample_rate, MIN_SECONDS)
    if len(waveform) > MAX_SECONDS * SAMPLE_RATE:
        raise MetricUndefined(
            f"the signal lasts {len(waveform) / SAMPLE_RATE:.1f} s, NISQA takes no more than {MAX_SECONDS:g} s"
        )
    scores = model(torch.from_numpy(np.asarray(waveform, dtype=np.float32)), sample_rate)
    return dict(zip(SCORES, scores.tolist(), strict=True))


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
    return {name: np.array(score) for name, score in nisqa(waveform, sample_rate, model).items()}


_ANALYSIS = Analysis(
    *("nisqa-2.0", 1, _analyse, load), sample_rate=SAMPLE_RATE, packages=("torchmetrics", "librosa", "torch")
)


def _metric(name: str, title: str, explanation: str) -> ClipMetric:
    return opinion(
        name=name,
        version=1,
        title=title,
        explanation=explanation,
        range=(0.0, 6.0),
        domains=("speech",),
        analysis=_ANALYSIS,
        score=partial(quality, name),
        evaluation_models=("nisqa",),
        reference="nisqa",
        licence="CC-BY-NC-SA-4.0",
    )


METRICS: tuple[ClipMetric, ...] = (
    _metric(
        "nisqa",
        "NISQA",
        "Mean opinion score of transmitted speech, predicted by a network without a reference; nominally 1 to 5.",
    ),
    _metric(
        "nisqa_noisiness",
        "NISQA, noisiness",
        "Predicted freedom from noise (NISQA), without a reference; 5 means no noise.",
    ),
    _metric(
        "nisqa_discontinuity",
        "NISQA, discontinuity",
        "Predicted freedom from interruptions (NISQA), without a reference; 5 means no interruptions.",
    ),
    _metric(
        "nisqa_coloration",
        "NISQA, coloration",
        "Predicted freedom from an unnatural timbre (NISQA), without a reference; 5 means no coloration.",
    ),
    _metric(
        "nisqa_loudness",
        "NISQA, loudness",
        "Predicted suitability of the loudness (NISQA), without a reference; 5 means a suitable level.",
    ),
)
