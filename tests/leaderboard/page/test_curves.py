"""BD-rates between the families of a board, on made-up curves whose ratio is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from audiotok.leaderboard.page.curves import bd_rates
from audiotok.leaderboard.submission.entry import Entry
from audiotok.results.record import Result

Families = dict[str, dict[float, float]]  # name -> {bit/s: quality}


@pytest.fixture
def rates(made: Callable[..., Result], metrics: Mapping[str, Any]) -> Callable[[Families], dict[str, Any]]:
    def of(families: Families) -> dict[str, Any]:
        points = [(name, rate, q) for name, modes in families.items() for rate, q in modes.items()]
        mel = metrics["mel_distance"]
        results = {i: made(f"{name}:mode={rate}", mel, "speech", q, 10, 0) for i, (name, rate, q) in enumerate(points)}
        entries = [Entry(result.tokenizer, (result,)) for result in results.values()]
        found = bd_rates(entries, results, {i: float(rate) for i, (_, rate, _) in enumerate(points)})
        assert found is not None
        return found

    return of


def test_a_family_that_needs_twice_the_rate_everywhere_needs_100_per_cent_more(
    rates: Callable[[Families], dict[str, Any]],
) -> None:
    found = rates({"a": {1000: 0.2, 2000: 0.5, 4000: 0.8}, "b": {2000: 0.2, 4000: 0.5, 8000: 0.8}})
    assert found["of"] == ["a", "b"]
    assert found["cells"] == [[None, pytest.approx(-50)], [pytest.approx(100), None]]


def test_two_modes_make_no_curve_and_are_named(rates: Callable[[Families], dict[str, Any]]) -> None:
    found = rates({"a": {1000: 0.2, 2000: 0.5, 4000: 0.8}, "b": {2000: 0.2, 4000: 0.5}})
    assert (found["of"], found["short"]) == (["a"], {"b": 2})


def test_curves_of_other_qualities_say_why_they_have_no_bd_rate(rates: Callable[[Families], dict[str, Any]]) -> None:
    found = rates({"a": {1000: 0.2, 2000: 0.3, 4000: 0.4}, "b": {2000: 0.6, 4000: 0.7, 8000: 0.8}})
    assert found["cells"][0][1] == "the two curves share no range of quality"
