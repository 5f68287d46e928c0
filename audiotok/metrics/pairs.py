"""Checks that every metric of two waveforms makes of them.

Conventions: reference and estimate are float waveforms [T], mono, of one rate, equally long, nominally in [-1, 1]. A
signal is silent when no sample of it reaches half a step of 16-bit audio: such a file would hold zeros only.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics.analysis import Features, Waveform
from audiotok.metrics.outcomes import ClipScore

SILENCE = 2.0**-16  # peak, of full scale


def validate(reference: Waveform, estimate: Waveform) -> None:
    """Raises InvalidAudio where the two are not finite float [T] of equal length T >= 1."""
    for name, signal in (("reference", reference), ("estimate", estimate)):
        if not isinstance(signal, np.ndarray) or signal.ndim != 1 or not np.issubdtype(signal.dtype, np.floating):
            came = f"{signal.dtype} {list(signal.shape)}" if isinstance(signal, np.ndarray) else type(signal).__name__
            raise InvalidAudio(f"the {name} must be a float array [T], got {came}")
        if not np.isfinite(signal).all():
            raise InvalidAudio(f"the {name} holds values that are NaN or infinite")
    if len(reference) != len(estimate) or not len(reference):
        raise InvalidAudio(
            f"reference and estimate must be equally long and not empty, got {len(reference)} and {len(estimate)} "
            "samples; trim both to the shorter"
        )


def require_sound(reference: Waveform, estimate: Waveform) -> None:
    """Raises MetricUndefined where one of the two is silent."""
    for name, signal in (("reference", reference), ("estimate", estimate)):
        if is_silent(signal):
            raise MetricUndefined(f"the {name} is silent: no sample reaches 2^-16 of full scale")


def is_silent(signal: Waveform) -> bool:
    return float(np.abs(signal).max()) < SILENCE


def score_pair(
    measure: Callable[[Waveform, Waveform, int], float], reference: Features, estimate: Features, clip: Clip
) -> ClipScore:
    """ClipMetric.score for a function of two waveforms and their rate: `functools.partial(score_pair, pesq_wb)`."""
    return ClipScore(measure(reference["waveform"], estimate["waveform"], int(reference["sample_rate"])))
