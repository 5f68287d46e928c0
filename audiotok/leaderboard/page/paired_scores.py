"""Scores from which the page tests any two entries on a metric, as `results.paired` does: whose, and in which units.

The page computes the tests itself (web/js/paired.js): those of all pairs would be too many to travel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audiotok.leaderboard.page.ranking import clips_of, kind_of, most_common
from audiotok.results.compare import tested
from audiotok.results.record import Result, ScoredClip
from audiotok.results.statistics import units
from audiotok.results.student import quantile

#: Of a score; rounded by less than what `results.paired` takes for equal.
DIGITS = 10

_Design = tuple[tuple[int, ...], tuple[int, ...], bool]  # of `statistics.Units`: starts, strata, enough


def paired_scores(columns: Sequence[Mapping[int, Result]]) -> tuple[list[dict[str, Any] | None], list[dict[str, Any]]]:
    """Scores for the tests of each column (index of entry -> result), None where no two can be tested; and the units.

    who: entries that are compared; scale; units: their number; scores: entry -> [totals, weights] of the clips in
    the order of the units, one number where all weights are equal. Units: `statistics.Units`' starts and strata, and
    the quantile of t for an interval, None where there are too few for one.
    """
    numbers: dict[_Design, int] = {}
    found = [_tested(results, numbers) for results in columns]
    return found, [
        {
            "starts": list(starts),
            "strata": list(strata),
            "quantile": quantile(len(starts) - len(strata)) if enough else None,
        }
        for starts, strata, enough in numbers
    ]


def _tested(results: Mapping[int, Result], numbers: dict[_Design, int]) -> dict[str, Any] | None:
    """Only what was measured alike on all the same clips is compared."""
    kind = most_common(map(kind_of, results.values()))
    clips = most_common(clips_of(result) for result in results.values() if result.scores)
    who = [
        index
        for index, result in sorted(results.items())
        if result.scores
        and kind_of(result) == kind
        and clips_of(result) == clips
        and tested(result)
        and any(score.weight for score in result.scores)
    ]
    if len(who) < 2:
        return None
    ordered = {index: sorted(results[index].scores, key=lambda score: score.clip) for index in who}
    of = units(ordered[who[0]])
    return {
        "who": who,
        "scale": results[who[0]].scale,
        "units": numbers.setdefault((of.starts, of.strata, of.enough), len(numbers)),
        "scores": {index: _scores([own[i] for i in of.clips]) for index, own in ordered.items()},
    }


def _scores(scores: Sequence[ScoredClip]) -> list[Any]:
    totals = [_short(score.total) for score in scores]
    weights = [_short(score.weight) for score in scores]
    return [totals, weights[0] if len(set(weights)) == 1 else weights]


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
