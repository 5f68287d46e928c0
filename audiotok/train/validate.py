"""How good a codec is while it trains, measured on held-out clips with the metrics of the leaderboard."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from audiotok import data
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData, MetricUndefined
from audiotok.metrics.spectral import mel_distance
from audiotok.metrics.stoi import stoi
from audiotok.models.backbone import Backbone
from audiotok.models.mel import SAMPLE_RATE, whole_frames


def waveforms(manifest: Manifest, count: int, shortest_s: float = 2.0, longest_s: float = 8.0) -> list[Tensor]:
    """[T] at 16 kHz each: `count` clips, evenly spread over those of a length that scores well; where there are none,
    the beginnings of longer ones. Raises InvalidData where all are shorter.
    """
    clips = [clip for clip in manifest if clip.duration >= shortest_s]
    if not clips:
        raise InvalidData(f"{manifest.name} has no clip of at least {shortest_s:g} s to validate on")
    clips = [clip for clip in clips if clip.duration <= longest_s] or [
        replace(clip, end=clip.start + longest_s) for clip in clips
    ]
    chosen = clips[:: max(1, len(clips) // count)][:count]
    return [data.read(clip, manifest.root).resample(SAMPLE_RATE).waveform[0, 0] for clip in chosen]


@torch.no_grad()
def reconstruct(codec: Backbone, waveform: Tensor, codebooks: int) -> Tensor:
    """[T] -> [T], through the first `codebooks` codebooks. The codec must be in evaluation mode."""
    whole = whole_frames(waveform, codec.config.hop).to(codec.mean.device)
    return codec.resynthesis(whole, codebooks)[: len(waveform)].cpu()


def validate(codec: Backbone, clips: Sequence[Tensor], codebooks: Iterable[int] | None = None) -> dict[str, float]:
    """Mean ESTOI and mel distance over the clips, for each number of codebooks: {"estoi/8": …, "mel_distance/8": …}.

    A metric that is undefined on every clip (a codec that has learned nothing may be silent) is not there. The codec's
    mode is as it was before; no random number is drawn.
    """
    was_training = codec.training
    codec.eval()
    scores: dict[str, float] = {}
    for count in codebooks or (codec.config.codebooks,):
        found = score(clips, [reconstruct(codec, clip, count) for clip in clips])
        scores |= {f"{name}/{count}": value for name, value in found.items()}
    codec.train(was_training)
    return scores


def score(references: Sequence[Tensor], estimates: Sequence[Tensor]) -> dict[str, float]:
    """Mean ESTOI and mel distance of the pairs [T], [T], each over those where it is defined; none, no value."""
    scores = {}
    for name, metric in _SCORES.items():
        values = []
        for reference, estimate in zip(references, estimates, strict=True):
            with contextlib.suppress(MetricUndefined):
                values.append(metric(reference.numpy(), estimate.clamp(-1, 1).numpy(), SAMPLE_RATE))
        if values:
            scores[name] = sum(values) / len(values)
    return scores


_SCORES: dict[str, Callable[..., float]] = {"estoi": partial(stoi, extended=True), "mel_distance": mel_distance}
