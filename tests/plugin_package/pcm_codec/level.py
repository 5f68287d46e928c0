"""Level error: how much louder or quieter is the output?

Conventions: waveforms [T]; dB; lower is better, 0 is equal; undefined where a signal is silent.
"""

from functools import partial

import numpy as np

from audiotok.metrics.analysis import WAVEFORM, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.pairs import require_sound, score_pair, validate


def level_error(reference: Waveform, estimate: Waveform, sample_rate: int = 0) -> float:
    """[T], [T] -> |dB|. Raises MetricUndefined where a signal is silent."""
    validate(reference, estimate)
    require_sound(reference, estimate)
    return float(abs(10 * np.log10(np.square(estimate).mean() / np.square(reference).mean())))


LEVEL_ERROR = ClipMetric(
    name="level_error",
    version=1,
    title="Level error",
    explanation="How much louder or quieter the output is than the reference.",
    question="signal",
    unit="dB",
    direction="lower",
    range=(0.0, float("inf")),
    domains=("speech", "music", "audio"),
    analysis=WAVEFORM,
    score=partial(score_pair, level_error),
    full_reference=True,
)
