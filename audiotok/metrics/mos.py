"""UTMOS: the opinion score that listeners would give to synthetic speech for its naturalness, without a reference.

Conventions: 16 kHz speech; mean opinion score, nominally 1 to 5 (the model's answer is not cut off there); higher is
better. The single "strong learner" of UTMOS22, as nearly everyone reports it, for the domain and judge that its
checkpoint fixes. Undefined: silence, and less than half a second.
Source: Saeki et al., "UTMOS: UTokyo-SaruLab system for VoiceMOS Challenge 2022", Interspeech 2022; weights of
tarepan/SpeechMOS v1.0.0 by sha256. The model is put together from torchaudio's wav2vec 2.0, so that no code of the
hub runs; on equal weights its answers equal those of tarepan/SpeechMOS at commit
ed25eacbfa42b99156c36ebec67a733b5dbb9b79.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from audiotok.assets import Asset, Url, fetch
from audiotok.data.manifest import Clip
from audiotok.metrics.base import Analysis, ClipMetric, Features, Waveform
from audiotok.metrics.judges import quality, validate

if TYPE_CHECKING:
    from torch import Tensor, nn

MIN_SECONDS = 0.5
WEIGHTS = Asset(
    "utmos22_strong_step7459_v1.pt",
    "38aa51ab79e2a4e09a1449758a4b37e9cbb2e8235a49662a732d33a9ba1e9bff",
    (Url("https://github.com/tarepan/SpeechMOS/releases/download/v1.0.0/utmos22_strong_step7459_v1.pt"),),
)

#: The checkpoint's names for the parts of wav2vec 2.0, which are fairseq's -> torchaudio's.
_WAV2VEC2_NAMES = (
    (r"^(feature_extractor\.conv_layers\.\d+)\.0\.", r"\1.conv."),
    (r"^(feature_extractor\.conv_layers\.\d+)\.2\.", r"\1.layer_norm."),
    (r"^layer_norm\.", "encoder.feature_projection.layer_norm."),
    (r"^post_extract_proj\.", "encoder.feature_projection.projection."),
    (r"^encoder\.(layer_norm|layers)\.", r"encoder.transformer.\1."),
    (r"^encoder\.pos_conv\.0\.", "encoder.transformer.pos_conv_embed.conv."),
    (r"conv\.weight_g$", "conv.parametrizations.weight.original0"),
    (r"conv\.weight_v$", "conv.parametrizations.weight.original1"),
    (r"\.self_attn_layer_norm\.", ".layer_norm."),
    (r"\.self_attn\.", ".attention."),
    (r"\.fc1\.", ".feed_forward.intermediate_dense."),
    (r"\.fc2\.", ".feed_forward.output_dense."),
)


class UTMOS:
    """wav2vec 2.0 base, one domain's and one judge's embedding beside each frame, a BLSTM, a mean over frames."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        """`state`: the checkpoint's tensors. Raises RuntimeError where they are not of this model."""
        import torch
        from torch import nn
        from torchaudio.models import wav2vec2_base

        def part(prefix: str, module: nn.Module, rename: Callable[[str], str] = str) -> nn.Module:
            own = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
            own.pop("mask_emb", None)  # of wav2vec 2.0's pre-training
            module.load_state_dict({rename(key): value for key, value in own.items()})
            return module.eval()

        self._wav2vec2 = part("wav2vec2.", wav2vec2_base(), _torchaudio_name)
        self._who = torch.cat([state["domain_emb"], state["judge_emb"]], dim=1)  # [1, 128 + 128]
        self._blstm = part("blstm.", nn.LSTM(768 + 256, 512, batch_first=True, bidirectional=True))
        self._projection = part("projection.", nn.Sequential(nn.Linear(1024, 2048), nn.ReLU(), nn.Linear(2048, 1)))

    def score(self, waveform: Waveform) -> float:
        """[T] at 16 kHz -> mean opinion score."""
        import torch

        with torch.no_grad():
            frames, _ = self._wav2vec2(torch.from_numpy(waveform)[None])
            who = self._who.expand(1, frames.shape[1], -1)
            scores = self._projection(self._blstm(torch.cat([frames, who], dim=2))[0])
        return float(scores.mean() * 2 + 3)


def load() -> UTMOS:
    """Raises AssetUnavailable with where the weights can be had."""
    import torch

    return UTMOS(torch.load(fetch(WEIGHTS), map_location="cpu", weights_only=True))


def _torchaudio_name(name: str) -> str:
    for pattern, replacement in _WAV2VEC2_NAMES:
        name = re.sub(pattern, replacement, name)
    return name


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: UTMOS) -> Features:
    validate(waveform, sample_rate, MIN_SECONDS)
    return {"utmos": np.array(model.score(waveform))}


METRICS: tuple[ClipMetric, ...] = (
    ClipMetric(
        name="utmos",
        version=1,
        title="UTMOS",
        question="perceptual",
        unit="",
        direction="higher",
        range=(0.0, 6.0),
        domains=("speech",),
        analysis=Analysis("utmos", version=1, run=_analyse, load=load, packages=("torch", "torchaudio")),
        score=partial(quality, "utmos"),
        judges=("utmos", "facebook/wav2vec2-base"),
        tolerance=1e-3,
    ),
)
