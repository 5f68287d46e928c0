"""Who tells real speech from a vocoder's: judges of the waveform folded by a period, and of its complex spectrum.

Sources: multi-period discriminator, HiFi-GAN (Kong et al. 2020); multi-resolution complex spectra, EnCodec (Défossez et
al. 2022). Much narrower than theirs by default, for training without an accelerator.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

PERIODS = (2, 3, 5, 7, 11)
WINDOWS = (256, 512, 1024)


class Discriminators(nn.Module):
    """Waveforms [B, T] -> a judgement of each: the outputs of its layers, the last of them the scores."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.judges = nn.ModuleList(
            [*(PeriodJudge(period, width) for period in PERIODS), *(SpectrumJudge(window, width) for window in WINDOWS)]
        )

    def forward(self, waveform: Tensor) -> list[list[Tensor]]:
        return [judge(waveform) for judge in self.judges]


class PeriodJudge(nn.Module):
    """The waveform as rows of one period: convolutions see every `period`-th sample."""

    def __init__(self, period: int, width: int) -> None:
        super().__init__()
        self.period = period
        channels = (1, width, 2 * width, 4 * width, 4 * width)
        self.layers = nn.ModuleList(weight_norm(nn.Conv2d(a, b, (5, 1), (3, 1), (2, 0))) for a, b in pairwise(channels))
        self.last = weight_norm(nn.Conv2d(channels[-1], 1, (3, 1), padding=(1, 0)))

    def forward(self, waveform: Tensor) -> list[Tensor]:
        whole = nn.functional.pad(waveform, (0, -waveform.shape[-1] % self.period))
        return _layers(whole.unflatten(-1, (-1, self.period))[:, None], self.layers, self.last)


class SpectrumJudge(nn.Module):
    """Real and imaginary parts of one resolution as two channels over time and frequency."""

    def __init__(self, window: int, width: int) -> None:
        super().__init__()
        self.window = window
        shapes = [((3, 9), 1), ((3, 9), 1), ((3, 9), 2), ((3, 9), 4)]  # kernel, dilation in time
        self.layers = nn.ModuleList(
            weight_norm(
                nn.Conv2d(
                    width if number else 2,
                    width,
                    kernel,
                    stride=(1, 2),
                    padding=(dilation, kernel[1] // 2),
                    dilation=(dilation, 1),
                )
            )
            for number, (kernel, dilation) in enumerate(shapes)
        )
        self.last = weight_norm(nn.Conv2d(width, 1, (3, 3), padding=1))

    def forward(self, waveform: Tensor) -> list[Tensor]:
        shape = torch.hann_window(self.window, device=waveform.device)
        spectrum = torch.stft(
            waveform, self.window, self.window // 4, self.window, shape, normalized=True, return_complex=True
        )
        return _layers(torch.view_as_real(spectrum).permute(0, 3, 2, 1), self.layers, self.last)


def _layers(hidden: Tensor, layers: nn.ModuleList, last: nn.Module) -> list[Tensor]:
    outputs = []
    for layer in layers:
        hidden = nn.functional.leaky_relu(layer(hidden), 0.1)
        outputs.append(hidden)
    return [*outputs, last(hidden)]
