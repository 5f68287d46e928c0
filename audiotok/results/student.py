"""Student's t for means whose distribution is skewed: 95% intervals and two-sided p-values, in closed form.

Conventions: a statistic is a mean of influences, one per independent unit (a speaker, a clip), or differs from one by
terms of higher order (a ratio of sums). Units may come in strata, consecutive runs; means of strata are fixed.
Each question is asked twice: of Student's t, and of t corrected for the skewness of the influences. The wider answer
counts: the interval that holds both, the larger p-value. Where either alone fails (t for skewed scores, its correction
for symmetric ones with heavy tails), the other holds; docs/statistics.md has the measured coverage.
Source: Hall, "On the Removal of Skewness by Transformation", Journal of the Royal Statistical Society B 54, 1992.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

Array = NDArray[np.float64]

LEVEL = 0.95
NEGLIGIBLE = 1e-9  # relative; what remains of a standard error of 0 after rounding
SMALL_SAMPLE = 6.0  # a sample of n shows too little of a skewness; it is taken as 1 + 6 / n times as large


@dataclass(frozen=True)
class Spread:
    """How the means of k sets of influences vary. Arrays of [k]."""

    deviation: Array  # standard deviation of one unit
    skewness: Array
    units: int
    freedom: int  # degrees of freedom

    @property
    def error(self) -> Array:
        """Standard errors of the means."""
        return self.deviation / np.sqrt(self.units)

    @classmethod
    def of(cls, influences: Array, strata: Sequence[int]) -> Spread:
        """[U, k], the sizes of the strata -> the spread of each column's mean."""
        units = len(influences)
        squares, variance, cubes = (np.zeros(influences.shape[1]) for _ in range(3))
        for part in runs(strata):
            n = part.stop - part.start
            centred = influences[part] - influences[part].mean(axis=0)
            square = centred * centred
            squares += (own := square.sum(axis=0))
            variance += own * (n / max(n - 1, 1))
            cubes += (square * centred).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            skewness = np.nan_to_num(np.sqrt(units) * cubes / squares**1.5, posinf=0, neginf=0)
        return cls(np.sqrt(variance / units), (1 + SMALL_SAMPLE / units) * skewness, units, units - len(strata))


def intervals(values: Array, spread: Spread) -> tuple[Array, Array]:
    """[k] -> the lower and upper ends of 95% intervals."""
    at = quantile(spread.freedom) / np.sqrt(spread.units)
    reach = at * spread.deviation
    below = spread.deviation * _uncorrected(at, spread)
    above = spread.deviation * _uncorrected(-at, spread)
    return values - np.maximum(reach, below), values + np.maximum(reach, -above)


def quantile(freedom: int) -> float:
    """The 97.5% quantile of Student's t: how many standard errors a 95% interval reaches to each side."""
    return float(stdtrit(freedom, (1 + LEVEL) / 2))


def p_values(values: Array, spread: Spread) -> Array:
    """[k] -> two-sided p-values of the hypotheses that a mean is 0. Undefined (NaN) without spread."""
    g = spread.skewness
    with np.errstate(divide="ignore", invalid="ignore"):
        t = values / spread.deviation
        corrected = t + g * t**2 / 3 + g**2 * t**3 / 27 + g / (6 * spread.units)
    weaker = np.minimum(np.abs(t), np.abs(corrected))
    return np.asarray(2 * stdtr(spread.freedom, -np.sqrt(spread.units) * weaker))


def _uncorrected(quantile: float, spread: Spread) -> Array:
    """The t whose corrected value is the quantile: the inverse of the cubic in `p_values`."""
    g = spread.skewness
    shifted = quantile - g / (6 * spread.units)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.abs(g) < 1e-6, shifted, 3 / g * (np.cbrt(1 + g * shifted) - 1))


def runs(strata: Sequence[int]) -> Iterator[slice]:
    """The slice of each stratum.

    >>> list(runs([2, 3]))
    [slice(0, 2, None), slice(2, 5, None)]
    """
    start = 0
    for n in strata:
        yield slice(start, start + n)
        start += n
