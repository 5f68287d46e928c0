"""Whether scores weigh what their metric says: 1, a clip's seconds, or things of it that are counted.

A value is Σtotal / Σweight: who may choose the weights chooses the clips that count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from audiotok.core.tokens import TokenSpec
from audiotok.data.manifest import Clip
from audiotok.leaderboard.submission.protocol import RELATIVE
from audiotok.metrics.base import Declaration
from audiotok.results.record import Result

MOST_PER_SECOND = 48_000.0  # samples are the smallest things that are counted
#: How many times as many codes changed audio of a clip may have: as many at a fixed rate, but for a few at the end that
#: decoding several times adds, and at a variable one what noise adds.
MOST_LONGER_FIXED, MOST_LONGER, MORE_CODES = 1.1, 4.0, 64


def check_weights(
    result: Result, metric: Declaration, clips: Mapping[str, Clip], reference: Result | None
) -> Iterator[tuple[str, str]]:
    """(field, reason) of the first clip whose weight is another."""
    known = {} if reference is None else {score.clip: score.weight for score in reference.scores}
    for score in result.scores:
        if wrong := _fault(metric, score.weight, clips.get(score.clip), known.get(score.clip)):
            yield "scores", f"{score.clip}: {wrong}, got {score.weight:.6g}"
            return


def check_compared_codes(
    results: Iterable[Result], codes: Mapping[str, float], spec: TokenSpec
) -> Iterator[tuple[str, str]]:
    """(field, reason) of the first clip of each record of stability whose weight no comparison of its codes can have.

    A weight is the number of codes of the longer of two encodings. `codes`: of each clip, with those of the whole clip.
    """
    for result in results:
        where = f"{result.metric}/{result.domain}: scores"
        for score in result.scores:
            if score.clip not in codes:
                yield where, f"{score.clip}: its codes are compared, but not counted"
                break
            own = codes[score.clip] - len(spec.global_sizes)
            most = (MOST_LONGER if spec.variable_rate else MOST_LONGER_FIXED) * own + MORE_CODES
            if score.weight != int(score.weight) or not own * (1 - RELATIVE) <= score.weight <= most:
                reason = f"{score.clip}: expected {own:g} to {most:g} codes that are compared as weight"
                yield where, f"{reason}, got {score.weight:.6g}"
                break


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
