"""Whether scores weigh what their metric says: 1, a clip's seconds, or things of it that are counted.

A value is Σtotal / Σweight: who may choose the weights chooses the clips that count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from audiotok.data.manifest import Clip
from audiotok.leaderboard.submission.protocol import RELATIVE
from audiotok.metrics.base import Declaration
from audiotok.results.record import Result

MOST_PER_SECOND = 48_000.0  # samples are the smallest things that are counted


def check_weights(
    result: Result, metric: Declaration, clips: Mapping[str, Clip], reference: Result | None
) -> Iterator[tuple[str, str]]:
    """(field, reason) of the first clip whose weight is another."""
    known = {} if reference is None else {score.clip: score.weight for score in reference.scores}
    for score in result.scores:
        if wrong := _fault(metric, score.weight, clips.get(score.clip), known.get(score.clip)):
            yield "scores", f"{score.clip}: {wrong}, got {score.weight:.6g}"
            return


def _fault(metric: Declaration, weight: float, clip: Clip | None, known: float | None) -> str:
    """`known`: the weight of the clean reference's score of the clip."""
    if metric.weight == "seconds":
        right = clip.duration if clip else weight
        return "" if abs(weight - right) <= RELATIVE * right else f"expected the clip's {right:g} s as weight"
    if metric.weight == "one":
        return "" if weight == 1 else "expected 1 as weight"
    if not metric.weight:
        return ""
    if weight != int(weight) or not 0 <= weight <= MOST_PER_SECOND * (clip.duration if clip else 1) + 1:
        return "expected a whole number of things counted in the clip as weight"
    if known is None:
        return ""
    if metric.weight == "some":
        return "" if weight <= known else f"expected at most {known:g}, of the clean reference, as weight"
    allowed = max(2.0, metric.weight_tolerance * known) if metric.weight_tolerance else 0.0
    return "" if abs(weight - known) <= allowed else f"expected {known:g}, of the clean reference, as weight"
