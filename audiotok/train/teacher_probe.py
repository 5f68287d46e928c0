"""How much of what a speech encoder hears in a frame does a codec's code tell? A probe with nothing to tune.

Conventions: codes [T] and an encoder's features [T, D] of one clip, frame by frame at one rate; the share of the
features' variance that the code leaves unexplained, per cent; lower is better; 100 where the code says no more than
the mean of all frames does, and above where it misleads. The features expected beside code c are
m(c) = (S m + Σ x) / (S + n), the sum over the n counted frames with this code, m the mean of all, S = 10: the linear
probe of least squares on one code. It is asked on other clips: there a finer codebook gains nothing by chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData, InvalidOption
from audiotok.metrics.base import RecipeMetric
from audiotok.models.mel_codec import MelCodec
from audiotok.results.record import ScoredClip
from audiotok.train.features import LOG_MEL, LogMel, cached
from audiotok.units.encoders import open_encoder
from audiotok.units.features import Features

STRENGTH = 10.0  # S: how many counted frames the mean of all is worth
FRAME_RATE = 50  # Hz, of the features
COUNTED = 45_000  # frames, a quarter of an hour: more of them cost more than they tell

METRIC = RecipeMetric(
    name="teacher_unexplained",
    version=1,
    title="Whisper features left unexplained",
    question="lm",
    unit="%",
    direction="lower",
    range=(0.0, math.inf),
    domains=("speech",),
    scale=100.0,
)


@dataclass(frozen=True, eq=False)
class TeacherProbe:
    """Mean and spread of the features."""

    mean: Tensor  # [D]
    beside: Tensor  # [C, D], beside each code

    @classmethod
    def fit(cls, clips: Iterable[tuple[Tensor, Tensor]], entries: int) -> TeacherProbe:
        """(codes [T], features [T, D]) of each clip to count. Raises InvalidData where there are no frames."""
        pairs = [(codes, features) for codes, features in clips if len(codes)]
        if not pairs:
            raise InvalidData("the probe got no frames to count")
        codes, features = torch.cat([codes for codes, _ in pairs]), torch.cat([own for _, own in pairs])
        mean = features.mean(0)
        sums = torch.zeros(entries, features.shape[1]).index_add_(0, codes, features)
        seen = torch.bincount(codes, minlength=entries)[:, None]
        return cls(mean, (STRENGTH * mean + sums) / (STRENGTH + seen))

    def unexplained(self, codes: Tensor, features: Tensor) -> tuple[float, float]:
        """One clip -> squared distance to what is expected beside the codes, and to the mean of all frames."""
        beside = (features - self.beside[codes]).square().sum()
        return float(beside), float((features - self.mean).square().sum())


@dataclass(frozen=True, eq=False)
class ProbeFeatures:
    """Two sets of clips and what an encoder hears in them: one to count on, as far as COUNTED, and one to ask."""

    counted: Manifest
    asked: Manifest
    features: Mapping[str, Tensor]  # clip id -> [T, D]
    folder: Path  # where log-mel frames are kept

    @classmethod
    def by(cls, name: str, counted: Manifest, asked: Manifest, folder: Path) -> ProbeFeatures:
        """The probe of an encoder; its input is read back from `folder` where a teacher's features are kept there."""
        encoder = open_encoder(name)
        features = dict(_clips(cached(counted, name, encoder, folder), COUNTED))
        return cls(counted, asked, features | dict(cached(asked, name, encoder, folder)), folder)

    def ask(self, codec: MelCodec) -> list[ScoredClip]:
        """For each asked clip, the part that the codec's first code leaves unexplained.

        Raises InvalidOption where the codec's frames are not the encoder's.
        """
        if codec.config.frame_rate != FRAME_RATE:
            raise InvalidOption(
                f"the probe needs {FRAME_RATE} frames per second, the codec has {codec.config.frame_rate:g}"
            )
        probe = TeacherProbe.fit(self._pairs(codec, self.counted).values(), codec.config.entries)
        by_clip = {clip.id: clip for clip in self.asked}
        return [
            ScoredClip(name, *probe.unexplained(*pair), by_clip[name].speaker, by_clip[name].language)
            for name, pair in self._pairs(codec, self.asked).items()
        ]

    @torch.no_grad()
    def _pairs(self, codec: MelCodec, manifest: Manifest) -> dict[str, tuple[Tensor, Tensor]]:
        """Codes and features of each clip; a last frame that only one of them has is left out."""
        found = {}
        for name, frames in cached(manifest, LOG_MEL, LogMel(), self.folder):
            if name not in self.features:
                continue
            features, stack = self.features[name], codec.config.stack
            length = min(len(features), len(frames) // stack)
            codes = codec.quantizer(codec.latents(frames[None, : length * stack])).codes[0, :, 0]
            found[name] = codes, features[:length]
        return found


def _clips(features: Features, most: int) -> Iterator[tuple[str, Tensor]]:
    """Whole clips until there are `most` frames."""
    seen = 0
    for name, frames in features:
        yield name, frames
        seen += len(frames)
        if seen >= most:
            return
