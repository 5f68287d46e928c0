"""UTMOS and SingMOS: the opinion scores that listeners would give to synthetic speech and singing, without a reference.

Conventions: 16 kHz (music is resampled, soxr HQ); mean opinion scores, nominally 1 to 5 (the models' answers are not
cut off there); higher is better. Undefined: silence, and less than half a second. Both are wav2vec 2.0 with a head,
put together here from torchaudio's, so that no code of a hub runs.

UTMOS, for speech: the single "strong learner" of UTMOS22, as nearly everyone reports it, for the domain and judge that
its checkpoint fixes. Source: Saeki et al., "UTMOS: UTokyo-SaruLab system for VoiceMOS Challenge 2022", Interspeech
2022; weights of tarepan/SpeechMOS v1.0.0 by sha256. On equal weights its answers equal those of tarepan/SpeechMOS at
commit ed25eacbfa42b99156c36ebec67a733b5dbb9b79.

SingMOS, for music and audio: version 1, a linear layer on the last frames of wav2vec 2.0 base, averaged; DATES reports
it on both. It was trained on singing. Source: Tang et al., "SingMOS: An extensive Open-Source Singing Voice Dataset for
MOS Prediction", 2024; South-Twilight/SingMOS at its release ckpt_s3prl, whose hash nobody publishes: the release's
address alone says what the weights are. s3prl, which it loads wav2vec 2.0 with, repeats the last frame until there is
one for every 320 samples begun; so does this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.files import torch_hub
from audiotok.files.assets import Asset, Url, fetch
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.evaluation_models import SAMPLE_RATE, opinion, quality, validate

if TYPE_CHECKING:
    from torch import Tensor, nn

MIN_SECONDS = 0.5
WEIGHTS = Asset(
    "utmos22_strong_step7459_v1.pt",
    "38aa51ab79e2a4e09a1449758a4b37e9cbb2e8235a49662a732d33a9ba1e9bff",
    (Url("https://github.com/tarepan/SpeechMOS/releases/download/v1.0.0/utmos22_strong_step7459_v1.pt"),),
)

SINGMOS_RELEASE = "https://github.com/South-Twilight/SingMOS/releases/download/ckpt_s3prl"
SINGMOS_FILE = "ft_wav2vec2_base_960_23steps.pt"
HOP = 320  # samples a frame of wav2vec 2.0
_PRETRAINING = ("mask_emb", "quantizer.", "project_q.", "final_proj.")

#: The checkpoints' names for the parts of wav2vec 2.0, which are fairseq's -> torchaudio's.
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

        self._wav2vec2 = _part(state, "wav2vec2.", wav2vec2_base(), _torchaudio_name)
        self._who = torch.cat([state["domain_emb"], state["judge_emb"]], dim=1)  # [1, 128 + 128]
        self._blstm = _part(state, "blstm.", nn.LSTM(768 + 256, 512, batch_first=True, bidirectional=True))
        head = nn.Sequential(nn.Linear(1024, 2048), nn.ReLU(), nn.Linear(2048, 1))
        self._projection = _part(state, "projection.", head)

    def score(self, waveform: Waveform) -> float:
        """[T] at 16 kHz -> mean opinion score."""
        import torch

        with torch.no_grad():
            frames, _ = self._wav2vec2(torch.from_numpy(waveform)[None])
            who = self._who.expand(1, frames.shape[1], -1)
            scores = self._projection(self._blstm(torch.cat([frames, who], dim=2))[0])
        return float(scores.mean() * 2 + 3)


class SingMOS:
    """wav2vec 2.0 base, a linear layer, a mean over frames."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        """`state`: the checkpoint's tensors. Raises RuntimeError where they are not of this model."""
        from torch import nn
        from torchaudio.models import wav2vec2_base

        self._wav2vec2 = _part(state, "ssl_model.ssl_model.upstream.model.", wav2vec2_base(), _torchaudio_name)
        self._linear = _part(state, "linear.", nn.Linear(768, 1))

    def score(self, waveform: Waveform) -> float:
        """[T] at 16 kHz -> mean opinion score."""
        import torch

        with torch.no_grad():
            frames, _ = self._wav2vec2(torch.from_numpy(waveform)[None])
            scores = self._linear(frames)[0, :, 0]
        repeated = -(-len(waveform) // HOP) - len(scores)
        return float((scores.sum() + repeated * scores[-1]) / (len(scores) + repeated))


def load() -> UTMOS:
    """Raises AssetUnavailable with where the weights can be had."""
    import torch

    return UTMOS(torch.load(fetch(WEIGHTS), map_location="cpu", weights_only=True))


def load_singmos() -> SingMOS:
    """Raises AssetUnavailable with where the weights can be had."""
    return SingMOS(torch_hub.state_dict(f"{SINGMOS_RELEASE}/{SINGMOS_FILE}", check_hash=False))


def _part(state: Mapping[str, Tensor], prefix: str, module: nn.Module, rename: Callable[[str], str] = str) -> nn.Module:
    """The module with the checkpoint's tensors of this prefix, less those of wav2vec 2.0's pre-training."""
    own = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
    used = {rename(key): value for key, value in own.items() if not key.startswith(_PRETRAINING)}
    module.load_state_dict(used)
    return module.eval()


def _torchaudio_name(name: str) -> str:
    for pattern, replacement in _WAV2VEC2_NAMES:
        name = re.sub(pattern, replacement, name)
    return name


def _analyse(name: str, waveform: Waveform, sample_rate: int, clip: Clip, model: UTMOS | SingMOS) -> Features:
    validate(waveform, sample_rate, MIN_SECONDS)
    return {name: np.array(model.score(waveform))}


def _metric(
    name: str,
    title: str,
    explanation: str,
    domains: tuple[str, ...],
    load: Callable[[], UTMOS | SingMOS],
    headline: int | None = None,
) -> ClipMetric:
    return opinion(
        name=name,
        version=1,
        title=title,
        explanation=explanation,
        headline=headline,
        range=(0.0, 6.0),
        domains=domains,
        analysis=Analysis(
            *(name, 1, partial(_analyse, name), load), sample_rate=SAMPLE_RATE, packages=("torch", "torchaudio")
        ),
        score=partial(quality, name),
        evaluation_models=(name, "facebook/wav2vec2-base"),
        reference=name,
        licence="MIT",
    )


METRICS: tuple[ClipMetric, ...] = (
    _metric(
        "utmos",
        "UTMOS",
        "Mean opinion score of the naturalness of speech, predicted by a network without a reference (VoiceMOS 2022); "
        "nominally 1 to 5.",
        ("speech",),
        load,
        headline=60,
    ),
    _metric(
        "singmos",
        "SingMOS",
        "Mean opinion score of the naturalness of singing, predicted by a network without a reference; nominally 1 to "
        "5. It does not assess sounds other than voices.",
        ("music", "audio"),
        load_singmos,
    ),
)
