"""Speech BERTScore: how much of what WavLM hears in the decoded speech it hears in the reference too, at any time.

Conventions: 16 kHz speech; a mean of cosines between features of WavLM large, -1 to 1, 1 is identical; higher is
better. It is the precision: each frame (20 ms) of the estimate is held against the frame of the reference that is
nearest to it. Timing does not count; what the decoder left out does not either. Papers report layer 14 and the
precision, as this does. Undefined: silence, and less than 0.1 s.

precision = mean over frames of the estimate of max over frames of the reference of cos(estimate, reference)

Source: Saeki et al., "SpeechBERTScore: Reference-Aware Automatic Evaluation of Speech Generation Leveraging NLP
Evaluation Metrics", Interspeech 2024; the precision of `bert_score` in DiscreteSpeechMetrics (MIT) at commit
350e190, to 1e-6. Weights: microsoft/wavlm-large, from the hub.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiotok.data.manifest import Clip
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, hub_snapshot, validate
from audiotok.metrics.outcomes import ClipScore

WAVLM = ("microsoft/wavlm-large", "c1423ed94bb01d80a3f5ce5bc39f6026a0f4828c")
LAYER = 14  # of 24; 0 is what enters the first
MIN_SECONDS = 0.1

Frames = NDArray[np.float32]  # [frames, D]


def precision(reference: Frames, estimate: Frames) -> float:
    """[n, D], [m, D] -> mean cosine of each frame of the estimate and the nearest of the reference.

    >>> frames = np.eye(3, dtype=np.float32)
    >>> precision(frames, frames[[0, 0, 2]])
    1.0
    """
    cosines = _directions(estimate) @ _directions(reference).T
    return float(np.clip(cosines.max(axis=1).mean(), -1, 1))  # rounding may pass 1 by 1e-7


def _directions(frames: Frames) -> NDArray[np.float64]:
    return np.asarray(frames / np.linalg.norm(frames, axis=1, keepdims=True), dtype=np.float64)


def open_wavlm(folder: Path, layer: int = LAYER) -> Any:
    """[T] at 16 kHz -> [frames, D]; `folder` as `transformers` saves it. What follows the layer is left out."""
    import torch

    model = needs("transformers").WavLMModel.from_pretrained(folder).eval()
    model.encoder.layers = model.encoder.layers[: layer + 1]  # what leaves the last is normalised once more

    def hear(waveform: Waveform) -> Frames:
        with torch.no_grad():
            heard = model(torch.from_numpy(np.asarray(waveform, dtype=np.float32))[None], output_hidden_states=True)
        return np.asarray(heard.hidden_states[layer][0].numpy())

    return hear


def _load() -> Any:
    return open_wavlm(hub_snapshot(*WAVLM))


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: Any) -> Features:
    validate(waveform, sample_rate, MIN_SECONDS)
    return {"frames": model(waveform)}


def _score(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    return ClipScore(precision(reference["frames"], estimate["frames"]))


METRICS: tuple[ClipMetric, ...] = (
    ClipMetric(
        name="speech_bert_score",
        version=1,
        title="Speech BERTScore",
        explanation="Mean cosine similarity between each WavLM frame of the output and the most similar frame of the "
        "reference; 1 is best. Timing and omitted speech have no effect.",
        question="perceptual",
        unit="",
        direction="higher",
        range=(-1.0, 1.0),
        domains=("speech",),
        analysis=Analysis(
            *("wavlm-large-layer14", 1, _analyse, _load), sample_rate=SAMPLE_RATE, packages=("transformers", "torch")
        ),
        score=_score,
        full_reference=True,
        tolerance=1e-3,
        evaluation_models=("wavlm", "microsoft/wavlm-large"),
        reference="speech_bert_score",
        licence="CC-BY-SA-3.0",
    ),
)
