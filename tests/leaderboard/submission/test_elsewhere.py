"""Scores that are better where nobody looked."""

import math

import numpy as np
import pytest

from audiotok.leaderboard.submission.elsewhere import deviations, elsewhere_better
from audiotok.metrics import catalogue
from audiotok.results.record import Result, ScoredClip

VERIFIED = [f"c{i}" for i in range(4)]


def claimed(verified: float, rest: float, seed: int = 0) -> Result:
    """PESQ of forty clips around two means."""
    noise = np.random.default_rng(seed).normal(scale=0.2, size=40)
    values = [(verified if i < 4 else rest) + noise[i] for i in range(40)]
    scores = tuple(ScoredClip(f"c{i}", float(value), 1.0) for i, value in enumerate(values))
    direction = catalogue.get("pesq_wb").direction
    return Result("x", "pesq_wb", "speech", "reconstruction.v1", None, scores=scores, direction=direction)


def test_honest_clips_and_invented_ones_are_told_apart() -> None:
    [problem] = elsewhere_better([claimed(1.2, 4.1)], VERIFIED)
    assert problem.startswith("pesq_wb: the clips that were not verified are better by 6.")


@pytest.mark.parametrize("seed", range(20))
def test_chance_alone_is_no_problem(seed: int) -> None:
    assert list(elsewhere_better([claimed(2.5, 2.5, seed)], VERIFIED)) == []


def test_clips_that_are_worse_elsewhere_are_nobodys_concern() -> None:
    assert list(elsewhere_better([claimed(4.1, 1.2)], VERIFIED)) == []


def test_deviations_are_those_of_the_permutation_distribution() -> None:
    result = claimed(2.5, 2.5)
    values = np.array([score.total for score in result.scores])
    draws = np.random.default_rng(1)
    means = [values[draws.permutation(40)[:4]].mean() for _ in range(4000)]
    others = [(values.sum() - 4 * mean) / 36 - mean for mean in means]
    expected = (values[4:].mean() - values[:4].mean()) / np.std(others)
    assert deviations([result], VERIFIED) == pytest.approx(expected, rel=0.05)


def test_without_enough_clips_on_either_side_nothing_is_said() -> None:
    assert deviations([claimed(1.0, 4.0)], VERIFIED[:2]) == 0
    assert math.isfinite(deviations([claimed(1.0, 4.0)], []))
