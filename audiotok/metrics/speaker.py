"""Speaker similarity: would a speaker-verification model take the reconstruction for the same voice?

Conventions: 16 kHz speech; cosine of the embeddings of reference and estimate; -1 to 1 (GE2E's embeddings have no
negative parts: 0 to 1), 1 is best; higher is better. Three encoders: GE2E's (offline, the default), ECAPA-TDNN's and
WavLM's (by name, weights from the hub). Their cosines are not to be compared with each other, and strangers do not
get 0: two speakers tried here got 0.49 from GE2E. It hears what Resemblyzer's preparation leaves: quiet clips are
raised to -30 dBFS and long pauses cut out; the others hear the clip as it is.
Undefined: silence, less than half a second, and for GE2E less than half a second of voice.
Source: Wan et al., "Generalized end-to-end loss for speaker verification", ICASSP 2018 (Resemblyzer's weights);
Desplanques et al., "ECAPA-TDNN", Interspeech 2020 (SpeechBrain, VoxCeleb); Chen et al., "WavLM", 2022
(microsoft/wavlm-base-plus-sv, an x-vector head).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audiotok.data.manifest import Clip
from audiotok.files.assets import Asset, Hub, fetch
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, hub_snapshot, validate
from audiotok.metrics.ge2e import GE2E, MIN_SECONDS
from audiotok.metrics.outcomes import ClipScore

ECAPA = Asset(
    "embedding_model.ckpt",
    "0575cb64845e6b9a10db9bcb74d5ac32b326b8dc90352671d345e2ee3d0126a2",
    (Hub("speechbrain/spkrec-ecapa-voxceleb", "embedding_model.ckpt", "0f99f2d0ebe89ac095bcc5903c4dd8f72b367286"),),
)
WAVLM = ("microsoft/wavlm-base-plus-sv", "feb593a6c23c1cc3d9510425c29b0a14d2b07b1e")

Embedding = NDArray[np.float32]  # [D]


def similarity(reference: Embedding, estimate: Embedding) -> float:
    """[D], [D] -> cosine in [-1, 1]."""
    cosine = np.dot(reference, estimate) / (np.linalg.norm(reference) * np.linalg.norm(estimate))
    return float(np.clip(cosine, -1, 1))  # rounding may pass 1 by 1e-7


class Ecapa:
    """SpeechBrain's ECAPA-TDNN, built from its own classes with the hyperparameters that were published with it."""

    def __init__(self, weights: Path) -> None:
        import torch

        ecapa_tdnn = needs("speechbrain.lobes.models.ECAPA_TDNN").ECAPA_TDNN
        self._features = needs("speechbrain.lobes.features").Fbank(n_mels=80).eval()
        self._model = ecapa_tdnn(80, lin_neurons=192, channels=[1024, 1024, 1024, 1024, 3072]).eval()
        self._model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))

    def embed(self, waveform: Waveform) -> Embedding:
        """[T] at 16 kHz -> [192]."""
        import torch

        with torch.no_grad():
            features = self._features(torch.from_numpy(waveform)[None])
            embedding = self._model(features - features.mean(dim=1, keepdim=True))
        return np.asarray(embedding[0, 0].numpy())


class WavLMSpeaker:
    """An x-vector model of `transformers` over WavLM."""

    def __init__(self, folder: Path) -> None:
        package = needs("transformers")
        self._extract = package.AutoFeatureExtractor.from_pretrained(folder)
        self._model = package.WavLMForXVector.from_pretrained(folder).eval()

    def embed(self, waveform: Waveform) -> Embedding:
        """[T] at 16 kHz -> [512]."""
        import torch

        inputs = self._extract(waveform, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with torch.no_grad():
            return np.asarray(self._model(inputs.input_values).embeddings[0].numpy())


def _load_ecapa() -> Ecapa:
    return Ecapa(fetch(ECAPA))


def _load_wavlm() -> WavLMSpeaker:
    return WavLMSpeaker(hub_snapshot(*WAVLM))


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: GE2E | Ecapa | WavLMSpeaker) -> Features:
    validate(waveform, sample_rate, MIN_SECONDS)
    return {"embedding": model.embed(waveform)}


def _score(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    return ClipScore(similarity(reference["embedding"], estimate["embedding"]))


_analysis = partial(Analysis, version=1, run=_analyse, sample_rate=SAMPLE_RATE)
_metric = partial(
    ClipMetric,
    version=1,
    question="speaker",
    unit="",
    direction="higher",
    range=(-1.0, 1.0),
    domains=("speech",),
    score=_score,
    full_reference=True,
    tolerance=1e-3,
)
METRICS: tuple[ClipMetric, ...] = (
    _metric(
        name="speaker_ge2e",
        title="Speaker similarity (GE2E)",
        short="Speaker GE2E",
        explanation="Cosine similarity between the GE2E speaker embeddings of reference and output: it measures "
        "whether the voice is preserved. 1 is best; different speakers can reach 0.5.",
        headline=70,
        analysis=_analysis("ge2e", load=GE2E, packages=("librosa", "webrtcvad-wheels", "torch")),
        evaluation_models=("ge2e",),
        reference="ge2e",
        licence="Apache-2.0",
    ),
    _metric(
        name="speaker_ecapa",
        title="Speaker similarity (ECAPA-TDNN)",
        short="Speaker ECAPA",
        explanation="Cosine similarity between the ECAPA-TDNN speaker embeddings of reference and output; 1 is best. "
        "Values of different encoders are not comparable.",
        analysis=_analysis("ecapa", load=_load_ecapa, packages=("speechbrain", "torch")),
        evaluation_models=("ecapa",),
        reference="ecapa",
        licence="Apache-2.0",
    ),
    _metric(
        name="speaker_wavlm",
        title="Speaker similarity (WavLM)",
        short="Speaker WavLM",
        explanation="Cosine similarity between the WavLM-SV speaker embeddings of reference and output; 1 is best. "
        "Values of different encoders are not comparable.",
        analysis=_analysis("wavlm-base-plus-sv", load=_load_wavlm, packages=("transformers", "torch")),
        evaluation_models=(
            "wavlm",
            *(f"microsoft/wavlm-{size}" for size in ("base", "base-plus", "base-plus-sv", "large")),
        ),
        licence="CC-BY-SA-3.0",
        reference="wavlm",
    ),
)
