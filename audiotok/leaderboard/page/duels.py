"""Every two entries of the board, metric by metric: the interval of their difference and whether the data tells.

As `audiotok compare` prints it for two (`results.compare`), with the swaps shared between the pairs of a column and
fewer draws for the intervals: a board has thousands of pairs, and a page shows two or three digits of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from audiotok.leaderboard.page.ranking import SEED, clips_of, kind_of, most_common
from audiotok.results.paired import holm, resamples_for, swap_p_values
from audiotok.results.record import Result
from audiotok.results.statistics import clip_values, difference_of_ratios, studentized_interval, units

#: Pairs grow with the square: above this many entries the page names the command instead.
MAX_ENTRIES = 32
RESAMPLES = 1000  # of an interval; `statistics` measured its coverage with as many


def duels(columns: Sequence[Mapping[int, Result]], families: Sequence[str]) -> list[dict[str, Any] | None]:
    """For each column (index of entry -> result) what `compare` in the page reads, or None where no two are tested.

    who: entries that are compared; low, high, p: one number for each two of them, in the order of combinations(who, 2).
    The difference is the first less the second; p is corrected over the columns of one family (of one data set) in
    which both are compared. `families`: each column's.
    """
    if len({index for results in columns for index in results}) > MAX_ENTRIES:
        return [None] * len(columns)
    tested = [_tested(results, len(columns)) for results in columns]
    of_pair: defaultdict[tuple[str, int, int], list[tuple[int, int]]] = defaultdict(list)
    for i, found in enumerate(tested):
        for at, pair in enumerate(combinations(found["who"], 2) if found else ()):
            of_pair[(families[i], *pair)].append((i, at))
    for places in of_pair.values():
        corrected = holm([tested[i]["p"][at] for i, at in places])  # type: ignore[index]  # only tested columns are here
        for (i, at), p in zip(places, corrected, strict=True):
            tested[i]["p"][at] = float(f"{p:.2g}")  # type: ignore[index]
    return tested


def _tested(results: Mapping[int, Result], tests: int) -> dict[str, Any] | None:
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
    scores = [sorted(results[index].scores, key=lambda score: score.clip) for index in who]
    drawn = units(scores[0])
    sums = [drawn.sums(clip_values(own)) for own in scores]
    totals, weights = (np.stack([own[:, side] for own in sums], axis=1) for side in (0, 1))
    pairs = list(combinations(range(len(who)), 2))
    p_values = swap_p_values(totals, weights, pairs, SEED, resamples_for(tests))
    scale = results[who[0]].scale
    found: dict[str, Any] = {"who": who, "low": [], "high": [], "p": p_values.tolist()}
    for i, j in pairs:
        both = np.concatenate([sums[i], sums[j]], axis=1)
        interval = studentized_interval(both, drawn.strata, difference_of_ratios, SEED, RESAMPLES)
        low, high = (None, None) if interval is None else sorted(float(f"{scale * end:.4g}") for end in interval)
        found["low"].append(low)
        found["high"].append(high)
    return found
