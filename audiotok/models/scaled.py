"""Normalisation that every model of log-mel frames begins with: bands of mean 0 and deviation 1."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from audiotok.models.mel import BANDS, FLOOR


class Scaled(nn.Module):
    """A model that knows the bands' mean and deviation over its training data."""

    mean: Tensor  # [128]
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.full((BANDS,), FLOOR / 2))
        self.register_buffer("std", torch.full((BANDS,), 2.0))

    @torch.no_grad()
    def measure(self, frames: Tensor) -> None:
        """Take them from frames [N, 128] like those that will come."""
        self.mean.copy_(frames.mean(0))
        self.std.copy_(frames.std(0).clamp(min=1e-3))

    def normal(self, frames: Tensor) -> Tensor:
        """Log-mel [..., 128] -> the same of mean 0 and deviation 1"""
        return (frames - self.mean) / self.std

    def unstacked(self, stacked: Tensor) -> Tensor:
        """[B, T, stack * 128], of mean 0 and deviation 1 -> log-mel [B, stack * T, 128]"""
        return stacked.float().reshape(len(stacked), -1, BANDS) * self.std + self.mean
