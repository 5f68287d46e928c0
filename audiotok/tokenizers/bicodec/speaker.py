"""BiCodec's speaker encoder: an ECAPA-TDNN over 6 s of mel spectrogram, attention to it, finite scalar quantization.

The names of the parameters are those of the published state dict.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

LEVELS = (4,) * 6  # of a code's dimensions: 4096 entries
TOKENS, WIDTH = 32, 128  # codes, and dimensions of each before quantization
BANDS, CHANNELS, HEARD = 128, 512, 1536  # of the spectrogram, inside, and after it
HEADS, HEAD_WIDTH = 8, 64


class Speaker(nn.Module):
    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.speaker_encoder = _Ecapa()
        self.perceiver_sampler = _Perceiver()
        self.quantizer = _Projections()
        self.project = nn.Linear(WIDTH * TOKENS, outputs)

    def codes(self, mel: Tensor) -> Tensor:
        """[1, BANDS, F] -> [1, TOKENS]"""
        heard = self.quantizer.project_in(self.perceiver_sampler(self.speaker_encoder(mel).mT)).float()
        levels = torch.tensor(LEVELS, dtype=torch.int32, device=mel.device)
        # Levels of an even number lie half a step off zero; the margin lets the outermost be reached.
        half = (levels - 1) * (1 + 1e-3) / 2
        offset = torch.where(levels % 2 == 0, 0.5, 0.0)
        digits = ((heard + (offset / half).atanh()).tanh() * half - offset).round().long() + levels // 2
        return (digits * _places(levels)).sum(dim=-1)

    def vector(self, codes: Tensor) -> Tensor:
        """[B, TOKENS] -> [B, outputs]"""
        levels = torch.tensor(LEVELS, dtype=torch.int32, device=codes.device)
        digits = codes[..., None] // _places(levels) % levels
        values = ((digits - levels // 2) / (levels // 2)).to(self.project.weight.dtype)
        return self.project(self.quantizer.project_out(values).mT.flatten(1))


def _places(levels: Tensor) -> Tensor:
    """The value of each digit of a code, the first one least."""
    return torch.cat([torch.ones_like(levels[:1]), levels[:-1]]).cumprod(0)


class _Projections(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.project_in, self.project_out = nn.Linear(WIDTH, len(LEVELS)), nn.Linear(len(LEVELS), WIDTH)


class _Ecapa(nn.Module):
    """[B, BANDS, F] -> [B, HEARD, F]: what upstream pools for its x-vector, of which inference has no need."""

    def __init__(self) -> None:
        super().__init__()
        self.layer1 = _Normalised(BANDS, CHANNELS, 5)
        self.layer2, self.layer3, self.layer4 = (_SERes2(dilation) for dilation in (2, 3, 4))
        self.conv = nn.Conv1d(3 * CHANNELS, HEARD, 1)

    def forward(self, mel: Tensor) -> Tensor:
        x = self.layer1(mel)
        each = [x := layer(x) for layer in (self.layer2, self.layer3, self.layer4)]
        return nn.functional.relu(self.conv(torch.cat(each, dim=1)))


class _Normalised(nn.Module):
    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2)
        self.bn = nn.BatchNorm1d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.bn(nn.functional.relu(self.conv(x)))


class _SERes2(nn.Module):
    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.se_res2block = nn.Sequential(
            _Normalised(CHANNELS, CHANNELS, 1), _Res2(dilation), _Normalised(CHANNELS, CHANNELS, 1), _Squeeze()
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.se_res2block(x)


class _Res2(nn.Module):
    """Eight groups of channels: each but the last goes through a convolution, with what came of the one before."""

    GROUPS = 8

    def __init__(self, dilation: int) -> None:
        super().__init__()
        width = CHANNELS // self.GROUPS
        convolutions = (nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation) for _ in range(self.GROUPS - 1))
        self.convs = nn.ModuleList(convolutions)
        self.bns = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(self.GROUPS - 1))

    def forward(self, x: Tensor) -> Tensor:
        *groups, last = x.chunk(self.GROUPS, dim=1)
        done: list[Tensor] = []
        for group, convolution, norm in zip(groups, self.convs, self.bns, strict=True):
            done.append(norm(nn.functional.relu(convolution(done[-1] + group if done else group))))
        return torch.cat([*done, last], dim=1)


class _Squeeze(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(CHANNELS, 128), nn.Linear(128, CHANNELS)

    def forward(self, x: Tensor) -> Tensor:
        weight = self.linear2(nn.functional.relu(self.linear1(x.mean(dim=2))))
        return x * torch.sigmoid(weight)[:, :, None]


class _Perceiver(nn.Module):
    """[B, F, HEARD] -> [B, TOKENS, WIDTH]: learnt queries attend to themselves and to what was heard."""

    def __init__(self) -> None:
        super().__init__()
        self.proj_context = nn.Linear(HEARD, WIDTH)
        self.latents = nn.Parameter(torch.zeros(TOKENS, WIDTH))
        self.layers = nn.ModuleList(_PerceiverLayer() for _ in range(2))
        self.norm = _RMSNorm()

    def forward(self, heard: Tensor) -> Tensor:
        heard = self.proj_context(heard)
        x = self.latents.expand(len(heard), -1, -1)
        for layer in self.layers:
            x = layer(x, heard)
        return self.norm(x)


class _PerceiverLayer(nn.ModuleList):
    def __init__(self) -> None:
        super().__init__([_Attention(), _feed_forward()])

    def forward(self, x: Tensor, heard: Tensor) -> Tensor:
        x = self[0](x, heard) + x
        return self[1](x) + x


class _Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        inner = HEADS * HEAD_WIDTH
        self.to_q, self.to_out = nn.Linear(WIDTH, inner, bias=False), nn.Linear(inner, WIDTH, bias=False)
        self.to_kv = nn.Linear(WIDTH, 2 * inner, bias=False)

    def forward(self, x: Tensor, heard: Tensor) -> Tensor:
        keys_and_values = self.to_kv(torch.cat([x, heard], dim=1)).chunk(2, dim=2)
        q, k, v = (part.unflatten(2, (HEADS, HEAD_WIDTH)).transpose(1, 2) for part in (self.to_q(x), *keys_and_values))
        weights = (q @ k.mT * HEAD_WIDTH**-0.5).softmax(dim=-1)
        return self.to_out((weights @ v).transpose(1, 2).flatten(2))


class _Gated(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        x, gate = x.chunk(2, dim=-1)
        return nn.functional.gelu(gate) * x


def _feed_forward() -> nn.Module:
    inner = int(WIDTH * 4 * 2 / 3)
    return nn.Sequential(nn.Linear(WIDTH, 2 * inner), _Gated(), nn.Linear(inner, WIDTH))


class _RMSNorm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.normalize(x, dim=-1) * WIDTH**0.5 * self.gamma
