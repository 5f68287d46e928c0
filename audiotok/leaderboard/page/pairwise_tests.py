"""Every two entries of the board, metric by metric: the interval of their difference and whether the data tells.

As `audiotok compare` prints it for two (`results.compare`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from audiotok.leaderboard.page.ranking import clips_of, kind_of, most_common
from audiotok.results.paired import corrected, pairwise
from audiotok.results.record import Result


def pairwise_tests(columns: Sequence[Mapping[int, Result]], families: Sequence[str]) -> list[dict[str, Any] | None]:
    """For each column (index of entry -> result) what `compare` in the page reads, or None where no two are tested.

    who: entries that are compared; low, high, p: one number for each two of them, in the
    order of combinations(who, 2). The difference is the first less the second; p is corrected over the columns of one
    family (of one data set) in which both are compared. `families`: each column's.
    """
    tested = [_tested(results) for results in columns]
    of_pair: defaultdict[tuple[str, int, int], list[tuple[int, int]]] = defaultdict(list)
    for i, found in enumerate(tested):
        for at, pair in enumerate(combinations(found["who"], 2) if found else ()):
            of_pair[(families[i], *pair)].append((i, at))
    for places in of_pair.values():
        own = [(tested[i]["p"][at], tested[i]["unseen"][at]) for i, at in places]  # type: ignore[index]  # tested only
        for (i, at), p in zip(places, corrected(*zip(*own, strict=True)), strict=True):
            tested[i]["p"][at] = float(f"{p:.2g}")  # type: ignore[index]
    for found in tested:
        if found:
            del found["unseen"]
    return tested


def _tested(results: Mapping[int, Result]) -> dict[str, Any] | None:
    """p is not corrected yet. Only what was measured alike on all the same clips is compared."""
    kind = most_common(map(kind_of, results.values()))
    clips = most_common(clips_of(result) for result in results.values() if result.scores)
    who = [
        index
        for index, result in sorted(results.items())
        if result.scores
        and kind_of(result) == kind
        and clips_of(result) == clips
        and result.coverage == 1
        and not result.unranked
        and any(score.weight for score in result.scores)
    ]
    if len(who) < 2:
        return None
    first = results[who[0]]
    scores = [sorted(results[index].scores, key=lambda score: score.clip) for index in who]
    found = pairwise(scores, first.direction, first.scale)
    return {
        "who": who,
        "low": _rounded(found.low),
        "high": _rounded(found.high),
        "p": found.p_equal.tolist(),
        "unseen": found.unseen.tolist(),
    }


def _rounded(ends: np.ndarray[Any, Any]) -> list[float | None]:
    """Four significant digits; None where there is no interval."""
    return [None if np.isnan(end) else float(f"{end:.4g}") for end in ends]
