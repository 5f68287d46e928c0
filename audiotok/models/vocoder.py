"""A vocoder of log-mel frames: ConvNeXt blocks, then magnitude and phase of a short-time spectrum, then its inverse.

After Vocos (Siuzdak 2024, "Vocos: Closing the gap between time-domain and Fourier-based neural vocoders"), with three
differences that suit little training: the magnitudes are a correction of those that the bands allow (a few steps of
non-negative least squares), phases are relative to the middle of the window, where those of a pulse are smooth over
frequency, and Griffin–Lim may start from the network's phase, with the bands' own magnitudes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from audiotok.models import weights
from audiotok.models.mel import BANDS, BINS, HOP, griffin_lim, istft, magnitudes, to_the_end
from audiotok.models.mel_codec import decoder
from audiotok.models.scaled import Scaled

FORMAT = "audiotok.vocoder.v1"
_UPDATES = 3  # of the least squares: the network does the rest
_GREATEST = 5.0  # correction of a magnitude, in nepers; keeps an untrained network from overflow


@dataclass(frozen=True)
class VocoderConfig:
    """The shape of a vocoder."""

    channels: int = 192
    blocks: int = 7
    expansion: int = 2  # of a block's hidden layer
    iterations: int = 0  # of Griffin–Lim that start from the network's phase, in decoding


class Vocoder(Scaled):
    """Log-mel [B, F, 128] -> waveforms [B, 160 F]. The same for the same frames."""

    def __init__(self, config: VocoderConfig) -> None:
        super().__init__()
        self.config = config
        self.network = decoder(BANDS, config.channels, config.blocks, config.expansion, 2 * BINS)

    @torch.no_grad()
    def start(self, frames: Tensor) -> None:
        """Set the bands' mean and deviation to those of frames [N, 128], and the corrections to none."""
        self.measure(frames)
        weight, bias = self.network[-1].parameters()
        weight[:BINS].zero_()
        bias.zero_()

    def spectrum(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """[B, F, 128] -> magnitudes, phases in radians [B, 513, F + 1]"""
        frames = to_the_end(frames)
        with torch.no_grad():
            allowed = magnitudes(frames.flatten(0, 1), _UPDATES).reshape(BINS, *frames.shape[:2]).transpose(0, 1)
        hidden = self.network(self.normal(frames).transpose(1, 2)).float()
        correction, phase = hidden.chunk(2, dim=1)
        # torch.stft counts phase from the window's first sample, half a period of bin 1 before its middle.
        middle = math.pi * (torch.arange(BINS, device=phase.device) % 2)
        return allowed * correction.clamp(max=_GREATEST).exp(), phase + middle[:, None]

    def forward(self, frames: Tensor) -> Tensor:
        return waveform(*self.spectrum(frames))

    def decode(self, frames: Tensor) -> Tensor:
        """One clip's frames [F, 128] -> [160 F]; by Griffin–Lim from the network's phase where the configuration has
        iterations of it.
        """
        magnitude, phase = self.spectrum(frames[None])
        if self.config.iterations:
            return griffin_lim(frames, self.config.iterations, phase)
        return waveform(magnitude, phase)[0]

    def save(self, path: Path, metadata: dict[str, str]) -> None:
        """Half precision; whole or not at all."""
        weights.save(path, FORMAT, self, self.config, metadata)

    @classmethod
    def load(cls, path: Path) -> tuple[Vocoder, dict[str, str]]:
        """(model in float32, ready to decode; metadata). Raises InvalidData where the file is cut or another kind."""
        return weights.load(path, FORMAT, lambda config: cls(VocoderConfig(**config)))


def waveform(magnitude: Tensor, phase: Tensor) -> Tensor:
    """[B, 513, F + 1] each -> [B, 160 F]"""
    return istft(torch.polar(magnitude, phase), HOP * (magnitude.shape[2] - 1))
