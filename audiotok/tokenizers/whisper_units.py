"""Semantic units: k-means over the output of Whisper base's encoder, 50 a second. `speak(whisper-units)` decodes them.

The centroids lie beside this file, with the command that made them in their metadata (see `centroids/README.md`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

from torch import Tensor

from audiotok.core.batching import encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Embeddable, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.files.assets import file_sha256
from audiotok.units.centroids import Centroids, assign
from audiotok.units.encoders import open_encoder

CENTROIDS = Path(__file__).parent / "centroids"


class WhisperUnits(Tokenizer, Embeddable):
    """Which of k centroids is nearest to each frame of Whisper base's encoder."""

    card = TokenizerCard(
        title="Whisper units",
        summary="k-means over the output of Whisper base's encoder; what is said, without the voice.",
        paper="https://arxiv.org/abs/2212.04356",
        code="https://github.com/SYSTRAN/faster-whisper",
        code_licence="MIT",
        licence="MIT",
        domains=("speech",),
        encoder="CNN+T",
        decoder="-",
        representation="T-F",
        quantizer="k-means",
        rate="fixed",
        auxiliary=("SST",),
        training_data="Whisper: 680,000 h of web audio; k-means: audiotok's small, training split",
        trained_with=("whisper-base",),
        weights="https://huggingface.co/Systran/faster-whisper-base/tree/ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        weights_sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    )

    def __init__(self, *, k: Literal[500] = 500) -> None:
        path = CENTROIDS / f"whisper_base_{k}.safetensors"
        centroids = Centroids.load(path)
        self.card = replace(self.card, weights_sha256=f"{self.card.weights_sha256} centroids:{file_sha256(path)}")
        self._encoder = open_encoder(centroids.encoder, centroids.layer)
        self._vectors = centroids.vectors
        self.spec = TokenSpec(
            sample_rate=self._encoder.sample_rate,
            frame_rate=self._encoder.sample_rate / self._encoder.hop,
            codebook_sizes=(k,),
        )

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._units, waveform, lengths, self.spec)

    def _units(self, clip: Tensor) -> Tensor:
        """[1, 1, T] -> [1, 1, ceil(T / 320)]"""
        return assign(self._encoder(clip[0, 0]), self._vectors)[None, None]

    def embed(self, tokens: Tokens) -> Tensor:
        return self._vectors[tokens.codes]
