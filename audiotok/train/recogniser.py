"""Whisper's encoder as a frozen, differentiable ear: log-mel frames of ours in, its features out, gradients through.

The weights are faster-whisper's, in `transformers`' layers (audiotok.units.whisper).
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from audiotok.models.mel import SAMPLE_RATE, filters
from audiotok.units.whisper import hidden_layers, whisper_encoder

_BINS = 513


class WhisperEar(nn.Module):
    """[B, F, 128] log-mel frames every 10 ms (audiotok.models.mel) -> [B, ceil(F / 2), D], F at most 3000.

    Whisper's own input is another log-mel of the same hop: 80 bands on Slaney's scale, of the power in 25 ms windows,
    in log10, with a range of 8 below the clip's peak. It is worked out from our bands: each is spread over its bins by
    linear interpolation and the bins are gathered again into 80 bands. Unlike in recognition, the clip is not filled
    up with silence to 30 s.
    """

    spread: Tensor  # [128, 513]
    gather: Tensor  # [513, 80]

    def __init__(self, folder: Path) -> None:
        """`folder` holds model.bin (audiotok.files.whisper). Raises InvalidData where it is no such file."""
        super().__init__()
        self.encoder = whisper_encoder(folder)
        self.register_buffer("spread", _spread())
        self.register_buffer("gather", _gather(self.encoder.num_mel_bins))
        self.dim: int = self.encoder.config.d_model
        self.eval().requires_grad_(False)

    def forward(self, frames: Tensor) -> Tensor:
        *_, last = hidden_layers(self.encoder, self.whisper_input(frames.float()).transpose(1, 2))
        return self.encoder.layer_norm(last)

    def whisper_input(self, frames: Tensor) -> Tensor:
        """[B, F, 128] -> [B, F, 80]"""
        power = (frames.exp() @ self.spread).square() @ self.gather
        decibels = power.clamp(min=1e-10).log10()
        return (decibels.maximum(decibels.amax(dim=(1, 2), keepdim=True) - 8) + 4) / 4


def _spread() -> Tensor:
    """[128, 513]: a band's mean magnitude, interpolated linearly between the bands' centres."""
    triangles = filters(torch.device("cpu")).T
    area = triangles.sum(1, keepdim=True).clamp(min=1e-6)
    cover = triangles.sum(0, keepdim=True).clamp(min=1e-6)
    return triangles / area / cover


def _gather(bands: int) -> Tensor:
    """[513, 80]: Whisper's filters on our bins; for the finer bins and the longer window, less by (40 / 15.625 Hz)
    times the ratio of the windows' energies (640 / 400 samples).
    """
    import torchaudio.functional

    bank = torchaudio.functional.melscale_fbanks(_BINS, 0.0, SAMPLE_RATE / 2, bands, SAMPLE_RATE, "slaney", "slaney")
    return bank * (15.625 / 40) * (400 / 640)
