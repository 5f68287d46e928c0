"""Does the data tell two tokenizers apart? They are compared clip by clip, so that hard clips are hard for both.

Conventions: a difference is a - b in the metric's unit; which sign is better is the metric's direction. The interval is
the studentized bootstrap's of `statistics`, over the same units. The p-value is two-sided and that of the paired
randomization test: where both are alike, swapping their scores within a unit (all clips of a speaker at once) changes
nothing, so the difference is compared with those after random swaps. It is exact however few the units are: with 5 it
can't fall under 1/16, where a bootstrap would claim certainty.
Source: Noreen, "Computer-intensive methods for testing hypotheses", 1989; as sacreBLEU's approximate randomization.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audiotok.errors import InvalidOption
from audiotok.results.record import Direction, ScoredClip
from audiotok.results.statistics import (
    RESAMPLES,
    Array,
    clip_values,
    difference_of_ratios,
    one_thread,
    studentized_interval,
    units,
)

ALPHA = 0.05

_CHUNK = 2**17  # numbers held at once while swapping: they stay in the cache, which is most of the speed
_ROUNDING = 1e-9  # relative; differences this close to the observed one are equal to it but for rounding


@dataclass(frozen=True)
class Comparison:
    """a against b on the clips that both have a score for."""

    a: float
    b: float
    low: float | None  # of the difference
    high: float | None
    p: float
    n: int  # common clips
    direction: Direction
    uncertainty: str

    @property
    def difference(self) -> float:
        return self.a - self.b

    @property
    def improvement(self) -> float:
        """How much better a is than b: the difference with the sign that makes more better. NaN without a direction."""
        return {"higher": self.difference, "lower": -self.difference, "none": math.nan}[self.direction]


def paired(
    a: Sequence[ScoredClip],
    b: Sequence[ScoredClip],
    direction: Direction,
    seed: int,
    scale: float = 1.0,
    tests: int = 1,
) -> Comparison | None:
    """Compare over the common clips; None where none has weight. `tests`: how many p-values are corrected together."""
    by_clip = {score.clip: score for score in b}
    common = sorted((score for score in a if score.clip in by_clip), key=lambda score: score.clip)
    if not any(score.weight for score in common) or not any(by_clip[score.clip].weight for score in common):
        return None
    drawn = units(common)
    values = np.concatenate([clip_values(common), clip_values([by_clip[score.clip] for score in common])], axis=1)
    sums = drawn.sums(values)
    total_a, weight_a, total_b, weight_b = sums.sum(axis=0).tolist()
    interval = studentized_interval(sums, drawn.strata, difference_of_ratios, seed)
    low, high = (None, None) if interval is None else sorted(scale * end for end in interval)
    (p,) = swap_p_values(sums[:, [0, 2]], sums[:, [1, 3]], [(0, 1)], seed, resamples_for(tests))
    a_value, b_value = scale * total_a / weight_a, scale * total_b / weight_b
    return Comparison(a_value, b_value, low, high, float(p), len(common), direction, drawn.label)


def resamples_for(tests: int, alpha: float = ALPHA) -> int:
    """Enough for Holm's smallest threshold, alpha / tests, to hold 20 resamples."""
    return max(RESAMPLES, math.ceil(20 * tests / alpha))


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


def swap_p_values(
    totals: Array, weights: Array, pairs: Sequence[tuple[int, int]], seed: int, resamples: int
) -> NDArray[np.float64]:
    """[U, k], [U, k] of k systems -> one p-value per pair. The swaps are shared, so a pair costs a matrix column."""
    a, b = (np.array(side, dtype=int) for side in zip(*pairs, strict=True))
    total, weight = totals.sum(axis=0), weights.sum(axis=0)
    values = total / weight
    observed = np.abs(values[a] - values[b])
    # Two systems that do the same on one path and another may differ by rounding, and always in one direction.
    threshold = observed - _ROUNDING * np.maximum(np.abs(values[a]), np.abs(values[b])) - np.finfo(float).tiny
    # A swap turns half of the difference round: mean ± Σ sign * half.
    half_total, half_weight = (totals[:, a] - totals[:, b]) / 2, (weights[:, a] - weights[:, b]) / 2
    mean_total, mean_weight = (total[a] + total[b]) / 2, (weight[a] + weight[b]) / 2
    equal_weights = not half_weight.any()
    rng = np.random.default_rng(seed)
    step = max(1, _CHUNK // max(len(totals), len(pairs)))
    extreme = np.zeros(len(pairs), dtype=np.int64)
    with one_thread():
        for start in range(0, resamples, step):
            signs = rng.integers(0, 2, size=(min(step, resamples - start), len(totals))) * 2.0 - 1.0
            swapped = signs @ half_total
            if equal_weights:
                swapped *= 2 / mean_weight
                difference = swapped
            else:
                swapped_weight = signs @ half_weight
                difference = (mean_total + swapped) / (mean_weight + swapped_weight)
                difference -= (mean_total - swapped) / (mean_weight - swapped_weight)
            extreme += np.count_nonzero(np.abs(difference, out=difference) >= threshold, axis=0)
    return (extreme + 1) / (resamples + 1)
