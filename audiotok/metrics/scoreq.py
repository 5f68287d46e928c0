"""SCOREQ: the opinion score that listeners would give to speech, and how far its embedding is from the reference's.

Conventions: 16 kHz speech that was spoken (the "natural" models); without a reference a mean opinion score, nominally 1
to 5, higher is better; with one the distance of two embeddings of norm 1, 0 to 2, lower is better, 0 is identical. The
signal is filled up with zeros to a multiple of 320 samples. Undefined: silence, and less than half a second.
Source: Ragano et al., "SCOREQ: Speech Quality Assessment with Contrastive Regression", NeurIPS 2024; the authors' ONNX
files (MIT), which are their package's default, by their address, since they publish no sha256. What is computed is in
the files: fed with the same signal, the package `scoreq` 1.0.1 gives the same.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiotok.data.manifest import Clip
from audiotok.files import onnx as onnx_file
from audiotok.files.first_use import fetch_address
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, quality, validate
from audiotok.metrics.outcomes import ClipScore

MIN_SECONDS = 0.5
HOP = 320  # samples a frame of wav2vec 2.0
RECORD = "https://zenodo.org/records/15739280/files"
QUALITY, EMBEDDING = "adapt_nr_telephone.onnx", "fixed_nmr_telephone.onnx"


def load(name: str) -> Any:
    """The session of one of the files, to be passed to `scoreq` or `embed`. Raises AssetUnavailable."""
    needs("onnxruntime")
    return onnx_file.session(fetch_address(f"{RECORD}/{name}"))


def scoreq(waveform: Waveform, sample_rate: int, model: Any) -> float:
    """[T] -> mean opinion score, of QUALITY. Raises MetricUndefined."""
    return float(_run(waveform, sample_rate, model).item())


def embed(waveform: Waveform, sample_rate: int, model: Any) -> NDArray[np.float32]:
    """[T] -> [D] of norm 1, of EMBEDDING. Raises MetricUndefined."""
    return np.asarray(_run(waveform, sample_rate, model)[0])


def _run(waveform: Waveform, sample_rate: int, model: Any) -> NDArray[np.float32]:
    validate(waveform, sample_rate, MIN_SECONDS)
    filled = np.pad(np.asarray(waveform, dtype=np.float32), (0, -len(waveform) % HOP))
    return np.asarray(model.run(None, {model.get_inputs()[0].name: filled[None]})[0])


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
    return {"scoreq": np.array(scoreq(waveform, sample_rate, model))}


def _analyse_embedding(waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
    return {"embedding": embed(waveform, sample_rate, model)}


def _distance(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    return ClipScore(float(np.linalg.norm(reference["embedding"] - estimate["embedding"])))


_metric = partial(
    ClipMetric,
    version=1,
    question="perceptual",
    unit="",
    domains=("speech",),
    evaluation_models=("scoreq", "facebook/wav2vec2-base"),
    reference="scoreq",
    licence="MIT",
    tolerance=1e-3,
)
METRICS: tuple[ClipMetric, ...] = (
    _metric(
        name="scoreq",
        title="SCOREQ",
        explanation="Mean opinion score of speech, predicted without a reference by a network trained with a "
        "contrastive loss; nominally 1 to 5.",
        direction="higher",
        range=(0.0, 6.0),
        analysis=Analysis(
            *("scoreq-natural-nr", 1, _analyse, partial(load, QUALITY)),
            sample_rate=SAMPLE_RATE,
            packages=("onnxruntime",),
        ),
        score=partial(quality, "scoreq"),
    ),
    _metric(
        name="scoreq_ref",
        title="SCOREQ, distance",
        explanation="Distance between the SCOREQ quality embeddings of output and reference, from 0 to 2; 0 means "
        "identical.",
        direction="lower",
        range=(0.0, 2.0),
        analysis=Analysis(
            *("scoreq-natural-ref", 1, _analyse_embedding, partial(load, EMBEDDING)),
            sample_rate=SAMPLE_RATE,
            packages=("onnxruntime",),
        ),
        score=_distance,
        full_reference=True,
    ),
)
