"""Descript Audio Codec at 16, 24 and 44.1 kHz, through `transformers`' DacModel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import torch
from torch import Tensor

from audiotok.core.batching import Steps, decode_frames, encode_frames
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._hub import Checkpoint, load_pretrained
from audiotok.tokenizers._wrapper import Wrapper

CHECKPOINTS = {
    16000: Checkpoint(
        "descript/dac_16khz",
        "7c2fc5e759f1f501aefc6e7a0265cc57f5d17ba7",
        (("config.json", ""), ("model.safetensors", "")),
    ),
    24000: Checkpoint(
        "descript/dac_24khz",
        "6ba020b5ba7d9d8076fb90db7e67f27e31980f6e",
        (
            ("config.json", ""),
            ("model.safetensors", "7452e3fc6972991da871ae1a1c9d3e8e219aa247cc0f757018867d6a7fe59aaf"),
        ),
    ),
    44100: Checkpoint(
        "descript/dac_44khz",
        "c1bc521685adf9cfe247bc39a5ca58917eda1ac4",
        (
            ("config.json", "4eb55fb9af1990b8d608184ad29b70e358589719af7ea8d3c06998f7c2264a64"),
            ("model.safetensors", "6128ebff483a41422b0164d079a3773b0d8d82e64c4293d775994cbf8baf913a"),
        ),
    ),
}


class DAC(Wrapper, Codec, Scalable, Embeddable):
    """RVQ of 1024-entry codebooks, each looked up in 8 dimensions: 9 (44.1 kHz), 32 (24 kHz) or 12 (16 kHz)."""

    card = TokenizerCard(
        title="DAC",
        summary="Convolutional RVQ-GAN codec with snake activations and factorized, normalised codebooks.",
        paper="https://arxiv.org/abs/2306.06546",
        code="https://github.com/descriptinc/descript-audio-codec",
        code_licence="MIT",
        licence="MIT",
        domains=("speech", "music", "audio"),
        encoder="CNN",
        decoder="CNN",
        representation="T",
        quantizer="RVQ",
        rate="scalable",
        objective=("GAN", "Feat", "Rec", "VQ"),
        joint=True,
        training_data="DAPS, DNS Challenge 4, Common Voice, VCTK, MUSDB, MTG-Jamendo, AudioSet",
        weights=CHECKPOINTS[44100].url,
        weights_sha256=CHECKPOINTS[44100].sha256,
    )

    def __init__(self, *, sample_rate: Literal[16000, 24000, 44100] = 44100, num_codebooks: int | None = None) -> None:
        from transformers import DacModel

        checkpoint = CHECKPOINTS[sample_rate]
        self._adopt(load_pretrained(DacModel, checkpoint), num_codebooks)
        self.card = replace(self.card, weights=checkpoint.url, weights_sha256=checkpoint.sha256)

    def _adopt(self, model: Any, num_codebooks: int | None = None) -> None:
        self._model = model.eval().requires_grad_(False)
        self.decode_sample_rate = model.config.sampling_rate
        self._set_codebooks(model.config.n_codebooks if num_codebooks is None else num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        config = self._model.config
        check_codebooks(num_codebooks, config.n_codebooks)
        rate = config.sampling_rate / config.hop_length
        self.spec = TokenSpec(config.sampling_rate, rate, (config.codebook_size,) * num_codebooks)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        # Upstream's feature extractor, too, fills the last frame with zeros before the model sees it.
        steps = Steps(self._model.config.hop_length, 1)
        clips = waveform.to(self._model.dtype)
        return encode_frames(
            self._model.encoder, self._quantize, clips, lengths, self.spec, steps=steps, together=self.together
        )

    def _quantize(self, features: Tensor) -> Tensor:
        return self._model.quantizer(features, self.spec.num_codebooks)[1]

    def _decode(self, tokens: Tokens) -> Tensor:
        steps = Steps(1, self._model.config.hop_length)
        return decode_frames(self._vectors, self._model.decoder, tokens, steps=steps, together=self.together)

    def _vectors(self, codes: Tensor) -> Tensor:
        return self._model.quantizer.from_codes(codes)[0]

    def embed(self, tokens: Tokens) -> Tensor:
        quantizers = self._model.quantizer.quantizers
        vectors = [
            quantizers[k].out_proj(quantizers[k].codebook(codes).mT).mT
            for k, codes in enumerate(tokens.codes.unbind(1))
        ]
        return torch.stack(vectors, dim=1)
