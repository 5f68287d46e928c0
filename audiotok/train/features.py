"""Training data of a codec: the log-mel frames of a data set as one long stream, with its teachers' features beside.

Frames are computed once and kept on disk (audiotok.units.features). Training takes crops from anywhere in the stream,
so that clips of a second are worth as much as long ones; a crop may run over the seam between two clips.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from audiotok import data
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidData
from audiotok.files.hub_models import with_content
from audiotok.models.mel import BANDS, FLOOR, HOP, SAMPLE_RATE, log_mel
from audiotok.train.text_teacher import FRAME_RATE as TEXT_FRAME_RATE
from audiotok.train.text_teacher import TextTeacher
from audiotok.units.encoders import FrameEncoder
from audiotok.units.features import Features

LOG_MEL = "log-mel"


class LogMel:
    """log_mel as a speech encoder, so that its frames are cached as theirs are."""

    name = LOG_MEL
    silence = FLOOR + 0.01  # half precision rounds the floor up
    sample_rate = SAMPLE_RATE
    hop = HOP
    dim = BANDS
    num_parameters = 0

    def __call__(self, waveform: Tensor) -> Tensor:
        return log_mel(waveform)


class WaveformFeatures:
    """The waveform itself as a speech encoder, so that it is cached as features are."""

    name = "samples"
    silence = 0.0
    sample_rate = SAMPLE_RATE
    hop = 1
    dim = 1
    num_parameters = 0

    def __call__(self, waveform: Tensor) -> Tensor:
        return waveform[:, None]


class _AsIs:
    """Features that are there already, for the cache."""

    sample_rate = SAMPLE_RATE
    hop = HOP
    dim = 0
    num_parameters = 0

    def __call__(self, waveform: Tensor) -> Tensor:
        return waveform


@dataclass(frozen=True, eq=False)
class FrameCrops:
    """Crops of the stream."""

    frames: Tensor  # [B, stack * T, 128]
    teachers: dict[str, Tensor] = field(default_factory=dict)  # name -> [B, T, D], one vector a token frame

    def to(self, device: torch.device) -> FrameCrops:
        return FrameCrops(self.frames.to(device), {name: rows.to(device) for name, rows in self.teachers.items()})


@dataclass(frozen=True, eq=False)
class Stream:
    """The clips of a data set one after the other, as log-mel frames; or as samples, which are frames of one number."""

    frames: Tensor  # [stack * N, 128] float16
    stack: int  # frames per token frame
    teachers: dict[str, Tensor]  # name -> [N, D] float16
    data: str  # "small/train@sha256:ab12…"

    def sample(self, least: int = 1, most: int = 40_000) -> Tensor:
        """[N, 128] float32: token frames at even distances, enough for statistics: at most `most` frames, but at least
        `least` token frames where there are so many.
        """
        tokens = self.frames[: len(self.frames) // self.stack * self.stack].unflatten(0, (-1, self.stack))
        distance = min(-(-len(self.frames) // most), max(1, len(tokens) // least))
        return tokens[::distance].flatten(0, 1).float()

    def crops(self, count: int, length: int, generator: torch.Generator) -> FrameCrops:
        """`count` random crops of `length` token frames."""
        last = len(self.frames) // self.stack - length
        if last < 0:
            raise InvalidData(f"{self.data} holds {last + length} token frames, a crop has {length}; use shorter crops")
        starts = torch.randint(0, last + 1, (count,), generator=generator).tolist()
        frames = torch.stack([self.frames[s * self.stack : (s + length) * self.stack] for s in starts])
        teachers = {
            name: torch.stack([rows[s : s + length] for s in starts]).float() for name, rows in self.teachers.items()
        }
        return FrameCrops(frames.float(), teachers)


def stream(
    manifest: Manifest,
    stack: int,
    folder: Path,
    speeds: Sequence[float] = (1.0,),
    teachers: dict[str, FrameEncoder | TextTeacher] | None = None,
    heard: LogMel | WaveformFeatures | None = None,
) -> Stream:
    """Compute, or read back from `folder`, the frames of every clip at every speed; `heard` as, by default log-mel.

    Playing a clip at 0.9 or 1.1 of its speed moves its pitch and its formants: another voice. Raises InvalidData where
    there are no clips, or all of them are silent.
    """
    if not len(manifest):
        raise InvalidData(f"{manifest.name} has no clips to train on; check the split and the domain")
    teachers, heard = teachers or {}, heard or LogMel()
    token_s = stack * heard.hop / heard.sample_rate
    frames: list[Tensor] = []
    taught: dict[str, list[Tensor]] = {name: [] for name in teachers}
    for speed in speeds:
        sources = [cached(manifest, name, encoder, folder, speed) for name, encoder in teachers.items()]
        clips = cached(manifest, heard.name, heard, folder, speed)
        for (_, rows), *of_teachers in zip(clips, *sources, strict=True):
            tokens = len(rows) // stack
            frames.append(rows[: tokens * stack].half())
            for name, (_, vectors) in zip(teachers, of_teachers, strict=True):
                taught[name].append(_per_token(vectors, tokens, token_s * _frame_rate(teachers[name])).half())
    joined = torch.cat(frames)
    if not len(joined) or float(joined.max()) <= heard.silence:
        raise InvalidData(f"{manifest.name}: every clip is silent or shorter than a token frame")
    return Stream(joined, stack, {name: torch.cat(rows) for name, rows in taught.items()}, label(manifest, speeds))


def cached(
    manifest: Manifest, name: str, encoder: FrameEncoder | TextTeacher, folder: Path, speed: float = 1.0
) -> Features:
    """Every clip's features at a speed, computed or read back from `folder`; a teacher's, or LogMel's as LOG_MEL."""
    place = folder / f"{with_content(name).replace('/', '--')}.{manifest.sha256[:12]}.speed{speed:g}"
    if isinstance(encoder, TextTeacher):
        text = encoder
        return Features.compute(manifest.clips, _AsIs(), place, lambda clip: text(clip.text, clip.duration / speed))
    return Features.compute(manifest.clips, encoder, place, reader(manifest, encoder.sample_rate, speed))


class CropSource(Protocol):
    """A source of random crops: a Stream, or the Voices of an inverse."""

    def crops(self, count: int, length: int, generator: torch.Generator) -> FrameCrops:
        """`count` random crops of `length` token frames."""


def batch_sampler(
    source: CropSource, count: int, length: int, augmented: bool
) -> Callable[[torch.Generator, float], FrameCrops]:
    """Draws a step's random crops, augmented if asked: the `draw` of `audiotok.train.training.Drawn`."""

    def draw(generator: torch.Generator, progress: float) -> FrameCrops:
        batch = source.crops(count, length, generator)
        return FrameCrops(augment(batch.frames, generator), batch.teachers) if augmented else batch

    return draw


def augment(frames: Tensor, generator: torch.Generator) -> Tensor:
    """[B, F, 128] -> the same clips at another level (-12 to +6 dB), through a smooth equaliser (2 dB), and three in
    ten with another clip of the batch 20 to 40 dB below them.
    """
    batch = len(frames)

    def uniform(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(batch, 1, 1, generator=generator)

    level = uniform(-1.4, 0.7)
    curve = torch.randn(batch, 1, 6, generator=generator) * 0.25
    curve = nn.functional.interpolate(curve, size=BANDS, mode="linear", align_corners=True)
    below = uniform(-4.6, -2.3).where(uniform(0, 1) < 0.3, torch.tensor(-50.0))
    mixed = torch.logaddexp(frames, frames.roll(1, dims=0) + below)
    return (mixed + level + curve).clamp(min=FLOOR)


def label(manifest: Manifest, speeds: Sequence[float]) -> str:
    """The name of training data: "small/train@sha256:ab12… at speeds 1, 0.9"."""
    text = f"{manifest.name}@sha256:{manifest.sha256}"
    return text if tuple(speeds) == (1.0,) else f"{text} at speeds {', '.join(f'{speed:g}' for speed in speeds)}"


def reader(manifest: Manifest, rate: int, speed: float = 1.0) -> Callable[[Clip], Tensor]:
    """Reads a clip as [T] at `rate`, played at `speed`."""

    def waveform(clip: Clip) -> Tensor:
        audio = data.read(clip, manifest.root).resample(rate)
        if speed != 1.0:
            # Resampled to fewer samples that are still played at `rate`.
            audio = audio.resample(round(rate / speed))
        return audio.waveform[0, 0]

    return waveform


def _frame_rate(teacher: FrameEncoder | TextTeacher) -> float:
    """Hz"""
    return TEXT_FRAME_RATE if isinstance(teacher, TextTeacher) else teacher.sample_rate / teacher.hop


def _per_token(frames: Tensor, tokens: int, ratio: float) -> Tensor:
    """A teacher's frames [T, D], `ratio` of them per token frame -> [tokens, D]: means over what a token frame covers.

    By time: a teacher often has one frame more than the token frames cover, at the end of the clip. Stretching its
    length to theirs would move all others, and mix each with the next one.
    """
    places = ratio * torch.arange(tokens + 1, dtype=torch.float64)
    first = (places[:-1] + 1e-6).floor().long().clamp(max=len(frames) - 1)
    last = (places[1:] - 1e-6).ceil().long().clamp(max=len(frames)).maximum(first + 1)
    sums = nn.functional.pad(frames.double().cumsum(0), (0, 0, 1, 0))
    return ((sums[last] - sums[first]) / (last - first)[:, None]).to(frames.dtype)
