"""Layers of codecs that descend from DAC's own code, under its parameter names; `transformers` has others."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

DILATIONS = (1, 3, 9)


class Growth(NamedTuple):
    """A transposed convolution: F frames become (F - 1) * stride - 2 * padding + kernel."""

    stride: int
    kernel: int
    padding: int


class Snake(nn.Module):
    """x + sin²(αx)/α, an α per channel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(1, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x + (self.alpha + 1e-9).reciprocal() * torch.sin(self.alpha * x).pow(2)


class Blocks(nn.Module):
    """Layers in a row under the name `block`."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.block = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.block(x)


class Residual(Blocks):
    def forward(self, x: Tensor) -> Tensor:
        return x + self.block(x)


class Encoder(Blocks):
    """[B, 1, T] -> [B, outputs, F], twice as wide after each stride."""

    def __init__(self, width: int, strides: tuple[int, ...], outputs: int) -> None:
        widest = width << len(strides)
        shrinks = (_shrink(width << i, stride) for i, stride in enumerate(strides))
        super().__init__(conv(1, width, 7), *shrinks, Snake(widest), conv(widest, outputs, 3))


class Decoder(nn.Module):
    """[B, inputs, F] -> [B, 1, T], half as wide after each step."""

    def __init__(self, inputs: int, width: int, steps: tuple[Growth, ...]) -> None:
        super().__init__()
        last = width >> len(steps)
        self.model = nn.Sequential(
            conv(inputs, width, 7),
            *(_grow(width >> i, step) for i, step in enumerate(steps)),
            Snake(last),
            conv(last, 1, 7),
            nn.Tanh(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


def conv(inputs: int, outputs: int, kernel: int, dilation: int = 1) -> nn.Module:
    return weight_norm(nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2 * dilation, dilation=dilation))


def residuals(width: int) -> list[nn.Module]:
    return [Residual(Snake(width), conv(width, width, 7, d), Snake(width), conv(width, width, 1)) for d in DILATIONS]


def _shrink(width: int, stride: int) -> nn.Module:
    shrink = nn.Conv1d(width, 2 * width, 2 * stride, stride, padding=-(-stride // 2))
    return Blocks(*residuals(width), Snake(width), weight_norm(shrink))


def _grow(width: int, step: Growth) -> nn.Module:
    grow = nn.ConvTranspose1d(width, width // 2, step.kernel, step.stride, step.padding)
    return Blocks(Snake(width), weight_norm(grow), *residuals(width // 2))


def nearest(found: Tensor, entries: Tensor) -> Tensor:
    """By direction: [B, D, F], [N, D] -> [B, F] int64"""
    batch = len(found)
    found, entries = nn.functional.normalize(found.mT.flatten(0, 1)), nn.functional.normalize(entries)
    # The square of the distance; upstream's order of operations, which decides between near neighbours.
    distances = found.pow(2).sum(1, keepdim=True) - 2 * found @ entries.T + entries.pow(2).sum(1)[None]
    return distances.argmin(dim=1).view(batch, -1)
