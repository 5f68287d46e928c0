"""Pairs of the board against `results.paired`, which tests two at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from audiotok.leaderboard.page.duels import MAX_ENTRIES, duels
from audiotok.results.paired import holm, paired, resamples_for
from audiotok.results.record import Result

QUALITIES = (0.3, 0.35, 0.8)


Columns = Callable[[str], dict[int, Result]]


@pytest.fixture
def column(made: Callable[..., Result], metrics: Mapping[str, Any]) -> Columns:
    """Of a metric: index of entry -> result."""
    return lambda name: {
        i: made(f"codec:mode={i}", metrics[name], "speech", q, 40, 10 * i) for i, q in enumerate(QUALITIES)
    }


def test_one_column_has_the_p_values_of_the_paired_test(column: Columns) -> None:
    results = column("estoi")
    (found,) = duels([results], ["mini"])
    expected = paired(results[0].scores, results[1].scores, "higher", 0)
    assert found["who"] == [0, 1, 2]
    assert found["p"][0] == pytest.approx(expected.p, rel=0.05)
    # Fewer draws than `paired` makes: the ends move by some per cent of the interval's width.
    width = expected.high - expected.low
    assert found["low"][0] == pytest.approx(expected.low, abs=0.1 * width)
    assert found["high"][0] == pytest.approx(expected.high, abs=0.1 * width)


def test_p_values_of_a_pair_are_corrected_over_the_columns_of_one_data_set(column: Columns) -> None:
    together = duels([column("estoi"), column("f0_error")], ["mini", "mini"])
    apart = duels([column("estoi"), column("f0_error")], ["mini", "other"])
    raw = [found["p"][0] for found in apart]
    assert [found["p"][0] for found in together] == pytest.approx(holm(raw), rel=0.02)
    assert min(raw) >= 0.9 / resamples_for(2)


def test_who_failed_on_a_clip_is_not_tested(column: Columns) -> None:
    results = column("estoi")
    lost = results[1].scores[0].clip
    results[1] = replace(results[1], scores=results[1].scores[1:], failures={lost: "too short"})
    (found,) = duels([results], ["mini"])
    assert found["who"] == [0, 2]


def test_another_signature_is_not_tested(column: Columns) -> None:
    results = column("estoi")
    results[2] = replace(results[2], signature=results[2].signature.replace("seed:0", "seed:1"))
    assert duels([results], ["mini"])[0]["who"] == [0, 1]


def test_a_large_board_holds_no_pairs(column: Columns) -> None:
    results = {i: column("estoi")[0] for i in range(MAX_ENTRIES + 1)}
    assert duels([results], ["mini"]) == [None]
