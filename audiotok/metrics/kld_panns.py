"""KLD by PANNs: the divergence of AudioSet's classes (audiotok.metrics.kld) as AudioLDM's evaluation reports it.

Conventions: 16 kHz, the mean taken off, the whole clip at once; a clip of less than 2 s has silence behind it. It is
Cnn14 of 16 kHz (mAP 0.438), its logits before the sigmoid, and "KL" of audioldm_eval, not "KL_Sigmoid". Undefined:
silence, a constant, and less than 0.1 s.

Its authors warn that the way a signal was resampled moves the value by up to 0.4: compare values of one pipeline only.

Source: Kong et al., "PANNs: large-scale pretrained audio neural networks for audio pattern recognition", TASLP 2020;
Liu et al., "AudioLDM: text-to-audio generation with latent diffusion models", ICML 2023, whose audioldm_eval at commit
8dc07ee has the same spectrogram and logits to 1e-4 on made-up weights (tests). Weights: Zenodo 3987831, by the sha256
of the file that has the md5 given there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from audiotok.data.manifest import Clip
from audiotok.errors import MetricUndefined
from audiotok.files.assets import Asset, Url, fetch
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, validate
from audiotok.metrics.kld import CLASSES, divergence

if TYPE_CHECKING:
    from torch import Tensor, nn

WEIGHTS = Asset(
    "Cnn14_16k_mAP=0.438.pth",
    "e2ee543a27919542c2ea03eabaa70b24dcd4e6c8e05621de6b67a94e4c5058e6",
    (Url("https://zenodo.org/records/3987831/files/Cnn14_16k_mAP%3D0.438.pth"),),
)
MIN_SECONDS = 0.1
SHORTEST = 2 * SAMPLE_RATE  # samples, with the silence behind a shorter clip
WINDOW, HOP = 512, 160  # samples
BANDS, LOWEST, HIGHEST = 64, 50.0, 8000.0  # Hz
FLOOR = 1e-10  # of a band's power
CHANNELS = (1, 64, 128, 256, 512, 1024, 2048)


class Cnn14:
    """The network with its weights, by their published names: without those of the spectrogram, which is made here."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        self._network = _network()
        made_here = ("spectrogram_extractor.", "logmel_extractor.")
        self._network.load_state_dict({name: value for name, value in state.items() if not name.startswith(made_here)})
        self._network.eval().requires_grad_(False)

    def logits(self, waveform: Waveform) -> NDArray[np.float32]:
        """[T] at 16 kHz -> [1, 527]"""
        import torch

        centred = torch.from_numpy(waveform - waveform.mean())
        padded = torch.nn.functional.pad(centred, (0, max(0, SHORTEST - len(centred))))
        with torch.no_grad():
            return np.asarray(self._network(spectrogram(padded)[None, None]).numpy())


def spectrogram(waveform: Tensor) -> Tensor:
    """[T] at 16 kHz -> [1 + T // 160, 64], dB of the power in Slaney's mel bands, from -100 up."""
    import torch

    power = torch.stft(waveform, WINDOW, HOP, window=torch.hann_window(WINDOW), return_complex=True).abs() ** 2
    filters = needs("librosa.filters").mel(sr=SAMPLE_RATE, n_fft=WINDOW, n_mels=BANDS, fmin=LOWEST, fmax=HIGHEST)
    return 10 * (power.T @ torch.from_numpy(filters.T)).clamp(min=FLOOR).log10()


def published(path: Path) -> dict[str, Tensor]:
    """The tensors of the authors' checkpoint, and nothing else that a pickle can hold."""
    import torch
    from numpy._core.multiarray import _reconstruct

    # Beside tensors the file holds the order of training clips as arrays, under the name that NumPy 1 gave their maker.
    harmless: list[Any] = [(_reconstruct, "numpy.core.multiarray._reconstruct")]
    with torch.serialization.safe_globals([*harmless, np.ndarray, np.dtype, np.dtypes.Int64DType]):
        state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)["model"]
    return state


def _network() -> nn.Module:
    """[N, 1, frames, 64] -> [N, 527]: twelve convolutions, the mean over bands, maximum and mean over time."""
    from torch import nn

    from audiotok.models.conv_blocks import ConvBlocks

    class Network(ConvBlocks):
        def __init__(self) -> None:
            super().__init__(CHANNELS)
            self.bn0 = nn.BatchNorm2d(BANDS)
            self.fc1 = nn.Linear(CHANNELS[-1], CHANNELS[-1])
            self.fc_audioset = nn.Linear(CHANNELS[-1], CLASSES)

        def forward(self, x: Tensor) -> Tensor:
            x = self.bn0(x.transpose(1, 3)).transpose(1, 3)
            x = self.convolved(x, nn.functional.avg_pool2d).mean(dim=3)
            found: Tensor = self.fc_audioset(self.fc1(x.amax(dim=2) + x.mean(dim=2)).relu())
            return found

    return Network()


def _load() -> Cnn14:
    return Cnn14(published(fetch(WEIGHTS)))


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: Cnn14) -> Features:
    validate(waveform, sample_rate, MIN_SECONDS)
    if not np.ptp(waveform):
        raise MetricUndefined(f"the signal is a constant, {waveform[0]}")
    return {"logits": model.logits(np.asarray(waveform, np.float32))}


METRICS: tuple[ClipMetric, ...] = (
    divergence(
        name="kld_panns",
        title="KLD (PANNs)",
        explanation="Kullback-Leibler divergence between the class probabilities that the AudioSet tagger PANNs gives "
        "for reference and output; 0 means the same classes. Differences within a class do not count.",
        analysis=Analysis(
            *("panns-cnn14-16k", 1, _analyse, _load),
            sample_rate=SAMPLE_RATE,
            signature="tagger:panns-cnn14-16k",
            packages=("torch", "librosa"),
        ),
        evaluation_models=("panns",),
        reference="panns",
        licence="CC-BY-4.0",
    ),
)
