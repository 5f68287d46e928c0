"""Causal convolutions that are handed their past, so that any number of clips in chunks share one model."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

Past = dict[nn.Module, Tensor]  # of one clip: what each convolution still sees of the chunks before


class Remembers:
    """Marks a module whose forward takes the past too, and writes into it."""


class CausalConv1d(nn.Conv1d, Remembers):
    """Output frame t ends with input sample t * stride; `start` [1, C, P] is what stands before a clip."""

    start: Tensor

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, **options: Any) -> None:
        super().__init__(inputs, outputs, kernel, stride, **options)
        before = (kernel - 1) * self.dilation[0]
        self.register_buffer("start", torch.zeros(1, inputs, before), persistent=False)

    def forward(self, x: Tensor, past: Past) -> Tensor:  # type: ignore[override]
        return super().forward(_join(self, self.start, x, past))


class CausalConvTranspose1d(nn.ConvTranspose1d, Remembers):
    """A kernel of two strides: an input frame is heard in its own stride and in the next."""

    start: Tensor

    def __init__(self, inputs: int, outputs: int, stride: int, **options: Any) -> None:
        super().__init__(inputs, outputs, 2 * stride, stride, **options)
        self.register_buffer("start", torch.zeros(1, inputs, 1), persistent=False)

    def forward(self, x: Tensor, past: Past) -> Tensor:  # type: ignore[override]
        return super().forward(_join(self, self.start, x, past))[:, :, self.stride[0] : -self.stride[0]]


class Chain(nn.Sequential, Remembers):
    """One after the other, under the names that they are given, if any."""

    def __init__(self, *parts: nn.Module, **named: nn.Module) -> None:
        super().__init__(*parts)
        for name, part in named.items():
            self.add_module(name, part)

    def forward(self, x: Tensor, past: Past) -> Tensor:  # type: ignore[override]
        for part in self:
            x = part(x, past) if isinstance(part, Remembers) else part(x)
        return x


def _join(module: nn.Module, start: Tensor, x: Tensor, past: Past) -> Tensor:
    x = torch.cat([past.get(module, start), x], dim=2)
    past[module] = x[:, :, x.shape[2] - start.shape[2] :].clone()  # a view would keep the whole chunk
    return x
