"""KLD by PaSST: the divergence of AudioSet's classes (audiotok.metrics.kld) as AudioGen and MusicGen report it.

Conventions: 32 kHz, the clip as windows of 10 s, one after the other, of which the last is shorter and counts as much;
one of up to 0.15 s is left out. `kld_passt_20s` is the same with the network and windows of 20 s: AudioGen's evaluation
in audiocraft names that of 10 s, MusicGen's that of 20 s. Undefined: silence, and up to 0.15 s.

PaSST is a vision transformer over patches of 16 bands by 16 frames, 10 apart both ways, of a log-mel spectrogram: 128
bands from 0 to 15 kHz (audiotok.metrics.htk_mel), frames of 25 ms every 10 ms, pre-emphasis of 0.97. Positions in time
and in frequency are added apart, so that a shorter window takes the first of those in time. The class comes of the mean
of two tokens; the second token's own classifier is not used.

Source: Koutini et al., "Efficient training of audio transformers with patchout", Interspeech 2022. Spectrogram and
logits equal those of hear21passt 0.0.26 to 1e-4 on made-up weights (tests); that package needs timm, and takes whatever
weights come. Here those of 10 s are told by their sha256, which several projects publish; of 20 s, for which none was
found, the file of the first use counts from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from audiotok.data.manifest import Clip
from audiotok.errors import MetricUndefined
from audiotok.files import torch_hub
from audiotok.files.assets import Asset, Url, fetch
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.evaluation_models import validate
from audiotok.metrics.htk_mel import triangles
from audiotok.metrics.kld import CLASSES, divergence

if TYPE_CHECKING:
    from torch import Tensor, nn

_RELEASES = "https://github.com/kkoutini/PaSST/releases/download"
TEN_NAME = "passt-s-f128-p16-s10-ap.476-swa.pt"
TEN = Asset(
    TEN_NAME,
    "302903fa8c4aee817b11dc982da0b29aaf8d11a3e722420476d0a12c9db70c2c",
    (Url(f"{_RELEASES}/v0.0.1-audioset/{TEN_NAME}"),),
)
TWENTY = f"{_RELEASES}/v0.0.5/passt-s-f128-20sec-p16-s10-ap.474-swa.pt"
SAMPLE_RATE = 32000
SHORTEST = 4800  # samples; a window has more
WINDOW, HOP, FFT = 800, 320, 1024  # samples of a frame
BANDS, HIGHEST = 128, 15000.0  # Hz
PRE_EMPHASIS = 0.97
FLOOR = 1e-5  # before the logarithm
MEAN, SCALE = -4.5, 5.0  # that bring the logarithms to about 0 and 1
PATCH, STRIDE = 16, 10
WIDTH, HEADS, LAYERS = 768, 12, 12
#: What the published tensors' names become in torch's transformer.
_NAMES = (
    ("patch_embed.proj.", "patches."),
    ("blocks.", "blocks.layers."),
    ("attn.qkv.", "self_attn.in_proj_"),
    ("attn.proj.", "self_attn.out_proj."),
    ("mlp.fc", "linear"),
)


class PaSST:
    """The network with its weights, of windows of `seconds`; `state` has the published names."""

    def __init__(self, state: Mapping[str, Tensor], seconds: int) -> None:
        self._longest = seconds * SAMPLE_RATE
        self._network = _network(state["time_new_pos_embed"].shape[-1])
        self._network.load_state_dict(_renamed(state))
        self._network.eval().requires_grad_(False)

    def logits(self, waveform: Waveform) -> NDArray[np.float32]:
        """[T] at 32 kHz -> [N, 527], a row for each window. Raises MetricUndefined where there is none."""
        import torch

        windows = [part for part in torch.from_numpy(waveform).split(self._longest) if len(part) > SHORTEST]
        if not windows:
            raise MetricUndefined(
                f"the signal lasts {len(waveform) / SAMPLE_RATE:.3f} s, more than {SHORTEST / SAMPLE_RATE} s are needed"
            )
        with torch.no_grad():
            return np.asarray(torch.cat([self._network(spectrogram(part)[None, None]) for part in windows]).numpy())


def spectrogram(waveform: Tensor) -> Tensor:
    """[T] at 32 kHz -> [128, 1 + (T - 1) // 320], of which a band without power is -1.4."""
    import torch

    emphasised = waveform[1:] - PRE_EMPHASIS * waveform[:-1]
    hann = torch.hann_window(WINDOW, periodic=False)
    power = torch.stft(emphasised, FFT, HOP, WINDOW, hann, return_complex=True).abs() ** 2
    bands = torch.from_numpy(triangles(BANDS, 0, HIGHEST, FFT, SAMPLE_RATE).T.astype(np.float32))
    return ((bands @ power + FLOOR).log() - MEAN) / SCALE


def _renamed(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    found = {}
    for name, tensor in state.items():
        if not name.startswith("head_dist."):
            for theirs, ours in _NAMES:
                name = name.replace(theirs, ours)
            found[name] = tensor
    return found


def _network(places: int) -> nn.Module:
    """[N, 1, 128, frames] -> [N, 527]. places: positions in time that it has."""
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cls_token, self.dist_token = (nn.Parameter(torch.empty(1, 1, WIDTH)) for _ in range(2))
            self.new_pos_embed = nn.Parameter(torch.empty(1, 2, WIDTH))  # of these two
            self.freq_new_pos_embed = nn.Parameter(torch.empty(1, WIDTH, BANDS // STRIDE, 1))
            self.time_new_pos_embed = nn.Parameter(torch.empty(1, WIDTH, 1, places))
            self.patches = nn.Conv2d(1, WIDTH, PATCH, STRIDE)
            layer = nn.TransformerEncoderLayer(
                *(WIDTH, HEADS, 4 * WIDTH),
                activation="gelu",
                layer_norm_eps=1e-6,
                batch_first=True,
                norm_first=True,
            )
            self.blocks = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
            self.norm = nn.LayerNorm(WIDTH, 1e-6)
            self.head = nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, CLASSES))

        def forward(self, x: Tensor) -> Tensor:
            x = self.patches(x)
            x = x + self.time_new_pos_embed[..., : x.shape[-1]] + self.freq_new_pos_embed
            tokens = torch.cat([self.cls_token, self.dist_token], dim=1) + self.new_pos_embed
            x = torch.cat([tokens.expand(len(x), -1, -1), x.flatten(2).mT], dim=1)
            found: Tensor = self.head(self.norm(self.blocks(x))[:, :2].mean(dim=1))
            return found

    return Network()


def ten_seconds() -> PaSST:
    """Raises AssetUnavailable, AssetCorrupt."""
    import torch

    return PaSST(torch.load(fetch(TEN), map_location="cpu", weights_only=True), 10)


def twenty_seconds() -> PaSST:
    """Raises AssetUnavailable, AssetCorrupt."""
    return PaSST(torch_hub.state_dict(TWENTY, check_hash=False), 20)


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: PaSST) -> Features:
    validate(waveform, sample_rate, expected=SAMPLE_RATE)
    return {"logits": model.logits(np.asarray(waveform, np.float32))}


_analysis = partial(Analysis, version=1, run=_analyse, sample_rate=SAMPLE_RATE, packages=("torch",))
_metric = partial(divergence, evaluation_models=("passt",), licence="Apache-2.0", reference="passt")
METRICS: tuple[ClipMetric, ...] = (
    _metric(
        name="kld_passt",
        title="KLD (PaSST)",
        explanation="Kullback-Leibler divergence between the class probabilities that the AudioSet tagger PaSST gives "
        "for reference and output; 0 means the same classes. Differences within a class do not count.",
        analysis=_analysis(name="passt-s-10s", load=ten_seconds, signature="tagger:passt-s-10s"),
    ),
    _metric(
        name="kld_passt_20s",
        title="KLD (PaSST of 20 s)",
        explanation="KLD (PaSST) with the PaSST model for windows of 20 s instead of 10 s, as in MusicGen's "
        "evaluation.",
        analysis=_analysis(name="passt-s-20s", load=twenty_seconds, signature="tagger:passt-s-20s"),
    ),
)
