"""Fréchet audio distance: do reconstructions as a set look like the originals to an embedding, whatever the pairs?

Conventions: embeddings [N, D], N segments of all clips together; squared distance of two Gaussians, from 0 (same mean
and covariance) up without bound; lower is better; undefined with fewer than D + 1 segments a side, where the covariance
is singular. It falls as N grows (its bias is about 1 / N), so only values over the same clips compare; it says nothing
of a single clip, and it does not see what the embedding does not.

`extrapolated` is the value that sets of generated audio are given: FAD without the bias of their number, which is the
line through values of fewer and fewer segments over 1 / N, at 1 / N = 0. Undefined with up to 5 D segments of
reference, whose own bias stays, and with up to 3 D of estimate: from there on two sets of one Gaussian are apart by
about 1 % of its total variance, by 10 % without extrapolation; with 2 D segments it would be 3 %.

`fad_whisper`: the encoder of Whisper base (512 dimensions, 50 Hz), averaged over 0.1 s. Speech only: Whisper was
taught to hear words and little else. The encoder runs over the clip alone in float32, not padded to 30 s, since silence
that no signal has would fill the set.

Source: Kilgour et al., "Fréchet audio distance: a reference-free metric for evaluating music enhancement algorithms",
2019; Dowson and Landau, "The Fréchet distance between multivariate normal distributions", 1982; Gui et al., "Adapting
Fréchet audio distance for generative music evaluation", ICASSP 2024 (FAD∞, there drawn with replacement from 500 on).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from audiotok.data.manifest import Clip
from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.files.whisper import whisper_base_folder
from audiotok.metrics import evaluation_models
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import SetMetric
from audiotok.metrics.dependencies import needs

FRAMES_PER_SEGMENT = 5  # of the encoder, 20 ms each
SEGMENT = 1600  # samples of the waveform that they cover
WINDOW = 3000  # mel frames, 10 ms each: the longest that the encoder's positions reach

REFERENCE_FILL, ESTIMATE_FILL = 5, 3  # segments per dimension that `extrapolated` needs
SIZES, REPEATS = 8, 2  # of subsets from half of the segments on, and draws of each

Embeddings = NDArray[np.floating[Any]]  # [N, D]


def validate(reference: Embeddings, estimate: Embeddings) -> None:
    """Raises InvalidAudio where the shapes do not fit, MetricUndefined where there are too few segments."""
    fewest, dimensions = min(len(reference), len(estimate)), dimensions_of(reference, estimate)
    if fewest <= dimensions:
        raise MetricUndefined(
            f"{fewest} segments do not fill {dimensions} dimensions: FAD needs at least {dimensions + 1}; add clips"
        )


def dimensions_of(reference: Embeddings, estimate: Embeddings) -> int:
    """D of both sets. Raises InvalidAudio where it is not one."""
    if reference.ndim != 2 or estimate.ndim != 2 or reference.shape[1] != estimate.shape[1]:
        raise InvalidAudio(f"embeddings must be [N, D] of one D, got {reference.shape} and {estimate.shape}")
    return int(reference.shape[1])


def frechet_distance(reference: Embeddings, estimate: Embeddings) -> float:
    """[N, D], [M, D] -> |μ₁ - μ₂|² + tr Σ₁ + tr Σ₂ - 2 tr (Σ₁^½ Σ₂ Σ₁^½)^½, never negative.

    The product is symmetric, unlike Σ₁Σ₂, so its root is real and needs no imaginary part cut off, no offset added.
    """
    validate(reference, estimate)
    mean_difference = reference.mean(axis=0, dtype=np.float64) - estimate.mean(axis=0, dtype=np.float64)
    first, second = (np.atleast_2d(np.cov(x.astype(np.float64), rowvar=False)) for x in (reference, estimate))
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    cross = np.sqrt(np.clip(np.linalg.eigvalsh(root @ second @ root), 0, None)).sum()
    return max(0.0, float(mean_difference @ mean_difference + np.trace(first) + np.trace(second) - 2 * cross))


def extrapolated(reference: Embeddings, estimate: Embeddings) -> float:
    """[N, D], [M, D] -> FAD at infinitely many segments of the estimate. Raises MetricUndefined.

    Subsets are drawn without replacement by a fixed seed; the value may come out a little below 0.
    """
    dimensions = dimensions_of(reference, estimate)
    for side, what, fill in ((reference, "the reference", REFERENCE_FILL), (estimate, "what is judged", ESTIMATE_FILL)):
        if len(side) <= fill * dimensions:
            raise MetricUndefined(
                f"{len(side)} segments of {what} are too few for {dimensions} dimensions: extrapolated FAD needs more "
                f"than {fill * dimensions}; add clips"
            )
    random = np.random.default_rng(0)
    sizes = np.linspace(len(estimate) / 2, len(estimate), SIZES).round().astype(int).repeat(REPEATS)
    values = [frechet_distance(reference, estimate[random.permutation(len(estimate))[:size]]) for size in sizes]
    return float(np.polyfit(1 / sizes, values, 1)[1])


class WhisperEncoder:
    """Whisper base's encoder in CTranslate2, on one thread."""

    def __init__(self) -> None:
        ctranslate2 = needs("ctranslate2")
        self._mel = needs("faster_whisper.feature_extractor").FeatureExtractor()
        self._view = ctranslate2.StorageView
        folder = str(whisper_base_folder())
        self._model = ctranslate2.models.Whisper(folder, device="cpu", compute_type="float32", intra_threads=1)

    def embed(self, waveform: Waveform) -> NDArray[np.float32]:
        """[T] at 16 kHz -> [T // 1600, 512], a row for each full 0.1 s. Raises MetricUndefined where there is none."""
        segments = len(waveform) // SEGMENT
        if not segments:
            raise MetricUndefined(f"{len(waveform)} samples at 16 kHz are less than one segment of 0.1 s")
        mel = self._mel(waveform, padding=0)[:, : len(waveform) // self._mel.hop_length]
        encoded = [self._encode(mel[:, start : start + WINDOW]) for start in range(0, mel.shape[1], WINDOW)]
        frames = np.concatenate(encoded)[: segments * FRAMES_PER_SEGMENT]
        return frames.reshape(segments, FRAMES_PER_SEGMENT, -1).mean(axis=1)

    def _encode(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        """[80, frames] -> [frames / 2, 512]"""
        output = self._model.encode(self._view.from_array(np.ascontiguousarray(mel[None])))
        return np.array(output)[0]


class Embedder(Protocol):
    """An opened model: [T] at 16 kHz -> [N, D], a row for each segment."""

    def embed(self, waveform: Waveform) -> NDArray[np.float32]: ...


def embeddings_of(waveform: Waveform, sample_rate: int, clip: Clip, model: Embedder) -> Features:
    """The "embeddings" of a signal, as `of_clips` takes them. Raises InvalidAudio, MetricUndefined."""
    evaluation_models.validate(waveform, sample_rate)
    return {"embeddings": model.embed(waveform)}


def of_clips(references: Sequence[Features], estimates: Sequence[Features]) -> float:
    """The distance of the "embeddings" [N, D] of all clips together. Raises InvalidAudio, MetricUndefined."""
    first, second = (np.concatenate([clip["embeddings"] for clip in clips]) for clips in (references, estimates))
    return frechet_distance(first, second)


WHISPER_ENCODER = Analysis(
    name="whisper-base-encoder",
    version=1,
    run=embeddings_of,
    load=WhisperEncoder,
    sample_rate=evaluation_models.SAMPLE_RATE,
    signature="embedding:whisper-base-encoder-0.1s",
    packages=("ctranslate2", "faster-whisper"),
)
METRICS: tuple[SetMetric, ...] = (
    SetMetric(
        name="fad_whisper",
        version=1,
        title="FAD (Whisper base encoder)",
        short="FAD Whisper",
        explanation="Fréchet distance between the Whisper encoder embeddings of all references and all outputs; 0 is "
        "best. It depends on the number of clips: compare values over the same clips only.",
        headline=90,
        question="distribution",
        unit="",
        direction="lower",
        range=(0.0, float("inf")),
        domains=("speech",),
        analysis=WHISPER_ENCODER,
        score=of_clips,
        evaluation_models=("whisper-base",),
        reference="fad",
        licence="MIT",
        tolerance=1e-3,
    ),
)
