"""DistillMOS: the opinion score that listeners would give to speech, without a reference.

Conventions: 16 kHz speech; mean opinion score from 1 to 5; higher is better. Windows of 7.68 s at most a second apart
are scored and averaged, each brought to full scale first, so a gain costs nothing; a shorter clip is padded with zeros.
Undefined: silence, and less than half a second.
Source: Stahl and Gamper, "Distillation and Pruning for Scalable Self-Supervised Representation-Based Speech Quality
Assessment", ICASSP 2025; model and weights of the package `distillmos` (Microsoft), which opens them as tensors only.
"""

from __future__ import annotations

import contextlib
import io
from functools import partial
from typing import Any

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, opinion, quality, validate

MIN_SECONDS = 0.5


def load() -> Any:
    """The package's model, to be passed to `distillmos`."""
    package = needs("distillmos")
    with contextlib.redirect_stdout(io.StringIO()):  # it prints where its weights lie
        return package.ConvTransformerSQAModel().eval()


def distillmos(waveform: Waveform, sample_rate: int, model: Any) -> float:
    """[T] -> mean opinion score. Raises MetricUndefined on silence and below half a second."""
    import torch

    validate(waveform, sample_rate, MIN_SECONDS)
    with torch.no_grad():
        return float(model(torch.from_numpy(np.asarray(waveform, dtype=np.float32))[None]))


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
    return {"distillmos": np.array(distillmos(waveform, sample_rate, model))}


METRICS: tuple[ClipMetric, ...] = (
    opinion(
        name="distillmos",
        version=1,
        title="DistillMOS",
        explanation="Mean opinion score of speech from 1 to 5, predicted without a reference by a small network that "
        "was distilled from a large one.",
        range=(1.0, 5.0),
        domains=("speech",),
        analysis=Analysis(
            *("distillmos", 1, _analyse, load), sample_rate=SAMPLE_RATE, packages=("distillmos", "torch")
        ),
        score=partial(quality, "distillmos"),
        evaluation_models=("distillmos", "facebook/wav2vec2-xls-r-1b", "facebook/wav2vec2-xls-r-2b"),
        reference="distillmos",
        licence="MIT",
    ),
)
