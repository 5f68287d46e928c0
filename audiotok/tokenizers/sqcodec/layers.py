"""SQ-Codec's graph. Parts have the names of the published state dict, sizes those of the published configuration."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from audiotok.tokenizers._wrapper import as_weights

LEVELS, SCALARS = 3, 9  # -1, 0 and 1; scalars that a code stands for, the first counting least
DILATIONS = (1, 3, 5, 7, 9)


class Model(nn.Module):
    def __init__(
        self,
        *,
        num_bands: int,
        sample_rate: int,
        causal: bool,
        num_samples: int,
        downsample_factors: Sequence[int],
        downsample_kernel_sizes: Sequence[int],
        upsample_factors: Sequence[int],
        upsample_kernel_sizes: Sequence[int],
        latent_hidden_dim: int,
        default_kernel_size: int,
        delay_kernel_size: int,
        init_channel: int,
        res_kernel_size: int,
    ) -> None:
        super().__init__()
        self.codebooks, self.hop = latent_hidden_dim // SCALARS, num_samples * math.prod(downsample_factors)
        widths = [init_channel << i for i in range(len(downsample_factors) + 1)]
        shape: dict[str, Any] = {"kernel": default_kernel_size, "causal": causal}
        units: dict[str, Any] = {"kernel": res_kernel_size, "causal": causal}
        downs = zip(widths, widths[1:], downsample_kernel_sizes, downsample_factors, strict=False)
        ups = zip(widths[:0:-1], widths[-2::-1], upsample_kernel_sizes, upsample_factors, strict=True)
        halving = num_samples > 1
        self.shortest = num_samples * _shortest(downsample_kernel_sizes, downsample_factors, causal)
        self.encoder = nn.Sequential(
            weight_norm(_Conv(num_bands, widths[0], **shape)),
            *([_Pool(widths[0], num_samples, **shape)] if halving else []),
            *(_Down(*sizes, units) for sizes in downs),
            weight_norm(_Conv(widths[-1], latent_hidden_dim, **shape)),
        )
        self.decoder = nn.Sequential(
            weight_norm(_Conv(latent_hidden_dim, widths[-1], delay_kernel_size, causal=False)),
            *(_Up(*sizes, units) for sizes in ups),
            *([_Repeat(widths[0], num_samples, **shape)] if halving else []),
            weight_norm(_Conv(widths[0], num_bands, **shape)),
        )

    def encode(self, clip: Tensor) -> Tensor:
        """[1, 1, T] -> [1, K, F]. Upstream takes clips as they are; those too short for a frame it cannot take."""
        clip = nn.functional.pad(as_weights(clip, self), (0, max(0, self.shortest - clip.shape[2])))
        digits = self.encoder(clip).tanh().round().long() + 1
        powers = LEVELS ** torch.arange(SCALARS, device=clip.device)
        return (digits.unflatten(1, (self.codebooks, SCALARS)) * powers[:, None]).sum(dim=2)

    def digits(self, codes: Tensor) -> Tensor:
        """[B, K, F] -> [B, K, F, 9] of -1, 0 and 1"""
        powers = LEVELS ** torch.arange(SCALARS, device=codes.device)
        return as_weights(codes[..., None] // powers % LEVELS - 1, self)

    def decode(self, codes: Tensor) -> Tensor:
        """[1, K, F] -> [1, 1, T]"""
        return self.decoder(self.digits(codes).mT.flatten(1, 2))


class _Conv(nn.Conv1d):
    def __init__(
        self, inputs: int, outputs: int, kernel: int, causal: bool, stride: int = 1, dilation: int = 1
    ) -> None:
        before = (kernel - 1) * dilation
        super().__init__(inputs, outputs, kernel, stride, dilation=dilation, padding=0 if causal else before // 2)
        self._before = before if causal else 0

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(nn.functional.pad(x, (self._before, 0)))


class _Pool(nn.Module):
    def __init__(self, width: int, samples: int, kernel: int, causal: bool) -> None:
        super().__init__()
        self.conv, self.activation = _Conv(width, width, kernel, causal), nn.PReLU()
        self._samples = samples

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.avg_pool1d(self.activation(self.conv(x)), self._samples)


class _Repeat(_Pool):
    def forward(self, x: Tensor) -> Tensor:
        return self.activation(self.conv(x.repeat_interleave(self._samples, dim=2)))


class _Residual(nn.Module):
    def __init__(self, width: int, dilation: int, kernel: int, causal: bool) -> None:
        super().__init__()
        self.conv1 = weight_norm(_Conv(width, width, kernel, causal, dilation=dilation))
        self.conv2 = weight_norm(_Conv(width, width, 1, causal))
        self.activation1, self.activation2 = nn.PReLU(), nn.PReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.activation2(self.conv2(self.activation1(self.conv1(x)))) + x


class _Down(nn.Module):
    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, units: dict[str, Any]) -> None:
        super().__init__()
        self.convs = nn.Sequential(*(_Residual(inputs, dilation, **units) for dilation in DILATIONS))
        shrink = weight_norm(_Conv(inputs, outputs, kernel, units["causal"], stride))
        self.down_conv = nn.Sequential(OrderedDict(layer=shrink, activation=nn.PReLU()))

    def forward(self, x: Tensor) -> Tensor:
        return self.down_conv(self.convs(x))


class _Up(nn.Module):
    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, units: dict[str, Any]) -> None:
        super().__init__()
        self._late = stride if units["causal"] else 0
        padding = 0 if self._late else (kernel - stride) // 2
        grow = weight_norm(nn.ConvTranspose1d(inputs, outputs, kernel, stride, padding))
        self.up_conv = nn.Sequential(OrderedDict(layer=grow))
        self.convs = nn.Sequential(*(_Residual(outputs, dilation, **units) for dilation in DILATIONS))

    def forward(self, x: Tensor) -> Tensor:
        x = self.up_conv(x)
        return self.convs(x[:, :, : x.shape[2] - self._late])


def _shortest(kernels: Sequence[int], strides: Sequence[int], causal: bool) -> int:
    """Samples that come out as a frame."""
    length = 1
    for kernel, stride in reversed(list(zip(kernels, strides, strict=True))):
        padding = kernel - 1 if causal else (kernel - 1) // 2 * 2
        length = max(1, (length - 1) * stride + kernel - padding)
    return length
