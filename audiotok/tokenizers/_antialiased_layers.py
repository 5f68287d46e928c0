"""Layers of codecs whose activation is BigVGAN's: a periodic function at twice the rate, between two filters.

X-Codec 2 in `transformers` has that activation; what stands around it is DAC's.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from audiotok.tokenizers._dac_layers import DILATIONS, conv


class Residual(nn.Sequential):
    def __init__(self, width: int, dilation: int) -> None:
        super().__init__(activation(width), conv(width, width, 7, dilation), activation(width), conv(width, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x + super().forward(x)


def down(width: int, stride: int) -> nn.Module:
    shrink = nn.Conv1d(width, 2 * width, 2 * stride, stride, padding=-(-stride // 2))
    return nn.Sequential(*(Residual(width, d) for d in DILATIONS), activation(width), weight_norm(shrink))


def up(width: int, stride: int) -> nn.Module:
    odd = stride % 2
    grow = nn.ConvTranspose1d(width, width // 2, 2 * stride, stride, padding=stride // 2 + odd, output_padding=odd)
    return nn.Sequential(activation(width), weight_norm(grow), *(Residual(width // 2, d) for d in DILATIONS))


def activation(width: int) -> nn.Module:
    from transformers.models.xcodec2.modeling_xcodec2 import Xcodec2AntiAliasedActivation1d, Xcodec2SnakeBeta

    return Xcodec2AntiAliasedActivation1d(Xcodec2SnakeBeta(width))
