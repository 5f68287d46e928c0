"""SNAC, whose coarse codebooks tick more slowly than its fine ones, through the `snac` package."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any, Literal

import torch
from torch import Tensor, nn

from audiotok.core.batching import Steps, decode_clips, encode_frames
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._hub import Checkpoint
from audiotok.tokenizers._noise import SeededNoise
from audiotok.tokenizers._wrapper import Wrapper, as_weights

CHECKPOINTS = {
    24000: Checkpoint(
        "hubertsiuzdak/snac_24khz",
        "d73ad176a12188fcf4f360ba3bf2c2fbbe8f58ec",
        (
            ("config.json", "e119b9366d4f5e73c6ca5f31137c4ff361578bbb132953a5203afe037c4012be"),
            ("pytorch_model.bin", "4b8164cc6606bfa627f1a784734c1e539891518f1191ed9194fe1e3b9b4bff40"),
        ),
    ),
    32000: Checkpoint(
        "hubertsiuzdak/snac_32khz",
        "c84c6ac842dc7a44a6fb0f3b576ce94b48a7780f",
        (
            ("config.json", ""),
            ("pytorch_model.bin", "bfee2f057c1e287443786bedab377b5176b430e911417683977b7af71ea3ba65"),
        ),
    ),
    44100: Checkpoint(
        "hubertsiuzdak/snac_44khz",
        "873ebef9718b89660340c6f55a2b515e98cfa1d9",
        (
            ("config.json", ""),
            ("pytorch_model.bin", "b0a676cbdc8d1cc53186f6d777bc956fb7932ceacdc657a4c3741646e9e7ead0"),
        ),
    ),
}

DOMAINS = {24000: ("speech",), 32000: ("music", "audio"), 44100: ("music", "audio")}  # its authors' recommendation


class SNAC(Wrapper, Codec, Embeddable):
    """Three (24 kHz) or four codebooks of 4096 entries, each at half the rate of the next finer one.

    A code is repeated for as long as it holds, so that `codes` is a rectangle at the finest rate.
    """

    decoder_options = frozenset({"seed"})
    card = TokenizerCard(
        title="SNAC",
        summary="Multi-scale RVQ: each codebook runs at half the frame rate of the next finer one.",
        paper="https://arxiv.org/abs/2410.14411",
        code="https://github.com/hubertsiuzdak/snac",
        code_licence="MIT",
        licence="MIT",
        domains=DOMAINS[24000],
        encoder="CNN",
        decoder="CNN",
        representation="T",
        quantizer="MSRVQ",
        rate="fixed",
        objective=("GAN", "Feat", "Rec", "VQ"),
        joint=True,
        training_data="24 kHz: speech; 32 and 44.1 kHz: music and sound effects (data sets not published)",
        weights=CHECKPOINTS[24000].url,
        weights_sha256=CHECKPOINTS[24000].sha256,
    )

    def __init__(self, *, sample_rate: Literal[24000, 32000, 44100] = 24000, seed: int = 0) -> None:
        checkpoint = CHECKPOINTS[sample_rate]
        self._adopt(_load(checkpoint), seed)
        self.card = replace(
            self.card,
            domains=DOMAINS[sample_rate],
            weights=checkpoint.url,
            weights_sha256=checkpoint.sha256,
        )

    def _adopt(self, model: Any, seed: int = 0) -> None:
        self._model = model.eval().requires_grad_(False)
        self._seed = seed
        self.decode_sample_rate = self._model.sampling_rate
        strides = tuple(self._model.vq_strides)
        # The window of the local attention, where there is one (44.1 kHz), must divide the number of frames too.
        self._frames_multiple = math.lcm(strides[0], self._model.attn_window_size or 1)
        rate = self._model.sampling_rate / int(self._model.hop_length)
        sizes = (self._model.codebook_size,) * len(strides)
        self.spec = TokenSpec(self._model.sampling_rate, rate, sizes, strides)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        # Upstream, too, fills the last of these steps with zeros.
        steps = Steps(self._frames_multiple * int(self._model.hop_length), self._frames_multiple)
        clips = as_weights(waveform, self._model)
        return encode_frames(
            self._model.encoder, self._quantize, clips, lengths, self.spec, steps=steps, together=self.together
        )

    def _quantize(self, features: Tensor) -> Tensor:
        """[B, D, F] -> [B, K, F]"""
        levels = self._model.quantizer(features)[1]
        held = [level.repeat_interleave(stride, dim=1) for level, stride in zip(levels, self.spec.strides, strict=True)]
        return torch.stack(held, dim=1)

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._decode_clip, tokens)

    def _decode_clip(self, codes: Tensor) -> Tensor:
        frames = codes.shape[2]
        held = nn.functional.pad(codes.float(), (0, -frames % self._frames_multiple), mode="replicate").long()
        levels = [held[:, k, ::stride] for k, stride in enumerate(self.spec.strides)]
        # The decoder adds noise of a learnt level: from one seed per clip, so that decoding is a function of the codes.
        with SeededNoise(self._seed):
            return self._model.decode(levels)[:, :, : frames * int(self._model.hop_length)]

    def embed(self, tokens: Tokens) -> Tensor:
        quantizers = self._model.quantizer.quantizers
        codes = tokens.codes.unbind(1)
        return torch.stack([q.out_proj(q.decode_code(c)).mT for q, c in zip(quantizers, codes, strict=True)], dim=1)


def _load(checkpoint: Checkpoint) -> Any:
    from snac import SNAC as Upstream

    with checkpoint.folder() as folder:
        model = Upstream(**json.loads((folder / "config.json").read_text()))
        model.load_state_dict(torch.load(folder / "pytorch_model.bin", map_location="cpu", weights_only=True))
    return model
