"""AudioDec: a causal codec of speech with 8 residual codebooks, at 48 kHz (VCTK) and 24 kHz (LibriTTS).

Its authors publish no package; the graph in _audiodec.py is written anew. They publish the weights as one archive, of
which the hub has a copy file by file; that is where ours come from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor

from audiotok.core.card import TokenizerCard
from audiotok.core.streaming import Coder, FrameCodec
from audiotok.core.tokenizer import Embeddable
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._hub import Checkpoint
from audiotok.tokenizers._wrapper import Wrapper, as_weights
from audiotok.tokenizers.audiodec.layers import STRIDES, Model, Vocoder, load_state, mirror


@dataclass(frozen=True)
class Variant:
    sample_rate: int
    coder: str  # file of the model whose codes these are
    decoder: str  # file of the one that decodes them
    kernels: tuple[int, ...]  # of the vocoder, () for the symmetric decoder
    training_data: str

    @property
    def checkpoint(self) -> Checkpoint:
        names = (self.coder, self.decoder)
        return Checkpoint(REPOSITORY, REVISION, tuple((name, SHA256.get(name, "")) for name in names))

    def model(self) -> Model:
        return Model(Vocoder(self.kernels) if self.kernels else mirror())


REPOSITORY = "Codec-SUPERB/AudioDec"
REVISION = "63e3df49df9755b37410ae81a2600fd85a1876fd"
_LIBRITTS = "autoencoder/symAD_libritts_24000_hop300/checkpoint-{}steps.pkl"
_VCTK = "autoencoder/symAD_vctk_48000_hop300/checkpoint-{}steps.pkl"
_UNIV = "autoencoder/symADuniv_vctk_48000_hop300/checkpoint-{}steps.pkl"
_VOCODER = "vocoder/AudioDec_{}_hop300_clean/checkpoint-500000steps.pkl"
_READ, _SPOKEN = "LibriTTS", "VCTK, 84 speakers"
SHA256 = {
    _VCTK.format(200000): "d591fa4e564f90d1d777aa6329a088c39fa3fca18a3cb0ea1c7515faa4e4db04",
    _VCTK.format(700000): "fbbef9aefa87c68cb3416fdf805bd2e54afd6d7a9d6a65adf5dcaeb220b0c9df",
}
#: Upstream's names.
VARIANTS = {
    "libritts_v1": Variant(24000, _LIBRITTS.format(500000), _VOCODER.format("v1_symAD_libritts_24000"), (11,), _READ),
    "libritts_sym": Variant(24000, _LIBRITTS.format(500000), _LIBRITTS.format(1000000), (), _READ),
    "vctk_v0": Variant(48000, _VCTK.format(200000), _VOCODER.format("v0_symAD_vctk_48000"), (3, 7, 11), _SPOKEN),
    "vctk_v1": Variant(48000, _VCTK.format(200000), _VOCODER.format("v1_symAD_vctk_48000"), (11,), _SPOKEN),
    "vctk_v2": Variant(48000, _VCTK.format(200000), _VOCODER.format("v2_symAD_vctk_48000"), (3,), _SPOKEN),
    "vctk_sym": Variant(48000, _VCTK.format(200000), _VCTK.format(700000), (), _SPOKEN),
    "vctk_univ": Variant(48000, _UNIV.format(500000), _VOCODER.format("v3_symADuniv_vctk_48000"), (11,), _SPOKEN),
    "vctk_univ_sym": Variant(48000, _UNIV.format(500000), _UNIV.format(1000000), (), _SPOKEN),
}


class AudioDec(Wrapper, FrameCodec, Embeddable):
    """8 codebooks of 1024 entries. `variant` says what it was trained on and what decodes: a vocoder (v0 to v2) or
    the encoder's mirror image (sym)."""

    card = TokenizerCard(
        title="AudioDec",
        summary="Causal convolutional speech codec with residual codebooks, decoded by a HiFi-GAN.",
        paper="https://arxiv.org/abs/2305.16608",
        code="https://github.com/facebookresearch/AudioDec",
        code_licence="CC-BY-NC-4.0",
        licence="CC-BY-NC-4.0",
        domains=("speech",),
        encoder="CNN",
        decoder="CNN",
        representation="T",
        quantizer="RVQ",
        rate="fixed",
        objective=("GAN", "Feat", "Rec", "VQ"),
        joint=True,
        streamable=True,
        training_data=_READ,
        weights=VARIANTS["libritts_v1"].checkpoint.url,
    )

    def __init__(
        self,
        *,
        variant: Literal[
            "libritts_v1",
            "libritts_sym",
            "vctk_v0",
            "vctk_v1",
            "vctk_v2",
            "vctk_sym",
            "vctk_univ",
            "vctk_univ_sym",
        ] = "libritts_v1",
    ) -> None:
        about = VARIANTS[variant]
        self._adopt(_load(about), about.sample_rate)
        self.card = card(variant)

    def _adopt(self, model: Model, sample_rate: int) -> None:
        self._model = model.eval().requires_grad_(False)
        self._model.begin_in_silence()
        codebooks, _, entries = model.quantizer.embed.shape
        self.spec = TokenSpec(sample_rate, sample_rate / math.prod(STRIDES), (entries,) * codebooks)
        self.decode_sample_rate = sample_rate

    def _encoder(self) -> Coder:
        past: dict[Any, Tensor] = {}

        @torch.no_grad()
        def encode(samples: Tensor) -> Tensor:
            return self._model.encode(as_weights(samples[None, None].to(self.device), self._model), past).cpu()

        return encode

    def _decoder(self) -> Coder:
        past: dict[Any, Tensor] = {}

        @torch.no_grad()
        def decode(codes: Tensor) -> Tensor:
            return self._model.decode(codes.to(self.device), past)[0, 0].float().cpu()

        return decode

    def embed(self, tokens: Tokens) -> Tensor:
        return self._model.quantizer.vectors(tokens.codes)


def card(variant: str) -> TokenizerCard:
    about = VARIANTS[variant]
    checkpoint = about.checkpoint
    return replace(
        AudioDec.card,
        training_data=about.training_data,
        weights=checkpoint.url,
        weights_sha256=checkpoint.sha256,
    )


def _load(about: Variant) -> Model:
    model = about.model()
    with about.checkpoint.folder() as folder:
        # Pickles; what else they hold than tensors and plain values is refused.
        saved = [
            torch.load(folder / name, map_location="cpu", weights_only=True)["model"]["generator"]
            for name, _ in about.checkpoint.files
        ]
    load_state(model, *saved)
    return model
