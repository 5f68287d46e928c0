"""Error rates of trials: known answers, and agreement with scikit-learn."""

import numpy as np
import pytest

from audiotok.errors import MetricUndefined
from audiotok.metrics.verification import RankedTrials, equal_error, equal_error_rate, min_detection_cost

SAME = np.array([True, True, True, True, False, False, False, False])


@pytest.mark.parametrize(
    ("scores", "error", "cost"),
    [
        ([0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1], 0.0, 0.0),  # apart
        ([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9], 1.0, 1.0),  # the wrong way round: accepting nothing costs least
        ([0.9, 0.8, 0.7, 0.3, 0.6, 0.2, 0.1, 0.0], 0.25, 0.25),  # one of four each
        ([0.5] * 8, 0.5, 1.0),  # one score: halfway between accepting nothing and all
        ([0.9, 0.5, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1], 0.1875, 0.75),  # a tie of three and one: 3/4 - 3s/4 = s/4
    ],
)
def test_known_answers(scores: list[float], error: float, cost: float) -> None:
    assert equal_error_rate(np.array(scores), SAME) == pytest.approx(error)
    assert min_detection_cost(np.array(scores), SAME) == pytest.approx(cost)


def test_between_two_thresholds_the_line_counts() -> None:
    """Two trials of one speaker, three of two: shares of 1/2 and 1/3 never meet at a threshold."""
    same = np.array([True, True, False, False, False])
    # (misses, accepted): (1, 0) (1/2, 0) (1/2, 1/3) (0, 1/3): they cross on the last step, where accepted is 1/3.
    assert equal_error_rate(np.array([0.9, 0.5, 0.6, 0.2, 0.1]), same) == pytest.approx(1 / 3)


@pytest.mark.parametrize("decimals", [1, 2, 8])  # few decimals make ties
def test_the_roc_curve_of_scikit_learn_gives_the_same(decimals: int) -> None:
    from scipy.interpolate import interp1d
    from scipy.optimize import brentq
    from sklearn.metrics import roc_curve

    random = np.random.default_rng(decimals)
    for _ in range(20):
        same = random.random(200) < 0.3
        scores = (random.normal(size=200) + 1.5 * same).round(decimals)
        accepted, found, _ = roc_curve(same, scores)
        error = brentq(lambda x, a=accepted, f=found: 1 - x - interp1d(a, f)(x), 0, 1)
        assert equal_error_rate(scores, same) == pytest.approx(error, abs=1e-9)
        cost = (0.01 * (1 - found) + 0.99 * accepted).min() / 0.01
        assert min_detection_cost(scores, same) == pytest.approx(min(1.0, cost))


def test_any_rising_function_of_the_scores_gives_the_same() -> None:
    random = np.random.default_rng(0)
    same = random.random(100) < 0.5
    scores = random.normal(size=100) + same
    assert equal_error_rate(np.exp(3 * scores), same) == equal_error_rate(scores, same)


def test_a_trial_that_counts_twice_is_as_two() -> None:
    random = np.random.default_rng(0)
    same = random.random(60) < 0.5
    scores, counts = random.normal(size=60).round(1) + same, random.integers(0, 3, 60)
    repeated = RankedTrials.of(np.repeat(scores, counts), np.repeat(same, counts)).errors()
    weighted = RankedTrials.of(scores, same).errors(counts.astype(float))
    assert equal_error(*weighted) == pytest.approx(equal_error(*repeated))


@pytest.mark.parametrize(("same", "kind"), [([True, True], "one speaker"), ([False, False], "two speakers")])
def test_trials_of_one_kind_have_no_error_rate(same: list[bool], kind: str) -> None:
    with pytest.raises(MetricUndefined, match=f"all of 2 trials are of {kind}; an error rate needs trials of both"):
        equal_error_rate(np.array([0.1, 0.2]), np.array(same))


def test_no_trials_and_scores_that_are_not_finite_have_no_error_rate() -> None:
    with pytest.raises(MetricUndefined, match="all of 0 trials"):
        equal_error_rate(np.array([]), np.array([], dtype=bool))
    with pytest.raises(MetricUndefined, match="1 of 2 trials have a score that is not finite"):
        equal_error_rate(np.array([0.1, np.nan]), np.array([True, False]))
