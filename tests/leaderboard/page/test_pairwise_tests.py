"""Pairs of the board against `results.paired`, which tests two at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from audiotok.leaderboard.page.pairwise_tests import pairwise_tests
from audiotok.results.paired import corrected, paired
from audiotok.results.record import Result

QUALITIES = (0.3, 0.35, 0.8)


Columns = Callable[[str], dict[int, Result]]


@pytest.fixture
def column(made: Callable[..., Result], metrics: Mapping[str, Any]) -> Columns:
    """Of a metric: index of entry -> result."""
    return lambda name: {
        i: made(f"codec:mode={i}", metrics[name], "speech", q, 40, 10 * i) for i, q in enumerate(QUALITIES)
    }


def test_one_column_has_the_p_values_and_intervals_of_the_paired_test(column: Columns) -> None:
    results = column("estoi")
    (found,) = pairwise_tests([results], ["mini"])
    expected = paired(results[0].scores, results[1].scores, "higher")
    assert found["who"] == [0, 1, 2]
    assert found["p"][0] == pytest.approx(expected.p, rel=0.05)
    assert (found["low"][0], found["high"][0]) == pytest.approx((expected.low, expected.high), rel=1e-3)


def test_p_values_of_a_pair_are_corrected_over_the_columns_of_one_data_set(column: Columns) -> None:
    columns = [column("estoi"), column("f0_error")]
    alone = [paired(one[0].scores, one[1].scores, one[0].direction) for one in columns]
    together = pairwise_tests(columns, ["mini", "mini"])
    apart = pairwise_tests(columns, ["mini", "other"])
    judged = corrected([one.p_equal for one in alone], [one.unseen for one in alone])
    assert [found["p"][0] for found in together] == pytest.approx(judged, rel=0.05)
    assert [found["p"][0] for found in apart] == pytest.approx([one.p for one in alone], rel=0.05)


def test_who_failed_on_a_clip_is_not_tested(column: Columns) -> None:
    results = column("estoi")
    lost = results[1].scores[0].clip
    results[1] = replace(results[1], scores=results[1].scores[1:], failures={lost: "too short"})
    (found,) = pairwise_tests([results], ["mini"])
    assert found["who"] == [0, 2]


def test_another_signature_is_not_tested(column: Columns) -> None:
    results = column("estoi")
    results[2] = replace(results[2], signature=results[2].signature.replace("seed:0", "seed:1"))
    assert pairwise_tests([results], ["mini"])[0]["who"] == [0, 1]


def test_a_large_board_holds_every_pair(column: Columns) -> None:
    results = {i: column("estoi")[i % 3] for i in range(100)}
    (found,) = pairwise_tests([results], ["mini"])
    assert len(found["p"]) == 100 * 99 / 2
