"""BiCodec's graph, under the parameter names of the published state dict.

Its authors publish no package; the graph is written anew from the paper and that state dict. What inference does not
need, the network that predicts features from codes, is absent.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from audiotok.tokenizers._dac_layers import Decoder, Growth, conv, nearest
from audiotok.tokenizers.bicodec.speaker import Speaker

STEPS = (Growth(8, 16, 4), Growth(5, 11, 3), Growth(4, 8, 2), Growth(2, 4, 1))  # of the decoder: 320 samples a frame


class Sizes(NamedTuple):
    features: int = 1024  # of wav2vec 2.0
    latent: int = 1024
    width: int = 384  # of the ConvNeXt stacks
    inner: int = 2048
    layers: int = 12
    entries: int = 8192
    decoder: int = 1536


class Model(nn.Module):
    def __init__(self, sizes: Sizes = Sizes()) -> None:  # noqa: B008 (a tuple)
        super().__init__()
        self.encoder = _Encoder(sizes)
        self.quantizer = _Quantizer(sizes)
        self.prenet = _Prenet(sizes)
        self.speaker_encoder = Speaker(sizes.latent)
        self.decoder = Decoder(sizes.latent, sizes.decoder, STEPS)

    def encode(self, features: Tensor) -> Tensor:
        """[1, F, D] -> [1, F]"""
        return nearest(self.quantizer.in_project(self.encoder(features)), self.quantizer.codebook.weight)

    def quantized(self, codes: Tensor) -> Tensor:
        """[B, F] -> [B, D, F]"""
        return self.quantizer.out_project(self.quantizer.codebook(codes).mT)

    def decode(self, codes: Tensor, speaker_codes: Tensor) -> Tensor:
        """[1, F], [1, G] -> [1, 1, T]"""
        voice = self.speaker_encoder.vector(speaker_codes)
        return self.decoder(self.prenet(self.quantized(codes), voice) + voice[:, :, None])


class _Encoder(nn.Module):
    """[B, F, features] -> [B, latent, F]"""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.encoder = _ConvNeXt(sizes.features, sizes, sizes.layers)
        self.downsample = _tripled(sizes)
        self.project = nn.Linear(sizes.width, sizes.latent)

    def forward(self, features: Tensor) -> Tensor:
        return self.project(self.downsample(self.encoder(features.mT))).mT


class _Quantizer(nn.Module):
    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.in_project, self.out_project = conv(sizes.latent, 8, 1), conv(8, sizes.latent, 1)
        self.codebook = nn.Embedding(sizes.entries, 8)


class _Prenet(nn.Module):
    """[B, latent, F] and the voice [B, latent] -> [B, latent, F]"""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.linear_pre = nn.Linear(sizes.latent, sizes.width)
        self.downsample = _tripled(sizes)
        self.vocos_backbone = _ConvNeXt(sizes.width, sizes, sizes.layers, condition=sizes.latent)
        self.linear = nn.Linear(sizes.width, sizes.latent)

    def forward(self, x: Tensor, voice: Tensor) -> Tensor:
        x = self.downsample(self.linear_pre(x.mT)).mT
        return self.linear(self.vocos_backbone(x, voice)).mT


class _ConvNeXt(nn.Module):
    """[B, inputs, F] -> [B, F, width], with normalisations that follow a condition [B, D] where there is one."""

    def __init__(self, inputs: int, sizes: Sizes, layers: int, condition: int = 0) -> None:
        super().__init__()
        self.embed = nn.Conv1d(inputs, sizes.width, 7, padding=3)
        self.norm = _norm(sizes.width, condition)
        self.convnext = nn.ModuleList(_ConvNeXtBlock(sizes, condition) for _ in range(layers))
        self.final_layer_norm = nn.LayerNorm(sizes.width, eps=1e-6)

    def forward(self, x: Tensor, *condition: Tensor) -> Tensor:
        x = self.norm(self.embed(x).mT, *condition).mT
        for block in self.convnext:
            x = block(x, *condition)
        return self.final_layer_norm(x.mT)


class _ConvNeXtBlock(nn.Module):
    def __init__(self, sizes: Sizes, condition: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv1d(sizes.width, sizes.width, 7, padding=3, groups=sizes.width)
        self.norm = _norm(sizes.width, condition)
        self.pwconv1, self.pwconv2 = nn.Linear(sizes.width, sizes.inner), nn.Linear(sizes.inner, sizes.width)
        self.gamma = nn.Parameter(torch.ones(sizes.width))

    def forward(self, x: Tensor, *condition: Tensor) -> Tensor:
        inner = nn.functional.gelu(self.pwconv1(self.norm(self.dwconv(x).mT, *condition)))
        return x + (self.gamma * self.pwconv2(inner)).mT


class _Conditional(nn.Module):
    def __init__(self, width: int, condition: int) -> None:
        super().__init__()
        self.scale, self.shift = nn.Linear(condition, width), nn.Linear(condition, width)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        x = nn.functional.layer_norm(x, x.shape[-1:], eps=1e-6)
        return x * self.scale(condition)[:, None] + self.shift(condition)[:, None]


def _norm(width: int, condition: int) -> nn.Module:
    return _Conditional(width, condition) if condition else nn.LayerNorm(width, eps=1e-6)


class _Tripled(nn.Module):
    """[B, F, C] -> [B, C, F]: upstream's resampling, which by a factor of 1 adds three copies of its input."""

    def forward(self, x: Tensor) -> Tensor:
        return 3 * x.mT


def _tripled(sizes: Sizes) -> nn.Module:
    """[B, F, width] -> [B, F, width]"""
    return nn.Sequential(*(nn.Sequential(_Tripled(), _ConvNeXt(sizes.width, sizes, 2)) for _ in range(2)))


def load_state(model: Model, state: dict[str, Tensor]) -> None:
    """From upstream's state dict; what only training needs is left out, and the mel filters, which are no weights."""
    trained_only = (
        "postnet.",
        "mel_transformer.",
        "quantizer.cluster_size",
        *(f"speaker_encoder.speaker_encoder.{part}." for part in ("pool", "bn", "linear")),
    )
    model.load_state_dict({name: value for name, value in state.items() if not name.startswith(trained_only)})
