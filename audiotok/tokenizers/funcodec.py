"""FunCodec's time-domain models (Alibaba): EnCodec's layers, not causal, with 32 codebooks at 25 or 50 Hz, for speech.

Upstream divides each clip by its level, and multiplies what it decodes by that level where it has both at once; from
codes alone it decodes every clip at a level of 1. Here the level is a code of the clip: 256 steps of 0.4 dB.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from encodec.modules import SEANetDecoder, SEANetEncoder
from encodec.quantization import ResidualVectorQuantizer
from torch import Tensor, nn

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._hub import Checkpoint
from audiotok.tokenizers._levels import LEVELS, level_code, level_of, loudness
from audiotok.tokenizers._wrapper import Wrapper, as_weights

SAMPLE_RATE = 16000


@dataclass(frozen=True)
class Variant:
    checkpoint: Checkpoint
    ratios: tuple[int, ...]  # of the decoder, first to last
    training_data: str


def _checkpoint(name: str, revision: str) -> Checkpoint:
    return Checkpoint(f"alibaba-damo/audio_codec-encodec-{name}-pytorch", revision, (("model.pth", ""),))


VARIANTS = {
    "libritts-25hz": Variant(
        _checkpoint("en-libritts-16k-nq32ds640", "02f860a594ca2ce763d0e305d38daae1a02d82ec"),
        (8, 5, 4, 2, 2),
        "LibriTTS",
    ),
    "general-50hz": Variant(
        _checkpoint("zh_en-general-16k-nq32ds320", "ef9fbae4943cb272b8803e8a0f3c974fa1003b1f"),
        (8, 5, 4, 2),
        "not published: Chinese and English speech of Alibaba's own",
    ),
}


class FunCodec(Wrapper, Codec, Scalable, Embeddable):
    """1 to 32 codebooks of 1024 entries; upstream's recipes train 1 (50 Hz only), 2, 4, 8, 16 and 32 of them."""

    card = TokenizerCard(
        title="FunCodec",
        summary="Alibaba's toolkit's EnCodec for speech, not causal, with 32 residual codebooks.",
        paper="https://arxiv.org/abs/2309.07405",
        code="https://github.com/modelscope/FunCodec",
        code_licence="MIT",
        licence="MIT",
        domains=("speech",),
        encoder="CNN+RNN",
        decoder="CNN+RNN",
        representation="T",
        quantizer="RVQ",
        rate="scalable",
        objective=("GAN", "Feat", "Rec", "VQ"),
        joint=True,
        training_data=VARIANTS["libritts-25hz"].training_data,
        weights=VARIANTS["libritts-25hz"].checkpoint.url,
    )
    decode_sample_rate = SAMPLE_RATE

    def __init__(
        self, *, variant: Literal["libritts-25hz", "general-50hz"] = "libritts-25hz", num_codebooks: int = 32
    ) -> None:
        chosen = VARIANTS[variant]
        self._adopt(_load(chosen), num_codebooks)
        self.card = card(variant)

    def _adopt(self, model: Model, num_codebooks: int = 32) -> None:
        self._model = model.eval().requires_grad_(False)
        self._set_codebooks(num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        quantizer = self._model.quantizer
        sizes = (quantizer.bins,) * check_codebooks(num_codebooks, quantizer.n_q)
        rate = SAMPLE_RATE / math.prod(self._model.encoder.ratios)
        self.spec = TokenSpec(SAMPLE_RATE, rate, sizes, global_sizes=(LEVELS,))

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clip, waveform, lengths, self.spec)

    def _encode_clip(self, clip: Tensor) -> tuple[Tensor, Tensor]:
        clip = as_weights(clip, self._model)
        level = loudness(clip)
        codes = self._model.quantizer.vq.encode(self._model.encoder(clip / level), n_q=self.spec.num_codebooks)
        return codes.transpose(0, 1), level_code(level.float())[0]

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._decode_clip, tokens)

    def _decode_clip(self, codes: Tensor, level: Tensor) -> Tensor:
        return self._model.decoder(self._model.quantizer.decode(codes.transpose(0, 1))) * level_of(level)[:, :, None]

    def embed(self, tokens: Tokens) -> Tensor:
        layers = self._model.quantizer.vq.layers
        return torch.stack([layers[k].decode(codes).mT for k, codes in enumerate(tokens.codes.unbind(1))], dim=1)


def card(variant: str) -> TokenizerCard:
    chosen = VARIANTS[variant]
    return replace(FunCodec.card, training_data=chosen.training_data, weights=chosen.checkpoint.url)


class Model(nn.Module):
    def __init__(
        self, ratios: Sequence[int], filters: int = 32, latent: int = 128, entries: int = 1024, codebooks: int = 32
    ) -> None:
        super().__init__()
        shape: dict[str, Any] = {"norm": "time_group_norm", "causal": False, "ratios": list(ratios)}
        self.encoder = SEANetEncoder(dimension=latent, n_filters=filters, **shape)
        self.quantizer = ResidualVectorQuantizer(dimension=latent, n_q=codebooks, bins=entries)
        self.decoder = SEANetDecoder(dimension=latent, n_filters=filters, **shape)


def load_state(model: Model, state: dict[str, Tensor]) -> None:
    """From upstream's state dict, in which all codebooks are one tensor; what only training needs is left out."""
    kept = {name: value for name, value in state.items() if name.startswith(("encoder.", "decoder."))}
    for name in ("inited", "cluster_size", "embed", "embed_avg"):
        for k, value in enumerate(state[f"quantizer.rq.model.{name}"]):
            kept[f"quantizer.vq.layers.{k}._codebook.{name}"] = value
    model.load_state_dict(kept)


def _load(variant: Variant) -> Model:
    model = Model(variant.ratios)
    with variant.checkpoint.folder() as folder:
        # A pickle; what else it holds than tensors is refused.
        load_state(model, torch.load(folder / "model.pth", map_location="cpu", weights_only=True))
    return model
