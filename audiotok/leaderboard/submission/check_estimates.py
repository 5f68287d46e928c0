"""Whether a claimed estimate is what the scores of the clips give: the value and its interval."""

from __future__ import annotations

import math
from collections.abc import Iterator

from audiotok.errors import AudiotokError
from audiotok.leaderboard.submission.protocol import RELATIVE, close
from audiotok.metrics.base import Declaration
from audiotok.results.record import Estimate, Result
from audiotok.results.statistics import SPEAKERS, estimate, estimate_by_language


def check_estimate(result: Result, metric: Declaration) -> Iterator[tuple[str, str]]:
    """(field, reason) where the value, its interval or a language's is not what the scores of the clips give."""
    if not result.scores:
        # Also of a result without scores of clips: the page shows the words, which may be anybody's.
        if result.uncertainty:
            yield "uncertainty", f"expected '', since no clip is scored, got {result.uncertainty[:80]!r}"
        if metric.whole_set:
            if result.estimate and (result.estimate.low is not None or result.groups):
                yield "estimate.low", "expected no interval: this is a score of the whole set"
        elif result.estimate or result.groups:
            yield "estimate", "expected none: no clip is scored"
        return
    if result.estimate is None:
        yield "estimate", "expected the value that the scores of the clips give, got nothing"
        return
    try:
        total = math.fsum(score.total for score in result.scores)
        weight = math.fsum(score.weight for score in result.scores)
        if not close(value := metric.scale * total / weight, result.estimate.value):
            # The interval would differ as well.
            yield (
                "estimate.value",
                f"expected {value:.9g}, which the scores of the clips give, got " + (f"{result.estimate.value:.9g}"),
            )
            return
        right, label = estimate(result.scores, metric.scale, metric.range, metric.sampled)
        groups = estimate_by_language(result.scores, metric.scale, metric.range)
    except (AudiotokError, OverflowError, ZeroDivisionError) as error:
        yield "scores", str(error)
        return
    yield from _interval("estimate", right, result.estimate)
    # Older rows call the units of every metric speakers.
    if result.uncertainty not in (label, label.replace(f" {metric.sampled}", f" {SPEAKERS}")):
        yield "uncertainty", f"expected {label!r}, got {result.uncertainty!r}"
    if sorted(groups) != sorted(result.groups):
        yield (
            "groups",
            f"expected {', '.join(sorted(groups)) or 'none'}, got {', '.join(sorted(result.groups)) or 'none'}",
        )
        return
    for name, group in groups.items():
        given = result.groups[name]
        if not close(group.value, given.value) or group.n != given.n:
            yield f"groups.{name}", f"expected {group.value:.9g} of {group.n} clips, got {given.value:.9g} of {given.n}"
        yield from _interval(f"groups.{name}", group, given)


def _interval(at: str, right: Estimate, given: Estimate) -> Iterator[tuple[str, str]]:
    for end in ("low", "high"):
        a, b = getattr(right, end), getattr(given, end)
        if (a is None) != (b is None):
            yield f"{at}.{end}", f"expected {a}, got {b}"
        elif a is not None and right.low is not None and right.high is not None:
            allowed = RELATIVE * (right.high - right.low + abs(a))
            if abs(a - b) > allowed:
                yield f"{at}.{end}", f"expected {a:.6g}, as the clips give, got {b:.6g}"
