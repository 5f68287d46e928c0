"""Correlation of log F0: does the reconstruction's pitch rise and fall where the reference's does?

Conventions: F0 tracks of `audiotok.metrics.f0` (pYIN, 16 kHz speech of one speaker, every 16 ms); Pearson's r of log F0
over the frames that are voiced in both signals, without time warping; -1 to 1; higher is better, 1 is identical; a mean
over clips. A constant factor of pitch costs nothing (the F0 error counts it), and a gain nothing.
Undefined where a signal is silent, where fewer than ten frames (0.16 s) are voiced in both, and where a track is flat.
Source: the definition; `scipy.stats.pearsonr` agrees to rounding.
"""

from __future__ import annotations

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.errors import MetricUndefined
from audiotok.metrics.analysis import Features
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.f0 import F0, PYIN, voiced_in_both
from audiotok.metrics.outcomes import ClipScore

MIN_FRAMES = 10


def log_f0_correlation(reference: F0, estimate: F0) -> float:
    """[frames] Hz, [frames] Hz, NaN where unvoiced -> r. Raises MetricUndefined with the reason."""
    both = voiced_in_both(reference, estimate)
    if both.sum() < MIN_FRAMES:
        raise MetricUndefined(f"{both.sum()} frames are voiced in both signals, at least {MIN_FRAMES} are needed")
    first, second = np.log(reference[both]), np.log(estimate[both])
    for name, track in (("reference", first), ("estimate", second)):
        if np.ptp(track) < 1e-9:
            raise MetricUndefined(f"the pitch of the {name} is flat: a correlation needs some movement")
    return float(np.clip(np.corrcoef(first, second)[0, 1], -1, 1))  # rounding may pass 1


def _score(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    return ClipScore(log_f0_correlation(reference["f0"], estimate["f0"]))


METRICS: tuple[ClipMetric, ...] = (
    ClipMetric(
        name="log_f0_correlation",
        version=1,
        title="Log-F0 correlation",
        explanation="Pearson correlation of log F0 over frames that are voiced in both signals; 1 is best. A constant "
        "pitch shift has no effect.",
        question="prosody",
        reference="pyin",
        unit="",
        direction="higher",
        range=(-1.0, 1.0),
        domains=("speech",),
        analysis=PYIN,
        score=_score,
        full_reference=True,
        tolerance=0.02,
    ),
)
