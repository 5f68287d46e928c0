"""How much of a frame's semantic unit does a codec's code tell? A probe that is counted, so that nothing is tuned.

Conventions: codes [T] and units [T] of one clip, frame by frame at one rate; bits per frame; lower is better. The cost
of unit u beside code c is -log2 P(u | c) with P(u | c) = (n(c, u) + S P(u)) / (n(c) + S) and
P(u) = (n(u) + 1) / (n + K), n counted on training clips, S = 10. It is asked on other clips: there a finer codebook
gains nothing by chance, as it does in the mutual information of the clips that were counted. What the units cost
without codes, -log2 P(u), is the floor to compare with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData, InvalidOption
from audiotok.metrics.base import RecipeMetric
from audiotok.results.record import ScoredClip
from audiotok.train.features import LOG_MEL, LogMel, cached
from audiotok.train.model import MelCodec
from audiotok.units.centroids import Centroids, assign
from audiotok.units.encoders import open_encoder

STRENGTH = 10.0  # S: how many counted frames the units' own frequencies are worth

METRIC = RecipeMetric(
    name="unit_bits",
    version=1,
    title="Whisper unit given the first code",
    question="lm",
    unit="bit/frame",
    direction="lower",
    range=(0.0, float("inf")),
    domains=("speech",),
)

FRAME_RATE = 50  # Hz, of the units


@dataclass(frozen=True, eq=False)
class UnitProbe:
    """Counts [C, K] of codes with units."""

    counts: Tensor  # float64

    @classmethod
    def count(cls, clips: Iterable[tuple[Tensor, Tensor]], entries: int, units: int) -> UnitProbe:
        """(codes [T], units [T]) of each training clip. Raises InvalidData where there are no frames."""
        counts = torch.zeros(entries * units, dtype=torch.float64)
        for codes, own in clips:
            counts += torch.bincount(codes * units + own, minlength=len(counts))
        if not counts.any():
            raise InvalidData("the unit probe was given no frames to count")
        return cls(counts.reshape(entries, units))

    @property
    def frequencies(self) -> Tensor:
        """P(u) [K]"""
        of_units = self.counts.sum(0)
        return (of_units + 1) / (of_units.sum() + len(of_units))

    def bits(self, codes: Tensor, units: Tensor) -> float:
        """What a clip's units cost beside its codes.

        >>> probe = UnitProbe.count([(torch.tensor([0, 1]).repeat(500), torch.tensor([1, 0]).repeat(500))], 2, 2)
        >>> round(probe.bits(torch.tensor([0, 0]), torch.tensor([1, 1])), 2)
        0.03
        """
        seen = self.counts[codes]
        share = seen.gather(1, units[:, None])[:, 0] + STRENGTH * self.frequencies[units]
        return float(-(share / (seen.sum(1) + STRENGTH)).log2().sum())

    def order0(self, units: Tensor) -> float:
        """What they cost without."""
        return float(-self.frequencies[units].log2().sum())


@dataclass(frozen=True, eq=False)
class Units:
    """Two sets of clips with the units of their frames: one to count on, one to ask."""

    counted: Manifest
    asked: Manifest
    of: Mapping[str, Tensor]  # clip id -> units [T]
    size: int
    features: Path  # where log-mel frames are kept

    @classmethod
    def by(cls, centroids: Centroids, counted: Manifest, asked: Manifest, features: Path) -> Units:
        """Encoder's features are read back from `features` where a teacher's are kept there."""
        encoder = open_encoder(centroids.encoder, centroids.layer)
        units = {
            clip: assign(frames, centroids.vectors, centroids.remove_mean)
            for manifest in (counted, asked)
            for clip, frames in cached(manifest, centroids.encoder, encoder, features)
        }
        return cls(counted, asked, units, len(centroids.vectors), features)

    def ask(self, codec: MelCodec) -> list[ScoredClip]:
        """The cost of each asked clip's units beside the codec's first codes; weights are frames.

        Raises InvalidOption where the codec's frames are not the units'.
        """
        if codec.config.frame_rate != FRAME_RATE:
            raise InvalidOption(f"units are told at {FRAME_RATE} Hz, the codec has {codec.config.frame_rate:g}")
        probe = UnitProbe.count(self._pairs(codec, self.counted).values(), codec.config.entries, self.size)
        by_clip = {clip.id: clip for clip in self.asked}
        return [
            ScoredClip(name, probe.bits(codes, units), len(units), by_clip[name].speaker, by_clip[name].language)
            for name, (codes, units) in self._pairs(codec, self.asked).items()
        ]

    @torch.no_grad()
    def _pairs(self, codec: MelCodec, manifest: Manifest) -> dict[str, tuple[Tensor, Tensor]]:
        """Codes and units of each clip; a last frame that only one of them has is left out."""
        found = {}
        for name, frames in cached(manifest, LOG_MEL, LogMel(), self.features):
            units, stack = self.of[name], codec.config.stack
            length = min(len(units), len(frames) // stack)
            codes = codec.quantizer(codec.latents(frames[None, : length * stack])).codes[0, :, 0]
            found[name] = codes, units[:length]
        return found
