"""What the page tests pairs with, and paired.json, which holds its script to `results.paired`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audiotok.leaderboard.page.paired_scores import paired_scores
from audiotok.results.paired import corrected, paired
from audiotok.results.record import Result, ScoredClip

QUALITIES = (0.3, 0.35, 0.8)
GOLDEN = json.loads(Path(__file__).with_name("paired.json").read_text("utf-8"))

Columns = Callable[[str], dict[int, Result]]


@pytest.fixture
def column(made: Callable[..., Result], metrics: Mapping[str, Any]) -> Columns:
    """Of a metric: index of entry -> result."""
    return lambda name: {
        i: made(f"codec:mode={i}", metrics[name], "speech", q, 40, 10 * i) for i, q in enumerate(QUALITIES)
    }


def scored(case: Mapping[str, Any]) -> list[tuple[ScoredClip, ...]]:
    """Of the two systems of a case of the golden file."""
    return [tuple(ScoredClip(**clip) for clip in clips) for clips in case["given"]]


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
def test_the_golden_file_has_the_paired_test_which_the_page_is_held_against_too(case: dict[str, Any]) -> None:
    """tests/leaderboard/web/paired.test.js asks the same of the page's script."""
    found = paired(*scored(case), case["direction"], case["scale"])
    assert found is not None
    expected = case["expected"]
    assert (found.p_equal, found.unseen) == pytest.approx((expected["equal"], expected["unseen"]), rel=1e-9)
    if found.low is None or found.high is None:
        assert (expected["low"], expected["high"]) == (None, None)
    else:
        assert (found.low, found.high) == pytest.approx((expected["low"], expected["high"]), rel=1e-9)


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
def test_the_page_gets_the_units_and_scores_of_the_golden_file(column: Columns, case: dict[str, Any]) -> None:
    made = column("estoi")[0]
    shared = {"direction": case["direction"], "scale": case["scale"], "groups": {}}
    results = {i: replace(made, scores=scores, **shared) for i, scores in enumerate(scored(case))}
    (found,), (units,) = paired_scores([results])
    assert found is not None
    assert [found["scores"][0], found["scores"][1]] == case["scores"]
    assert (units["starts"], units["strata"]) == (case["units"]["starts"], case["units"]["strata"])
    assert units["quantile"] == pytest.approx(case["units"]["quantile"])


def test_the_golden_file_is_judged_together() -> None:
    expected = [case["expected"] for case in GOLDEN]
    judged = corrected([one["equal"] for one in expected], [one["unseen"] for one in expected])
    assert [case["judged"] for case in GOLDEN] == pytest.approx(judged)


def test_scores_are_rounded_by_less_than_counts_as_equal(column: Columns) -> None:
    results = column("estoi")
    (found,), _ = paired_scores([results])
    assert found is not None
    for index, (totals, weights) in found["scores"].items():
        assert weights == 1
        assert sorted(totals) == pytest.approx(sorted(clip.total for clip in results[index].scores), rel=1e-9)


def test_columns_with_units_alike_name_the_same_ones(column: Columns) -> None:
    found, units = paired_scores([column("estoi"), column("f0_error")])
    assert [own and own["units"] for own in found] == [0, 0]
    assert len(units) == 1
    assert sum(units[0]["strata"]) == len(units[0]["starts"]) == 40


def test_who_failed_on_a_clip_is_not_tested(column: Columns) -> None:
    results = column("estoi")
    lost = results[1].scores[0].clip
    results[1] = replace(results[1], scores=results[1].scores[1:], failures={lost: "too short"})
    (found,), _ = paired_scores([results])
    assert found is not None
    assert found["who"] == [0, 2]


def test_another_signature_is_not_tested(column: Columns) -> None:
    results = column("estoi")
    results[2] = replace(results[2], signature=results[2].signature.replace("seed:0", "seed:1"))
    (found,), _ = paired_scores([results])
    assert found is not None
    assert found["who"] == [0, 1]


def test_a_column_of_one_has_no_tests(column: Columns) -> None:
    assert paired_scores([{0: column("estoi")[0]}]) == ([None], [])


def test_rates_and_what_is_not_ranked_are_not_tested(column: Columns) -> None:
    rates = {i: replace(result, question="rate") for i, result in column("rtf_encode").items()}
    taught = column("estoi")
    taught[0] = replace(taught[0], unranked="taught by its judge, whisper-base")
    found, _ = paired_scores([rates, taught])
    assert [own and own["who"] for own in found] == [None, [1, 2]]
