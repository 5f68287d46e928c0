"""A codec of log-mel frames: ConvNeXt encoder, quantizer, ConvNeXt decoder. Small enough to train on two cores.

`stack` frames of 10 ms make one token frame, so that one model covers 50 Hz (2), 25 Hz (4), 12.5 Hz (8), 6.25 Hz (16).

Beside each network runs a linear map, and training starts from what needs none: the token frame's principal components,
quantized by k-means. On held-out speech at 4 kbit/s that has a mel distance of 1.51, which 2,200 steps from random
weights do not reach (1.53). The networks' last layers start at zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from audiotok.models.backbone import Backbone, Shape
from audiotok.models.mel import BANDS, griffin_lim, log_mel
from audiotok.models.quantizers import Quantized, Quantizer


@dataclass(frozen=True, kw_only=True)
class CodecConfig(Shape):
    """The shape of a codec of log-mel frames."""

    channels: int = 256
    encoder_blocks: int = 4
    decoder_blocks: int = 5
    expansion: int = 2  # of a block's hidden layer

    @property
    def width(self) -> int:
        return self.channels


class MelCodec(Backbone):
    """Log-mel [B, stack * T, 128] -> Quantized latents of T token frames -> log-mel."""

    format = "audiotok.mel_codec.v1"
    shape = CodecConfig

    def __init__(self, config: CodecConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        frame = config.stack * BANDS
        self.encoder = nn.Sequential(
            nn.Conv1d(frame, config.channels, 3, padding=1),
            *(Block(config.channels, config.expansion) for _ in range(config.encoder_blocks)),
            ChannelNorm(config.channels),
            nn.Conv1d(config.channels, config.latent, 1),
        )
        self.analysis = nn.Linear(frame, config.latent)
        self.synthesis = nn.Linear(config.latent, frame)
        self.quantizer = Quantizer(config.quantizer, config.latent, config.codebooks, config.entries, dropout)
        self.decoder = decoder(config.latent, config.channels, config.decoder_blocks, config.expansion, frame)

    @torch.no_grad()
    def start(self, frames: Tensor) -> None:
        """Begin as the Karhunen–Loève transform of frames [N, 128] like those that will be coded, k-means behind it.

        Sets the bands' mean and deviation too; N is at least as many token frames as the codebooks have entries.
        """
        self.measure(frames)
        frames = frames[None, : len(frames) // self.config.stack * self.config.stack]
        stacked = self._stacked(frames)[0]
        components = torch.linalg.eigh(torch.cov(stacked.T)).eigenvectors.flip(1)[:, : self.config.latent]
        for last in (*self.encoder[-1].parameters(), *self.decoder[-1].parameters()):
            last.zero_()
        for linear, weight in ((self.analysis, components.T), (self.synthesis, components)):
            linear.weight.zero_()
            linear.bias.zero_()
            linear.weight[: weight.shape[0], : weight.shape[1]] = weight
        self.train()
        self.quantizer.start(self.latents(frames))

    def latents(self, frames: Tensor) -> Tensor:
        """[B, stack * T, 128] -> [B, T, D]"""
        stacked = self._stacked(frames)
        return self.analysis(stacked) + self.encoder(stacked.transpose(1, 2)).transpose(1, 2)

    def frames(self, vectors: Tensor) -> Tensor:
        """[B, T, D] -> [B, stack * T, 128]"""
        return self.unstacked(self.synthesis(vectors) + self.decoder(vectors.transpose(1, 2)).transpose(1, 2))

    def coded(self, frames: Tensor, codebooks: int) -> Tensor:
        """[B, stack * T, 128] -> the same, as the first `codebooks` codebooks keep it. In evaluation mode."""
        codes = self.quantizer(self.latents(frames)).codes[..., :codebooks]
        return self.frames(self.quantizer.embed(codes).sum(1))

    def listen(self, waveform: Tensor) -> Tensor:
        return self.latents(log_mel(waveform))

    def speak(self, vectors: Tensor) -> Tensor:
        return griffin_lim(self.frames(vectors)[0])[None]

    def _stacked(self, frames: Tensor) -> Tensor:
        return self.normal(frames).reshape(len(frames), frames.shape[1] // self.config.stack, -1)

    def forward(self, frames: Tensor) -> tuple[Tensor, Quantized, Tensor]:
        """Log-mel -> (reconstruction, what the quantizer did, latents)."""
        latent = self.latents(frames)
        quantized = self.quantizer(latent)
        return self.frames(quantized.vectors), quantized, latent


def decoder(inputs: int, channels: int, blocks: int, expansion: int, outputs: int) -> nn.Sequential:
    """[B, inputs, T] -> [B, outputs, T]"""
    return nn.Sequential(
        nn.Conv1d(inputs, channels, 7, padding=3),
        *(Block(channels, expansion) for _ in range(blocks)),
        ChannelNorm(channels),
        nn.Conv1d(channels, outputs, 1),
    )


class Block(nn.Module):
    """ConvNeXt in one dimension (Liu et al. 2022, as Vocos uses it): depthwise 7, norm, wide pointwise, scaled sum."""

    def __init__(self, channels: int, expansion: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels)
        self.widen = nn.Linear(channels, expansion * channels)
        self.narrow = nn.Linear(expansion * channels, channels)
        self.scale = nn.Parameter(torch.full((channels,), 0.1))

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.norm(self.depthwise(x).transpose(1, 2))
        hidden = self.narrow(nn.functional.gelu(self.widen(hidden)))
        return x + (self.scale * hidden).transpose(1, 2)


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of [B, C, T]."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.transpose(1, 2)).transpose(1, 2)
