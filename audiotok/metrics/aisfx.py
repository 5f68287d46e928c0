"""The embedding of aiSFX: 2.3 s of sound as 512 numbers, by a network that was taught to sort sound effects.

Conventions: [T] at 44.1 kHz -> [N, 512], a row for each 100 frames of 1,024 samples, a new one every 50 (1.2 s); a
signal that is shorter has one row, and silence behind it. Levels count: nothing is normalised.

The spectrogram is Essentia's, which the authors used: power of 2,048 samples under a symmetric Hann window, 96
triangles between 0 and 22,050 Hz that are straight in HTK's mel scale and sum to 1, then log10(10⁴ x + 1) over the
largest value of their data. It equals Essentia's to 1e-6 (tests). Their package has a second one by librosa, which
exchanges time and bands, and is not offered here.

Source: Ma and Lerch, "Representation Learning for the Automatic Indexing of Sound Effects Libraries", ISMIR 2022;
network and weights of aisfx 0.1.2, whose wheel is only where the weights are published: it pins versions of NumPy and
librosa that nothing here runs on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from audiotok.data.manifest import Clip
from audiotok.files.assets import Asset, PyPI, fetch
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.evaluation_models import require_finite, require_rate
from audiotok.metrics.htk_mel import triangles

if TYPE_CHECKING:
    from torch import Tensor, nn

WEIGHTS = Asset(
    "aisfx-checkpoint.pth",
    "499ea75909c932a2f94c35fa722fa4fabc5bcb7e84917209cc5f7402627b7eb5",
    (PyPI((("aisfx==0.1.2", "aisfx/models/checkpoint.pth"),)),),
)
SAMPLE_RATE = 44100
FRAME, HOP, BANDS = 2048, 1024, 96
SEGMENT, STEP = 100, 50  # frames of a segment, and from one to the next
LOUDEST = 9.457798957824707  # of the authors' spectrograms, which it brings to 1
CHANNELS = (1, 64, 128, 256, 512)
BATCH = 32  # segments


class AiSFX:
    """The network with its weights. Raises AssetUnavailable where they cannot be had."""

    def __init__(self) -> None:
        self._network = _network()

    def embed(self, waveform: Waveform) -> NDArray[np.float32]:
        """[T] at 44.1 kHz -> [N, 512]; silence has an embedding as well. Raises InvalidAudio."""
        import torch

        require_finite(waveform)
        parts = segments(spectrogram(torch.from_numpy(np.asarray(waveform, np.float32))))
        with torch.no_grad():
            found = torch.cat([self._network(part[:, None]) for part in parts.split(BATCH)])
        return np.asarray(found.numpy())


def spectrogram(waveform: Tensor) -> Tensor:
    """[T] at 44.1 kHz -> [frames, 96], from 0 (silence) to about 1. The first frame is centred on the first sample."""
    import torch

    window = torch.hann_window(FRAME, periodic=False, dtype=torch.float64)
    padded = torch.nn.functional.pad(waveform.double(), (FRAME // 2, FRAME))
    frames = padded.unfold(0, FRAME, HOP)[: -(-(len(waveform) + FRAME // 2) // HOP)]
    power = torch.fft.rfft(frames * window).abs() ** 2
    return ((1e4 * (power @ _bands()) + 1).log10() / LOUDEST).float()


def segments(frames: Tensor) -> Tensor:
    """[frames, 96] -> [N, 100, 96]: whole segments only, or one with silence behind it."""
    import torch

    if len(frames) < SEGMENT:
        return torch.nn.functional.pad(frames, (0, 0, 0, SEGMENT - len(frames)))[None]
    return frames.unfold(0, SEGMENT, STEP).transpose(1, 2)


def _bands() -> Tensor:
    """[1025, 96], columns that sum to 1."""
    import torch

    weights = torch.from_numpy(triangles(BANDS, 0, SAMPLE_RATE / 2, FRAME, SAMPLE_RATE))
    return weights / weights.sum(dim=0)


def _state() -> dict[str, Tensor]:
    """The network's tensors by their names in `_network`; the classifiers above the embedding are left out."""
    import torch
    from numpy._core.multiarray import scalar

    # Beside tensors the file holds numbers of classes as NumPy's integers, under the name that NumPy 1 gave their type.
    harmless: list[Any] = [(scalar, "numpy.core.multiarray.scalar"), np.dtype, np.dtypes.Int64DType]
    with torch.serialization.safe_globals(harmless):
        state, _ = torch.load(fetch(WEIGHTS), map_location="cpu", weights_only=True)
    prefix = "embedding_net."
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def _network() -> nn.Module:
    """[N, 1, 100, 96] -> [N, 512]: eight convolutions, the mean over bands, the maximum over time."""
    from torch import nn

    from audiotok.models.conv_blocks import ConvBlocks

    class Network(ConvBlocks):
        def forward(self, x: Tensor) -> Tensor:
            return self.convolved(x, nn.functional.max_pool2d).mean(dim=3).amax(dim=2)

    network = Network(CHANNELS)
    network.load_state_dict(_state())
    return network.eval().requires_grad_(False)


def _run(waveform: Waveform, sample_rate: int, clip: Clip, model: AiSFX) -> Features:
    require_rate(sample_rate, SAMPLE_RATE)
    return {"embeddings": model.embed(waveform)}


AISFX = Analysis(
    name="aisfx",
    version=1,
    run=_run,
    load=AiSFX,
    sample_rate=SAMPLE_RATE,
    signature="embedding:aisfx-0.1.2",
    packages=("torch",),
)
