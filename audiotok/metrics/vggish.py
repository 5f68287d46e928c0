"""Fréchet audio distance on VGGish, the embedding that papers on generated music and sounds report.

Conventions: as audiotok.metrics.fad; a segment is 0.96 s at 16 kHz, one after the other, as 128 numbers; what is left
at the end is not heard. It is the layer before the last rectification, without the PCA and the 8 bits of AudioSet's
features, which is the default of the package frechet-audio-distance. Values of other front ends do not compare.
Undefined: a silent clip, one of less than 0.975 s, and fewer than 129 segments a side.

VGGish hears up to 7.5 kHz and was taught by tags of videos. Gui et al. (ICASSP 2024) find that it agrees with listeners
less than other embeddings do; it is here to be compared with what was published.

Source: Hershey et al., "CNN architectures for large-scale audio classification", ICASSP 2017; Kilgour et al. 2019.
Weights by the address of torchvggish's release, whose name has the first digits of their sha256. Spectrogram and
network equal those of torchvggish 0.2 to 1e-5 (tests).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from audiotok.errors import MetricUndefined
from audiotok.files import torch_hub
from audiotok.metrics import fad
from audiotok.metrics.analysis import Analysis, Waveform
from audiotok.metrics.base import SetMetric
from audiotok.metrics.evaluation_models import SAMPLE_RATE
from audiotok.metrics.htk_mel import triangles

if TYPE_CHECKING:
    from torch import Tensor, nn

WEIGHTS = "https://github.com/harritaylor/torchvggish/releases/download/v0.1/vggish-10086976.pth"
WINDOW, HOP, FFT = 400, 160, 512  # samples
BANDS, LOWEST, HIGHEST = 64, 125.0, 7500.0  # Hz
SEGMENT = 96  # frames
OFFSET = 0.01  # before the logarithm
LAYERS = (64, "pool", 128, "pool", 256, 256, "pool", 512, 512, "pool")
WIDTH, DIMENSIONS = 4096, 128
BATCH = 32  # segments


class VGGish:
    """The network with its weights, the published ones by default. Raises AssetUnavailable, AssetCorrupt."""

    def __init__(self, state: Mapping[str, Tensor] | None = None) -> None:
        self._network = _network()
        self._network.load_state_dict(torch_hub.state_dict(WEIGHTS, check_hash=True) if state is None else state)
        self._network.eval().requires_grad_(False)

    def embed(self, waveform: Waveform) -> NDArray[np.float32]:
        """[T] at 16 kHz -> [N, 128], a row for each full segment. Raises MetricUndefined where there is none."""
        import torch

        parts = segments(waveform)
        if not len(parts):
            raise MetricUndefined(f"{len(waveform)} samples at 16 kHz are less than one segment of 0.975 s")
        with torch.no_grad():
            found = [self._network(part[:, None]) for part in torch.from_numpy(parts).split(BATCH)]
        return np.asarray(torch.cat(found).numpy())


def segments(waveform: Waveform) -> NDArray[np.float32]:
    """[T] at 16 kHz -> [N, 96, 64], logarithms of mel bands' magnitudes."""
    if len(waveform) < WINDOW:
        return np.zeros((0, SEGMENT, BANDS), np.float32)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi / WINDOW * np.arange(WINDOW))
    frames = sliding_window_view(np.asarray(waveform, np.float64), WINDOW)[::HOP]
    mel = np.log(np.abs(np.fft.rfft(frames * hann, FFT)) @ triangles(BANDS, LOWEST, HIGHEST, FFT, SAMPLE_RATE) + OFFSET)
    whole = len(mel) // SEGMENT
    return mel[: whole * SEGMENT].reshape(whole, SEGMENT, BANDS).astype(np.float32)


def _network() -> nn.Module:
    """[N, 1, 96, 64] -> [N, 128], with torchvggish's names."""
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            layers: list[nn.Module] = []
            inside = 1
            for layer in LAYERS:
                if isinstance(layer, int):
                    layers += [nn.Conv2d(inside, layer, 3, padding=1), nn.ReLU()]
                    inside = layer
                else:
                    layers.append(nn.MaxPool2d(2))
            self.features = nn.Sequential(*layers)
            places = inside * (SEGMENT // 16) * (BANDS // 16)
            dense = [nn.Linear(places, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU()]
            self.embeddings = nn.Sequential(*dense, nn.Linear(WIDTH, DIMENSIONS))

        def forward(self, x: Tensor) -> Tensor:
            found: Tensor = self.embeddings(self.features(x).permute(0, 2, 3, 1).flatten(1))  # channels last, as there
            return found

    return Network()


METRICS: tuple[SetMetric, ...] = (
    SetMetric(
        name="fad_vggish",
        version=1,
        title="FAD (VGGish)",
        explanation="Fréchet distance between the VGGish embeddings of all references and all outputs, as reported in "
        "papers; 0 is best. Compare values over the same clips only.",
        question="distribution",
        unit="",
        direction="lower",
        range=(0.0, float("inf")),
        domains=("music", "audio"),
        analysis=Analysis(
            name="vggish",
            version=1,
            run=fad.embeddings_of,
            load=VGGish,
            sample_rate=SAMPLE_RATE,
            signature="embedding:vggish-torch",
            packages=("torch",),
        ),
        score=fad.of_clips,
        evaluation_models=("vggish",),
        reference="fad",
        licence="Apache-2.0",
        tolerance=1e-3,
    ),
)
