"""Whether scores weigh what their metric says: 1, a clip's seconds, or things of it that are counted.

A value is Σtotal / Σweight: who may choose the weights chooses the clips that count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from audiotok.data.manifest import Clip
from audiotok.metrics.base import ClipMetric, Declaration, TimeMetric, TokenMetric
from audiotok.results.record import Result

RELATIVE = 1e-6
#: Metrics of seconds of audio, beside the rates.
OF_SECONDS = ("lm_bits", "lm_order0", "lm_bigram")
#: Clip metrics that count things of the reference -> by how much two machines may differ in it, as a share.
COUNTED = {
    **dict.fromkeys(("wer", "cer", "wer_whisper_small"), 0.0),  # words and characters of the text
    "dwer": 0.25,  # words that the recogniser hears in the reference
    "voicing_error": 0.0,  # frames
    "clipped": 0.0,  # samples
}
#: Of these only some are counted: frames that are voiced in both.
PARTLY_COUNTED = ("f0_error",)
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
    if isinstance(metric, (TokenMetric, TimeMetric)) or metric.name in OF_SECONDS:
        right = clip.duration if clip else weight
        return "" if abs(weight - right) <= RELATIVE * right else f"expected the clip's {right:g} s as weight"
    if not isinstance(metric, ClipMetric):
        return ""
    counted = metric.name in COUNTED or metric.name in PARTLY_COUNTED
    if not counted:
        return "" if weight == 1 else "expected 1 as weight"
    if weight != int(weight) or not 0 <= weight <= MOST_PER_SECOND * (clip.duration if clip else 1) + 1:
        return "expected a whole number of things counted in the clip as weight"
    if known is None:
        return ""
    if metric.name in PARTLY_COUNTED:
        return "" if weight <= known else f"expected at most {known:g}, of the clean reference, as weight"
    if abs(weight - known) > max(2.0, COUNTED[metric.name] * known) * (COUNTED[metric.name] > 0):
        return f"expected {known:g}, of the clean reference, as weight"
    return ""
