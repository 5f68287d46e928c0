"""Pairs of 3 × 3 convolutions with pooling between them, the backbone of PANNs' networks, by its published names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from torch import Tensor, nn


class ConvBlock(nn.Module):
    """[N, inside, frames, bands] -> [N, outside, frames, bands]"""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(outside, outside, 3, padding=1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(outside), nn.BatchNorm2d(outside)

    def forward(self, x: Tensor) -> Tensor:
        return self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())).relu()


class ConvBlocks(nn.Module):
    """The part of a network that is `conv_block1`, `conv_block2`, …, from each number of channels to the next."""

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        self._blocks = [f"conv_block{number}" for number in range(1, len(channels))]
        for name, (inside, outside) in zip(self._blocks, pairwise(channels), strict=True):
            self.add_module(name, ConvBlock(inside, outside))

    def convolved(self, x: Tensor, pool: Callable[[Tensor, int], Tensor]) -> Tensor:
        """[N, channels, frames, bands] -> the output of the last block; between two, `pool` halves frames and bands."""
        for place, name in enumerate(self._blocks):
            x = self.get_submodule(name)(pool(x, 2) if place else x)
        return x
