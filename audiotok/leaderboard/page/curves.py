"""BD-rates between the families of a column: how much more bitrate one needs than another for the same quality."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from audiotok.errors import MetricUndefined
from audiotok.leaderboard.page.ranking import family, kind_of, most_common
from audiotok.leaderboard.submission.entry import Entry
from audiotok.results.bd_rate import MIN_POINTS, Curve, bd_rate
from audiotok.results.record import Result


def bd_rates(
    entries: Sequence[Entry], results: Mapping[int, Result], bitrates: Mapping[int, float]
) -> dict[str, Any] | None:
    """of: families with a curve; cells: of[row] tested against of[column] as anchor, per cent or why it is undefined;
    short: {family: number of points} of those with several but too few. None where there is no curve or no direction.
    """
    kind = most_common(map(kind_of, results.values()))
    direction = next(result.direction for result in results.values() if kind_of(result) == kind)
    if direction == "none":
        return None
    curves: defaultdict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for index, result in results.items():
        if result.estimate is None or bitrates.get(index, 0) <= 0:
            continue
        sound = result.coverage == 1 and not result.unranked and kind_of(result) == kind
        if sound:
            name = entries[index].tokenizer
            curves[family(name)].setdefault(name, (bitrates[index], result.estimate.value))
    of = sorted(name for name, points in curves.items() if len(points) >= MIN_POINTS)
    if not of:
        return None
    points = {name: list(curves[name].values()) for name in of}
    return {
        "of": of,
        "cells": [
            [_cell(points[anchor], points[test], direction) if anchor != test else None for anchor in of] for test in of
        ],
        "short": {name: len(own) for name, own in sorted(curves.items()) if 1 < len(own) < MIN_POINTS},
        "needs": MIN_POINTS,
    }


def _cell(anchor: Curve, test: Curve, direction: Any) -> float | str:
    try:
        return round(bd_rate(anchor, test, direction), 1)
    except MetricUndefined as undefined:
        return str(undefined)
