"""How good a codec is while it trains, measured on held-out clips with the metrics of the leaderboard."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import torch
from torch import Tensor

from audiotok import data
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData, MetricUndefined
from audiotok.metrics.spectral import mel_distance
from audiotok.metrics.stoi import stoi
from audiotok.train.mel import SAMPLE_RATE, griffin_lim, log_mel
from audiotok.train.model import MelCodec


def waveforms(manifest: Manifest, count: int, shortest_s: float = 2.0, longest_s: float = 8.0) -> list[Tensor]:
    """[T] at 16 kHz each: `count` clips, evenly spread over those of a length that scores well.

    Raises InvalidData where there is none.
    """
    clips = [clip for clip in manifest if shortest_s <= clip.duration <= longest_s]
    if not clips:
        raise InvalidData(f"{manifest.name} has no clip of {shortest_s:g} to {longest_s:g} s to validate on")
    chosen = clips[:: max(1, len(clips) // count)][:count]
    return [data.read(clip, manifest.root).resample(SAMPLE_RATE).waveform[0, 0] for clip in chosen]


@torch.no_grad()
def reconstruct(codec: MelCodec, waveform: Tensor, codebooks: int) -> Tensor:
    """[T] -> [T], through the first `codebooks` codebooks and Griffin–Lim. The codec must be in evaluation mode."""
    device = codec.mean.device
    frames = log_mel(whole_frames(waveform, codec.config.hop).to(device))
    codes = codec.quantizer(codec.latents(frames[None])).codes[..., :codebooks]
    decoded = codec.frames(codec.quantizer.embed(codes).sum(1))[0]
    return griffin_lim(decoded)[: len(waveform)].cpu()


def whole_frames(waveform: Tensor, hop: int) -> Tensor:
    """[..., T] with zeros appended up to a whole number of token frames."""
    return torch.nn.functional.pad(waveform, (0, -waveform.shape[-1] % hop))


def validate(codec: MelCodec, clips: Sequence[Tensor], codebooks: Iterable[int] | None = None) -> dict[str, float]:
    """Mean ESTOI and mel distance over the clips, for each number of codebooks: {"estoi/8": …, "mel_distance/8": …}.

    A metric that is undefined on every clip (a codec that has learned nothing may be silent) is not there. The codec's
    mode is as it was before; no random number is drawn.
    """
    was_training = codec.training
    codec.eval()
    found: dict[str, float] = {}
    for count in codebooks or (codec.config.codebooks,):
        pairs = [(clip, reconstruct(codec, clip, count)) for clip in clips]
        found |= {f"{name}/{count}": value for name, value in scores(pairs).items()}
    codec.train(was_training)
    return found


def scores(pairs: Sequence[tuple[Tensor, Tensor]]) -> dict[str, float]:
    """(clip [T], what came back [T]) at 16 kHz -> mean of each metric over the pairs that it is defined on."""
    means: dict[str, float] = {}
    for name, score in _SCORES.items():
        values = []
        for reference, estimate in pairs:
            with contextlib.suppress(MetricUndefined):
                values.append(score(reference.numpy(), estimate.clamp(-1, 1).numpy(), SAMPLE_RATE))
        if values:
            means[name] = sum(values) / len(values)
    return means


_SCORES: dict[str, Callable[..., float]] = {"estoi": partial(stoi, extended=True), "mel_distance": mel_distance}
