"""The embedding of musicnn: 3 s of sound as 200 numbers, by a network that was taught to tag music.

Conventions: [T] at 16 kHz -> [N, 200], a row for each 187 frames of 256 samples (2.992 s), one after the other; what is
left at the end is not heard, and a shorter signal is repeated, as in the authors' training. Levels count: nothing is
normalised.

The network is MTT_musicnn, the package's default: most of MagnaTagATune's 50 tags are instruments and kinds of voice. A
row is the layer below the tags, which the package calls `penultimate`. The layers that pool over time, `max_pool` and
`mean_pool`, have 753 numbers each; FAD of them would need more than three hours of music.

The spectrogram is librosa's, to the bit, as log10(10⁴ x + 1) of 96 mel bands in float32. The package takes float16, in
which a band's power above 6.55 becomes infinite, and the tags not a number: a sine at 0.4 of full scale is enough. On
the same spectrogram the network equals the package's in TensorFlow 2.21 to 1e-5 (tests).

Source: Pons and Serra, "musicnn: Pre-trained convolutional neural networks for music audio tagging", ISMIR 2019
(late-breaking demo); weights of musicnn 0.1.0 (ISC), whose wheel is only where they are published: it needs TensorFlow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from audiotok.data.manifest import Clip
from audiotok.files import tf_checkpoint
from audiotok.files.assets import Asset, PyPI, fetch
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.evaluation_models import require_finite, require_rate
from audiotok.metrics.mel_power import mel_power

if TYPE_CHECKING:
    from torch import Tensor, nn


def _asset(ending: str, sha256: str) -> Asset:
    source = PyPI((("musicnn==0.1.0", f"musicnn/MTT_musicnn/{ending}"),))
    return Asset(f"MTT_musicnn{ending}", sha256, (source,))


INDEX = _asset(".index", "da2d7bb670b2b31e9bc441bb1bd75eca31b5b061f963cc1f9630c1aff3238f57")
TENSORS = _asset(".data-00000-of-00001", "041f3935e981a65cea739842d30c188d3a7d2adf4410955c8668eb3de4a5acab")
SAMPLE_RATE = 16000
DIMENSIONS = 200
WINDOW, HOP, BANDS = 512, 256, 96
SEGMENT = 187  # frames
TIMBRES, HEIGHTS = 204, (38, 67)  # filters of 7 frames, and the bands that each kind covers
RHYTHMS, LENGTHS = 51, (128, 64, 32)  # filters of one band, and the frames that each kind covers
FRONT = len(HEIGHTS) * TIMBRES + len(LENGTHS) * RHYTHMS
MIDDLE, LAYERS = 64, 3
BATCH = 8  # segments
EPSILON = 1e-3  # TensorFlow's default in a batch normalisation


class MusiCNN:
    """The network with its weights. Raises AssetUnavailable where they cannot be had."""

    def __init__(self) -> None:
        self._network = _network()

    def embed(self, waveform: Waveform) -> NDArray[np.float32]:
        """[T] at 16 kHz -> [N, 200]; silence has an embedding as well. Raises InvalidAudio."""
        import torch

        require_finite(waveform)
        parts = torch.from_numpy(segments(spectrogram(np.asarray(waveform, np.float32))))
        with torch.no_grad():
            return np.asarray(torch.cat([self._network(part) for part in parts.split(BATCH)]).numpy())


def spectrogram(waveform: Waveform) -> NDArray[np.float32]:
    """[T] at 16 kHz -> [1 + T // 256, 96], from 0 (silence) up. The first frame is centred on the first sample."""
    return np.log10(10000 * mel_power(waveform, SAMPLE_RATE, WINDOW, HOP, BANDS).T + 1)


def segments(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """[frames, 96] -> [N, 187, 96]: whole segments only, or one of frames that are repeated."""
    if len(frames) < SEGMENT:
        return np.resize(frames, (1, SEGMENT, frames.shape[1]))
    whole = len(frames) // SEGMENT
    return frames[: whole * SEGMENT].reshape(whole, SEGMENT, frames.shape[1])


#: What the checkpoint calls the tensors of each kind of layer, by what torch calls them.
_NORM = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
_DENSE = {"weight": "kernel", "bias": "bias"}


def _names() -> dict[str, str]:
    """Names of the checkpoint's tensors by those in `_Layers`; it numbers the layers of a kind as they were made."""
    blocks = [f"blocks.{number}" for number in range(len(HEIGHTS) + len(LENGTHS) + LAYERS)]
    kinds = (
        ("batch_normalization", _NORM, ["scaled", *(f"{block}.norm" for block in blocks), "pooled", "last"]),
        ("conv2d", _DENSE, [f"{block}.conv" for block in blocks]),
        ("dense", _DENSE, ["dense"]),
    )
    return {
        f"{place}.{ours}": f"{kind}{f'_{number}' if number else ''}/{theirs}"
        for kind, tensors, places in kinds
        for number, place in enumerate(places)
        for ours, theirs in tensors.items()
    }


def _state() -> dict[str, Tensor]:
    """The network's tensors by their names in `_Layers`; the tags above the embedding are left out."""
    import torch

    names = _names()
    read = tf_checkpoint.read(fetch(INDEX), fetch(TENSORS), list(names.values()))
    return {ours: torch.from_numpy(np.ascontiguousarray(_turned(read[theirs]))) for ours, theirs in names.items()}


def _network() -> nn.Module:
    """[N, 187, 96] -> [N, 200]: filters of timbre and rhythm, three layers over time, both pools, a dense layer."""
    import torch
    from torch import nn

    class Block(nn.Module):
        """[N, 1, T, bands] -> [N, filters, T], the maximum over places in frequency."""

        def __init__(self, filters: int, frames: int, bands: int) -> None:
            super().__init__()
            self.pad = nn.ZeroPad2d((0, 0, (frames - 1) // 2, frames // 2))
            self.conv = nn.Conv2d(1, filters, (frames, bands))
            self.norm = nn.BatchNorm2d(filters, EPSILON)

        def forward(self, x: Tensor) -> Tensor:
            found: Tensor = self.norm(self.conv(self.pad(x)).relu())
            return found.amax(dim=3)

    class Layers(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scaled = nn.BatchNorm2d(1, EPSILON)
            timbre = [Block(TIMBRES, 7, height) for height in HEIGHTS]
            rhythm = [Block(RHYTHMS, length, 1) for length in LENGTHS]
            middle = [Block(MIDDLE, 7, FRONT if first else MIDDLE) for first in (True, *[False] * (LAYERS - 1))]
            self.blocks = nn.ModuleList([*timbre, *rhythm, *middle])
            self.pooled = nn.BatchNorm1d(2 * (FRONT + LAYERS * MIDDLE), EPSILON)
            self.dense = nn.Linear(2 * (FRONT + LAYERS * MIDDLE), DIMENSIONS)
            self.last = nn.BatchNorm1d(DIMENSIONS, EPSILON)

        def forward(self, x: Tensor) -> Tensor:
            x = self.scaled(x[:, None])
            x = torch.cat([block(x) for block in self.blocks[:-LAYERS]], dim=1)
            found = [x]
            for block in self.blocks[-LAYERS:]:
                x = block(x.transpose(1, 2)[:, None]) + (x if len(found) > 1 else 0)
                found.append(x)
            whole = torch.cat(found, dim=1)
            pools = torch.stack([whole.amax(dim=2), whole.mean(dim=2)], dim=2).flatten(1)  # side by side, as there
            return self.last(self.dense(self.pooled(pools)).relu())

    network = Layers()
    network.load_state_dict(_state())
    return network.eval().requires_grad_(False)


def _turned(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    """A kernel as torch has it: [frames, bands, 1, filters] -> [filters, 1, frames, bands], [in, out] -> [out, in]."""
    return tensor.transpose(3, 2, 0, 1) if tensor.ndim == 4 else tensor.T


def _run(waveform: Waveform, sample_rate: int, clip: Clip, model: MusiCNN) -> Features:
    require_rate(sample_rate, SAMPLE_RATE)
    return {"embeddings": model.embed(waveform)}


MUSICNN = Analysis(
    name="musicnn",
    version=1,
    run=_run,
    load=MusiCNN,
    sample_rate=SAMPLE_RATE,
    signature="embedding:musicnn-0.1.0-mtt",
    packages=("torch",),
)
