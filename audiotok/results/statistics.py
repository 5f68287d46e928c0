"""How sure a corpus value is: 95% intervals of a ratio of sums, from the scores of its clips.

Conventions: a value is scale * Σtotal / Σweight. What is taken to be independent are speakers, where every clip names
one and there are at least `MIN_SPEAKERS`: the interval then speaks of other speakers too. Otherwise it is clips within
their language, and the interval speaks of these voices only. No interval is shown below `MIN_SPEAKERS` speakers or
`MIN_CLIPS` clips, nor where the clips do not differ at all: such data show no uncertainty, which is not the same as
having none.

Method: Student's t with a correction for skewness (`student`) over the linearised ratio. Where at least half of the
units are alike and the others lie to one side (nearly all words right), a normal interval of the logarithm of the
distance from what is alike; below `MIN_MANY_ALIKE` units there is none where even a quarter are. Nothing is drawn at
random. The measured coverage is in docs/statistics.md, made by benchmarks/intervals.py.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import ndtri

from audiotok.errors import InvalidResult, MetricUndefined
from audiotok.results.record import Estimate, ScoredClip
from audiotok.results.student import LEVEL, NEGLIGIBLE, Array, Spread, intervals

MIN_SPEAKERS = 5
MIN_CLIPS = 10
MIN_MANY_ALIKE = 20
MIN_STRATUM = 4  # smaller ones are pooled: the variance of two clips has a single degree of freedom
NO_INTERVAL = "no interval"
SPEAKERS = "speakers"  # what units are called unless a metric says otherwise


@dataclass(frozen=True)
class Units:
    """Units that are taken to be independent: which clips make one unit, which units one stratum."""

    clips: tuple[int, ...]  # indices into the clips, unit by unit, in an order that the clips' order cannot change
    starts: tuple[int, ...]  # of each unit among them
    strata: tuple[int, ...]  # sizes of consecutive runs of units
    label: str  # "t over 5 speakers", "t over clips (these 2 voices only)"
    enough: bool  # for an interval

    def sums(self, values: Array) -> Array:
        """[clips, d] -> [U, d]"""
        return np.asarray(np.add.reduceat(values[list(self.clips)], self.starts, axis=0))


def units(scores: Sequence[ScoredClip], sampled: str = SPEAKERS) -> Units:
    """Speakers where every clip names one and there are at least five, else clips by language.

    sampled: what the field `speaker` names, in the plural. Raises InvalidResult where a clip is there twice.
    """
    order = sorted(range(len(scores)), key=lambda i: scores[i].clip)
    for i, j in pairwise(order):
        if scores[i].clip == scores[j].clip:
            raise InvalidResult(f"the clip {scores[i].clip!r} has two scores; expected one per clip")
    speakers: defaultdict[str, list[int]] = defaultdict(list)
    languages: defaultdict[str, list[int]] = defaultdict(list)
    for i in order:
        speakers[scores[i].speaker or ""].append(i)
        languages[scores[i].language or ""].append(i)
    if "" not in speakers and len(speakers) >= MIN_SPEAKERS:
        members = [clips for _, clips in sorted(speakers.items())]
        starts = np.cumsum([0, *map(len, members[:-1])]).tolist()
        label = f"t over {len(members)} {sampled}"
        return Units(tuple(i for unit in members for i in unit), tuple(starts), (len(members),), label, enough=True)
    strata = _pooled([clips for _, clips in sorted(languages.items())])
    voices = len(speakers.keys() - {""})
    called = "voices" if sampled == SPEAKERS else sampled
    whose = {0: "", 1: f" (this {called.removesuffix('s')} only)"}.get(voices, f" (these {voices} {called} only)")
    return Units(
        tuple(i for clips in strata for i in clips),
        tuple(range(len(scores))),
        tuple(map(len, strata)),
        f"t over clips{whose}",
        enough=len(scores) >= MIN_CLIPS,
    )


def estimate(
    scores: Iterable[ScoredClip],
    scale: float = 1.0,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    sampled: str = SPEAKERS,
) -> tuple[Estimate, str]:
    """The corpus value with its interval, and what the interval was taken over.

    `bounds` is the range of the metric before scaling: an interval does not leave it. sampled: as `units` takes it.
    Raises InvalidResult without scores, MetricUndefined where all weights are 0.
    """
    scores = list(scores)
    if not scores:
        raise InvalidResult("expected at least one scored clip, got none")
    found = units(scores, sampled)
    sums = found.sums(clip_values(scores))
    value = float(sums[:, 0].sum() / sums[:, 1].sum())
    interval = ratio_interval(sums, found.strata) if found.enough else None
    if interval is None:
        return Estimate(scale * value, None, None, len(scores)), NO_INTERVAL
    low, high = (scale * min(max(end, bounds[0]), bounds[1]) for end in interval)
    return Estimate(scale * value, low, high, len(scores)), found.label


def sampled_of(label: str) -> str:
    """The name of the units in a label of `estimate`; "speakers" where it names none.

    >>> sampled_of("t over 12 drum kits"), sampled_of("t over clips")
    ('drum kits', 'speakers')
    """
    found = re.fullmatch(r"t over \d+ (.+)", label)
    return found[1] if found else SPEAKERS


def estimate_by_language(
    scores: Iterable[ScoredClip], scale: float = 1.0, bounds: tuple[float, float] = (-math.inf, math.inf)
) -> dict[str, Estimate]:
    """One estimate per language, empty where there are fewer than two; a language without weight has none."""
    groups: defaultdict[str, list[ScoredClip]] = defaultdict(list)
    for score in scores:
        if score.language:
            groups[score.language].append(score)
    if len(groups) < 2:
        return {}
    weighted = {language: group for language, group in sorted(groups.items()) if any(clip.weight for clip in group)}
    return {language: estimate(group, scale, bounds)[0] for language, group in weighted.items()}


def clip_values(scores: Sequence[ScoredClip]) -> Array:
    """[clips, 2], total and weight. Raises InvalidResult on a negative weight, MetricUndefined where all are 0."""
    values = np.array([(score.total, score.weight) for score in scores], dtype=np.float64)
    if (values[:, 1] < 0).any() or not np.isfinite(values).all():
        raise InvalidResult("totals must be finite and weights at least 0")
    if not values[:, 1].any():
        raise MetricUndefined("every clip weighs 0, so there is nothing to divide by")
    return values


def influences(totals: Array, weights: Array) -> Array:
    """[U, k], [U, k] -> how far each unit moves Σtotal / Σweight of its column, times the number of units."""
    total, weight = totals.sum(axis=0), weights.sum(axis=0)
    return np.asarray((totals - total / weight * weights) * (len(totals) / weight))


def ratio_interval(sums: Array, strata: Sequence[int]) -> tuple[float, float] | None:
    """[U, 2] -> 95% interval of Σtotal / Σweight; None without spread, or where too few units differ."""
    totals, weights = sums[:, :1], sums[:, 1:]
    value = totals.sum(axis=0) / weights.sum(axis=0)
    spread = Spread.of(influences(totals, weights), strata)
    if not spread.error[0] > NEGLIGIBLE * max(abs(value[0]), np.finfo(float).tiny):
        return None
    common, share = _alike(sums)
    if share > 0.25 and len(sums) < MIN_MANY_ALIKE:
        return None
    if share >= 0.5:
        distance = value[0] - common
        reach = float(ndtri((1 + LEVEL) / 2)) * spread.error[0] / abs(distance)
        ends = sorted((common + distance * math.exp(-reach), common + distance * math.exp(reach)))
        return float(ends[0]), float(ends[1])
    low, high = intervals(value, spread)
    return float(low[0]), float(high[0])


def _alike(sums: Array) -> tuple[float, float]:
    """The ratio that most units share and their share; 0 where others lie to both sides of it."""
    weighty = sums[sums[:, 1] > 0]
    ratios, counts = np.unique(weighty[:, 0] / weighty[:, 1], return_counts=True)
    at = int(counts.argmax())
    one_sided = at in (0, len(ratios) - 1)
    return float(ratios[at]), counts[at] / len(weighty) if one_sided else 0.0


def _pooled(strata: list[list[int]]) -> list[list[int]]:
    """The strata, those below MIN_STRATUM put together, and with the smallest other one if that is still too few."""
    large = [clips for clips in strata if len(clips) >= MIN_STRATUM]
    small = [i for clips in strata if len(clips) < MIN_STRATUM for i in clips]
    if small and len(small) < MIN_STRATUM and large:
        large.sort(key=len, reverse=True)
        small = large.pop() + small
    return [*large, small] if small else large
