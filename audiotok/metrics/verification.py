"""Verification: how well do the scores of trials tell two clips of one speaker from two clips of two?

Conventions: a trial is two clips, its score is higher the more they seem to be of one speaker. A threshold misses the
trials of one speaker that score below it, and falsely accepts those of two speakers that score at least as high; trials
of one score are accepted together. Undefined where all trials are of one kind, or a score is not finite.

- Equal error rate, in [0, 1], shown in per cent; lower is better; 50 % is chance: the share of misses where it equals
  the share of false acceptances, on the straight line between the two thresholds around it.
- minDCF, in [0, 1]; lower is better: the least cost of all thresholds, 0.01 · misses + 0.99 · false acceptances, over
  that of accepting nothing, which is 0.01.

Intervals are of a bootstrap over speakers: as many speakers as there are are drawn with replacement, a trial of one
speaker counts as often as that speaker was drawn, a trial of two as often as the one times as often as the other, and
the whole score is computed again. Of these values the standard deviation is taken, in log odds, and Student's t with
one degree of freedom less than speakers. Trials share speakers, so that drawing trial by trial would make an interval
far too narrow: of 40 speakers, as many as in VoxCeleb1-O, it holds the true EER 32 times in 100, this one 94 times
(quantiles of the resamples 88 times), of ten speakers 97; simulated as in tests/metrics/test_verification.py. With
several seeds a draw is the same for all, and their mean counts.

Source: Martin and Przybocki, "The NIST 1999 speaker recognition evaluation", Digital Signal Processing 2000 (detection
cost); Nagrani et al., "VoxCeleb: a large-scale speaker identification dataset", Interspeech 2017 (its 0.01); Owen, "The
pigeonhole bootstrap", Annals of Applied Statistics 2007 (counts multiplied). The EER is that of sklearn's roc_curve.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, stdtrit

from audiotok.errors import MetricUndefined
from audiotok.metrics.base import RecipeSetMetric

Array = NDArray[np.float64]
VERIFICATION = "verification"  # the probe
PRIOR = 0.01  # of a trial of one speaker, in the detection cost
DRAWS = 1000
MIN_SPEAKERS = 5
LEVEL = 0.95


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
    explanation="Equal error rate on the trials of VoxCeleb1-O: how often two clips of one speaker are taken for two, "
    "where that is as often as the other way round, by embeddings that learned to tell other speakers apart from the "
    "tokens; chance 50 %.",
)
MIN_DCF = _metric(
    name=f"probe_{VERIFICATION}_min_dcf",
    title="Speaker verification, minDCF",
    unit="",
    explanation="Least detection cost on the trials of VoxCeleb1-O, where false acceptances cost 99 times as much as "
    "misses; 1 is what accepting nothing costs.",
)
METRICS = (EER, MIN_DCF)
#: The value of each at the shares of misses and of false acceptances of all thresholds.
MEASURES: dict[RecipeSetMetric, Callable[[Array, Array], float]] = {EER: equal_error, MIN_DCF: least_cost}


@dataclass(frozen=True)
class Verified:
    """A mean over seeds with its interval; None where there are too few speakers, or no trial or every one is wrong."""

    value: float
    interval: tuple[float, float] | None


def verified(
    of_seeds: Sequence[Array], same: NDArray[np.bool_], speakers: Sequence[tuple[str, str]], draws: int = DRAWS
) -> dict[RecipeSetMetric, Verified]:
    """The measures of trials [N], scored by each seed, and their intervals over speakers.

    speakers: of both clips of each trial. Raises MetricUndefined.
    """
    ranked = [RankedTrials.of(scores, same) for scores in of_seeds]
    found = {metric: _mean(measure, ranked) for metric, measure in MEASURES.items()}
    everyone, numbers = np.unique(np.array(speakers), return_inverse=True)
    if len(everyone) < MIN_SPEAKERS:
        return {metric: Verified(value, None) for metric, value in found.items()}
    first, second = numbers.reshape(-1, 2).T
    random = np.random.default_rng(0)
    again: dict[RecipeSetMetric, list[float]] = {metric: [] for metric in MEASURES}
    for drawn in random.multinomial(len(everyone), np.full(len(everyone), 1 / len(everyone)), draws).astype(float):
        weights = np.where(same, drawn[first], drawn[first] * drawn[second])
        if weights[same].any() and weights[~same].any():
            for metric, measure in MEASURES.items():
                again[metric].append(_mean(measure, ranked, weights))
    least = 0.5 / min(same.sum(), (~same).sum())
    return {
        metric: Verified(value, _ends(value, again[metric], len(everyone), least)) for metric, value in found.items()
    }


def _mean(
    measure: Callable[[Array, Array], float], ranked: Sequence[RankedTrials], weights: Array | None = None
) -> float:
    return float(np.mean([measure(*trials.errors(weights)) for trials in ranked]))


def _ends(value: float, again: Sequence[float], speakers: int, least: float) -> tuple[float, float] | None:
    """The interval; `least`: half of what one trial weighs, in place of resamples of 0, whose log odds are infinite."""
    if not 0 < value < 1 or len(again) < 2:
        return None
    deviation = float(np.std(logit(np.clip(again, least, 1 - least)), ddof=1)) * math.sqrt(speakers / (speakers - 1))
    reach = float(stdtrit(speakers - 1, (1 + LEVEL) / 2)) * deviation
    low, high = (float(expit(logit(value) + sign * reach)) for sign in (-1, 1))
    return (low, high) if low < high else None
