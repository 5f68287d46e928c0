"""Inaudible changes of a clip, at the tokenizer's own rate."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial

import torch

from audiotok.core.audio import Audio
from audiotok.core.tokens import TokenSpec
from audiotok.data.manifest import Clip
from audiotok.errors import InvalidAudio
from audiotok.results.recipe import SEED
from audiotok.tokenizers.anchors import Opus

Change = Callable[[Audio, TokenSpec, Clip], Audio]  # with the spec of the model whose frames these are


def _shift(audio: Audio, spec: TokenSpec, clip: Clip) -> Audio:
    """Half a frame, at least a sample, is cut off at the beginning."""
    samples = max(1, int(spec.hop) // 2)
    if audio.waveform.shape[2] <= samples:
        raise InvalidAudio(f"the clip of {audio.waveform.shape[2]} samples is no longer than half a frame")
    return Audio(audio.waveform[:, :, samples:], audio.lengths - samples, audio.sample_rate)


def _scale(audio: Audio, spec: TokenSpec, clip: Clip) -> Audio:
    return Audio(audio.waveform / 2, audio.lengths, audio.sample_rate)


def _noise(decibel: float, audio: Audio, spec: TokenSpec, clip: Clip) -> Audio:
    """White, at this ratio to the whole clip's power; the same for every tokenizer of one rate."""
    seed = int.from_bytes(hashlib.sha256(clip.id.encode()).digest()[:4], "big") + SEED
    noise = torch.randn(audio.waveform.shape, generator=torch.Generator().manual_seed(seed))
    level = audio.waveform.pow(2).mean().sqrt() * 10 ** (-decibel / 20)
    return Audio(audio.waveform + level * noise, audio.lengths, audio.sample_rate)


def _resample(audio: Audio, spec: TokenSpec, clip: Clip) -> Audio:
    """To 44.1 kHz and back; by way of 48 kHz where 44.1 is the tokenizer's own rate."""
    away = 48000 if audio.sample_rate == 44100 else 44100
    back = audio.resample(away).resample(audio.sample_rate)
    return Audio(
        back.waveform[:, :, : audio.waveform.shape[2]], back.lengths.clamp(max=audio.lengths), audio.sample_rate
    )


def _opus(audio: Audio, spec: TokenSpec, clip: Clip) -> Audio:
    return Opus(kbps=24).process(audio)[0]


#: metrics.stability.CHANGES, done.
APPLY: dict[str, Change] = {
    "shift": _shift,
    "scale": _scale,
    "noise_30": partial(_noise, 30.0),
    "noise_20": partial(_noise, 20.0),
    "resample": _resample,
    "opus": _opus,
}
