"""Verification: how well do the scores of trials tell two clips of one speaker from two clips of two?

Conventions: a trial is two clips, its score is higher the more they seem to be of one speaker. A threshold misses the
trials of one speaker that score below it, and falsely accepts those of two speakers that score at least as high; trials
of one score are accepted together. Undefined where all trials are of one kind, or a score is not finite.

- Equal error rate, in [0, 1], shown in per cent; lower is better; 50 % is chance: the share of misses where it equals
  the share of false acceptances, on the straight line between the two thresholds around it.
- minDCF, in [0, 1]; lower is better: the least cost of all thresholds, 0.01 · misses + 0.99 · false acceptances, over
  that of accepting nothing, which is 0.01.

Source: Martin and Przybocki, "The NIST 1999 speaker recognition evaluation", Digital Signal Processing 2000 (detection
cost); Nagrani et al., "VoxCeleb: a large-scale speaker identification dataset", Interspeech 2017 (its 0.01). The EER is
that of sklearn's roc_curve. Intervals: audiotok.results.verification.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from audiotok.errors import MetricUndefined
from audiotok.metrics.base import RecipeSetMetric

Array = NDArray[np.float64]
VERIFICATION = "verification"  # the probe
PRIOR = 0.01  # of a trial of one speaker, in the detection cost


def validate(scores: Array, same: NDArray[np.bool_]) -> None:
    """[N], [N]. Raises MetricUndefined where they allow no score."""
    if not np.isfinite(scores).all():
        raise MetricUndefined(f"{(~np.isfinite(scores)).sum()} of {len(scores)} trials have a score that is not finite")
    if same.all() or not same.any():
        kind = "one speaker" if same.any() else "two speakers"
        raise MetricUndefined(f"all of {len(same)} trials are of {kind}; an error rate needs trials of both kinds")


@dataclass(frozen=True)
class RankedTrials:
    """Trials by falling score, in groups of one score."""

    order: NDArray[np.intp]  # [N]
    ends: NDArray[np.intp]  # last of each group
    same: NDArray[np.bool_]  # [N], in this order

    @classmethod
    def of(cls, scores: Array, same: NDArray[np.bool_]) -> RankedTrials:
        """Raises MetricUndefined."""
        validate(scores, same)
        order = np.argsort(-scores, kind="stable")
        ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
        return cls(order, ends, same[order])

    def errors(self, weights: Array | None = None) -> tuple[Array, Array]:
        """Shares of misses and of false acceptances at each threshold, from accepting nothing to accepting all.

        weights: how often each trial counts, [N]; NaN comes of a kind that has no weight.
        """
        weights = np.ones(len(self.order)) if weights is None else weights[self.order]
        found = []
        for kind in (self.same, ~self.same):
            accepted = np.append(0.0, np.cumsum(weights * kind)[self.ends])
            with np.errstate(invalid="ignore"):
                found.append(accepted / accepted[-1])
        return 1 - found[0], found[1]


def equal_error(misses: Array, accepted: Array) -> float:
    """Shares of misses and false acceptances by threshold, as `RankedTrials.errors` gives them -> where they meet."""
    beyond = accepted - misses  # rises from -1 to 1
    at = int(np.argmax(beyond >= 0))
    step = -beyond[at - 1] / (beyond[at] - beyond[at - 1])
    return float(accepted[at - 1] + step * (accepted[at] - accepted[at - 1]))


def least_cost(misses: Array, accepted: Array) -> float:
    """Shares of misses and false acceptances by threshold -> minDCF."""
    return float((PRIOR * misses + (1 - PRIOR) * accepted).min() / PRIOR)


def equal_error_rate(scores: Array, same: NDArray[np.bool_]) -> float:
    """[N] scores, [N] whether a trial is of one speaker -> EER. Raises MetricUndefined.

    >>> equal_error_rate(np.array([0.9, 0.4, 0.6, 0.1]), np.array([True, True, False, False]))
    0.5
    """
    return equal_error(*RankedTrials.of(scores, same).errors())


def min_detection_cost(scores: Array, same: NDArray[np.bool_]) -> float:
    """[N] scores, [N] whether a trial is of one speaker -> minDCF. Raises MetricUndefined."""
    return least_cost(*RankedTrials.of(scores, same).errors())


_metric = partial(
    RecipeSetMetric,
    version=1,
    question="probe",
    direction="lower",
    range=(0.0, 1.0),
    domains=("speech",),
    tolerance=0.03,
)
EER = _metric(
    name=f"probe_{VERIFICATION}",
    title="Speaker verification",
    unit="%",
    scale=100.0,
    chance=50.0,
    explanation="Equal error rate on the trials of VoxCeleb1-O, with speaker embeddings trained on the tokens of "
    "other speakers: the error rate at the threshold where misses and false acceptances are equally frequent. Chance "
    "is 50 %.",
)
MIN_DCF = _metric(
    name=f"probe_{VERIFICATION}_min_dcf",
    title="Speaker verification, minDCF",
    unit="",
    explanation="Minimum detection cost on the trials of VoxCeleb1-O, where false acceptances are weighted 99 times "
    "as much as misses. 1 is the cost of rejecting all trials.",
)
METRICS = (EER, MIN_DCF)
#: The value of each at the shares of misses and of false acceptances of all thresholds.
MEASURES: dict[RecipeSetMetric, Callable[[Array, Array], float]] = {EER: equal_error, MIN_DCF: least_cost}
