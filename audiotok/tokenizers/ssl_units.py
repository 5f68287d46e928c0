"""Semantic units of any HuBERT, mHuBERT, WavLM, wav2vec 2.0 or Whisper encoder: k-means over one of its layers.

The published centroids of this kind are pickles, which are not opened here; `recipes/train_units.py` trains some, and
`audiotok.units.centroids.Centroids` writes others into the same kind of file.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from torch import Tensor

from audiotok.core.batching import encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Embeddable, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.files.assets import file_sha256
from audiotok.files.hub_models import without_commit
from audiotok.units.centroids import Centroids, assign
from audiotok.units.layers import open_layer


class SSLUnits(Tokenizer, Embeddable):
    """Which centroid is nearest to each frame. The centroids file names the encoder and the layer."""

    card = TokenizerCard(
        title="SSL units",
        summary="k-means over a layer of a self-supervised speech encoder, from a centroids file of yours.",
        paper="https://arxiv.org/abs/2106.07447",
        code="https://github.com/huggingface/transformers",
        code_licence="Apache-2.0",
        licence="LicenseRef-of-the-encoder",
        domains=("speech",),
        encoder="CNN+T",
        decoder="-",
        representation="T",
        quantizer="k-means",
        rate="fixed",
        objective=("MP",),
    )

    def __init__(self, *, centroids: str) -> None:
        path = Path(centroids)
        loaded = Centroids.load(path)
        self.card = replace(
            self.card,
            title=f"{loaded.encoder} units, layer {loaded.layer}, k={len(loaded.vectors)}",
            training_data=loaded.data,
            trained_with=(without_commit(loaded.encoder),),
            weights_sha256=f"centroids:{file_sha256(path)}",
        )
        self._encoder = open_layer(loaded.encoder, loaded.layer)
        self._vectors = loaded.vectors
        self._remove_mean = loaded.remove_mean
        rate = self._encoder.sample_rate / self._encoder.hop
        self.spec = TokenSpec(self._encoder.sample_rate, rate, (len(self._vectors),))

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clip, waveform, lengths, self.spec)

    def _encode_clip(self, clip: Tensor) -> Tensor:
        return assign(self._encoder(clip[0, 0]), self._vectors, self._remove_mean)[None, None]

    def embed(self, tokens: Tokens) -> Tensor:
        return self._vectors[tokens.codes]
