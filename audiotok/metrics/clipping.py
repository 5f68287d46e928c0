"""Clipping: how much of the output a sound card would have cut.

Conventions: share of the estimate's samples beyond [-1, 1] at the domain's rate, from 0 to 100 %; lower is better;
always defined. Every other metric hears the clipped signal, so a codec that overshoots pays there too. Resampling an
output at full scale overshoots a little by itself.
"""

from __future__ import annotations

from audiotok.data.manifest import Clip
from audiotok.metrics.analysis import WAVEFORM, Features
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.outcomes import ClipScore


def clipped(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    """Samples that the runner cut as it made the features (`num_clipped`), of all."""
    return ClipScore(float(estimate["num_clipped"]), float(len(estimate["waveform"])))


METRICS: tuple[ClipMetric, ...] = (
    ClipMetric(
        name="clipped",
        version=1,
        title="Clipped samples",
        explanation="Share of output samples beyond full scale. They are clipped before any metric is computed.",
        question="signal",
        unit="%",
        direction="lower",
        range=(0.0, 1.0),
        domains=("speech", "music", "audio"),
        analysis=WAVEFORM,
        score=clipped,
        weight="count",
        tolerance=1e-2,
        scale=100.0,
    ),
)
