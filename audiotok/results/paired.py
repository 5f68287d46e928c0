"""Does the data tell two tokenizers apart? They are compared clip by clip, so that hard clips are hard for both.

Conventions: a difference is a - b in the metric's unit; which sign is better is the metric's direction. Units are those
of `statistics`, intervals and p-values those of `student`, on the differences of the units' influences. All pairs of k
systems are tested at once; the work is linear in the pairs, and nothing is drawn at random.

Two things must be unlikely before two systems count as separated. That equal systems differ by as much on such clips:
`p_equal`, which is corrected for the number of tests (`holm`). And that the better one owes its lead to failures that
these clips do not show: if it failed wholly on the share of clips that would make both equal, how likely is it that
none of n clips is one of those? This is `unseen`, (1 - share)^n: with 40 clips a lead of 7 % of what a failure costs
can't be told from luck, however alike the clips are. It asks about one system, not about pairs, and is not corrected.
A clip on which a system fails wholly scores nothing (0 where more is better, 100 % of a rate where less is better), or
what the worst clip of the two scores, if that is worse.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from audiotok.errors import InvalidOption
from audiotok.results.record import Direction, ScoredClip
from audiotok.results.statistics import clip_values, influences, units
from audiotok.results.student import NEGLIGIBLE, Array, Spread, intervals, p_values

ALPHA = 0.05
PER_CENT = 100.0  # the scale of rates, of which all can be wrong


@dataclass(frozen=True)
class Comparison:
    """a against b on the clips that both have a score for."""

    a: float
    b: float
    low: float | None  # of the difference
    high: float | None
    p_equal: float  # that equal systems differ by as much; not corrected for other tests
    unseen: float  # probability that failures which would make both equal show on none of the clips
    n: int  # common clips
    direction: Direction
    uncertainty: str

    @property
    def p(self) -> float:
        """By which this comparison alone is judged."""
        return max(self.p_equal, self.unseen)

    @property
    def difference(self) -> float:
        return self.a - self.b

    @property
    def improvement(self) -> float:
        """How much better a is than b: the difference with the sign that makes more better. NaN without a direction."""
        return {"higher": self.difference, "lower": -self.difference, "none": math.nan}[self.direction]


@dataclass(frozen=True)
class Pairs:
    """Every two of k systems on the same clips. Arrays of the pairs, in the order of combinations(range(k), 2)."""

    values: Array  # [k]
    low: Array  # of the difference, the first less the second; NaN where there is no interval
    high: Array
    p_equal: Array  # not corrected
    unseen: Array
    uncertainty: str


def paired(
    a: Sequence[ScoredClip], b: Sequence[ScoredClip], direction: Direction, scale: float = 1.0
) -> Comparison | None:
    """Compare over the common clips; None where none has weight."""
    by_clip = {score.clip: score for score in b}
    common = [score for score in a if score.clip in by_clip]
    if not any(score.weight for score in common) or not any(by_clip[score.clip].weight for score in common):
        return None
    found = pairwise([common, [by_clip[score.clip] for score in common]], direction, scale)
    low, high = (None if math.isnan(end) else end for end in (float(found.low[0]), float(found.high[0])))
    a_value, b_value = found.values.tolist()
    p, unseen = float(found.p_equal[0]), float(found.unseen[0])
    return Comparison(a_value, b_value, low, high, p, unseen, len(common), direction, found.uncertainty)


def pairwise(systems: Sequence[Sequence[ScoredClip]], direction: Direction, scale: float = 1.0) -> Pairs:
    """Test every two of at least two systems, each scored on the same clips, given in the same order."""
    found = units(systems[0])
    clips = np.stack([clip_values(own) for own in systems], axis=1)  # [clips, k, 2]
    sums = found.sums(clips)
    totals, weights = sums[..., 0], sums[..., 1]
    values = totals.sum(axis=0) / weights.sum(axis=0)
    influence = influences(totals, weights)
    parts = [
        _against(values[i] - values[i + 1 :], influence[:, i : i + 1] - influence[:, i + 1 :], found.strata, size)
        for i in range(len(systems) - 1)
        for size in (np.maximum(abs(values[i]), np.abs(values[i + 1 :])),)
    ]
    low, high, p = (np.concatenate(column) for column in zip(*parts, strict=True))
    if not found.enough:
        low, high = np.full_like(low, math.nan), np.full_like(high, math.nan)
    unseen = _unseen(values, _worst(clips, direction, scale), direction, len(clips))
    return Pairs(scale * values, scale * low, scale * high, p, unseen, found.label)


def _against(difference: Array, influence: Array, strata: Sequence[int], size: Array) -> tuple[Array, Array, Array]:
    """[k], [U, k] of one system less k others -> low, high (NaN without spread) and p."""
    spread = Spread.of(influence, strata)
    none = spread.error <= NEGLIGIBLE * size
    low, high = intervals(difference, spread)
    # Units that all differ alike show no spread; signs that all agree by chance are then all that can be weighed.
    p = np.where(none, 2.0 ** (1 - spread.units), p_values(difference, spread))
    # Two systems that do the same on one path and another may differ by rounding, and always in one direction.
    equal = np.abs(difference) <= NEGLIGIBLE * size
    return np.where(none, math.nan, low), np.where(none, math.nan, high), np.where(equal, 1.0, p)


def _worst(clips: NDArray[np.float64], direction: Direction, scale: float) -> Array:
    """[clips, k, 2] -> [k], the score of a clip on which a system fails wholly."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = clips[..., 0] / clips[..., 1]
    ratios[clips[..., 1] == 0] = math.nan
    if direction == "higher":
        return np.minimum(0.0, np.nanmin(ratios, axis=0))
    worst = np.nanmax(ratios, axis=0)
    return np.maximum(1.0, worst) if scale == PER_CENT else worst


def _unseen(values: Array, worst: Array, direction: Direction, clips: int) -> Array:
    """For every pair, how likely it is that failures of the better one which would make both equal show on no clip."""
    first, second = (np.array(side, dtype=int) for side in zip(*combinations(range(len(values)), 2), strict=True))
    lead = np.abs(values[first] - values[second])
    if direction == "none":
        return np.zeros(len(lead))
    best, bad = (np.maximum, np.minimum) if direction == "higher" else (np.minimum, np.maximum)
    cost = np.abs(best(values[first], values[second]) - bad(worst[first], worst[second]))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(lead > 0, np.minimum(lead / cost, 1), 0)
    return np.asarray((1 - share) ** clips)


def corrected(p_equal: Sequence[float], unseen: Sequence[float]) -> list[float]:
    """The p-values by which pairs are judged: Holm's over all of them, and none below its own `unseen`."""
    return [max(pair) for pair in zip(holm(p_equal), unseen, strict=True)]


def judged(comparisons: Sequence[Comparison]) -> list[float]:
    """The p-values by which comparisons by several metrics are judged together (`corrected`).

    Equal comparisons are one number under two names and count as one test: SDR and CI-SDR, or SI-SDR with and without
    alignment if neither output is delayed. Comparisons that show no difference count as one test each: that they are
    equal does not mean that they measure the same.
    """
    keys = [found if found.p_equal < 1 else place for place, found in enumerate(comparisons)]
    tests = dict(zip(keys, comparisons, strict=True))
    found = corrected([test.p_equal for test in tests.values()], [test.unseen for test in tests.values()])
    by_key = dict(zip(tests, found, strict=True))
    return [by_key[key] for key in keys]


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjusted p-values, in the order given: reject where they are at most alpha.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        if not 0 <= p_values[index] <= 1:
            raise InvalidOption(f"a p-value lies between 0 and 1, got {p_values[index]}")
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted
