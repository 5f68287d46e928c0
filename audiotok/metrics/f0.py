"""Pitch and voicing: does the reconstruction keep the melody of the voice?

Conventions: waveforms [T] of one speaker at 16 kHz; F0 in Hz every 16 ms from 64 ms frames, between 65 and 500 Hz on a
grid of 10 cents, NaN where unvoiced; lower is better, 0 is identical. A gain and a change of polarity cost nothing.

- F0 error: mean |cents| over the frames that are voiced in both signals; a corpus is averaged over frames, not clips.
- F0 RMSE: root mean square in Hz over those frames, a mean over clips; what most papers give; octave errors rule it.
- Voicing error: share of frames that are voiced in one signal only, over frames.

Undefined where a signal is silent, where the reference has no voiced frame, and both F0 errors where no frame is voiced
in both (the voicing error then says what happened).
Source: Mauch and Dixon, "pYIN: a fundamental frequency estimator using probabilistic threshold distributions", 2014, as
`librosa.pyin` computes it (`audiotok.metrics.pyin`, to the same bits).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from audiotok.data.manifest import Clip
from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics import evaluation_models
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric, Weight
from audiotok.metrics.outcomes import ClipScore
from audiotok.metrics.pyin import pyin

FMIN, FMAX = 65.0, 500.0  # Hz: low men's voices to high children's
FRAME, HOP = 1024, 256  # samples at 16 kHz; a frame holds four periods of the lowest pitch

F0 = NDArray[np.float64]  # [frames] Hz, NaN where unvoiced
Measure = Callable[[F0, F0], ClipScore]


def validate(reference: F0, estimate: F0) -> None:
    """Raises InvalidAudio where the tracks differ in length, MetricUndefined where the reference is unvoiced."""
    if reference.ndim != 1 or reference.shape != estimate.shape:
        raise InvalidAudio(f"F0 tracks must be equally long [frames], got {reference.shape} and {estimate.shape}")
    if np.isnan(reference).all():
        raise MetricUndefined("the reference has no voiced frame")


def f0_track(waveform: Waveform, sample_rate: int) -> F0:
    """[T] at 16 kHz -> [1 + T // 256] Hz, NaN where unvoiced. Raises MetricUndefined where the signal is silent."""
    evaluation_models.validate(waveform, sample_rate)
    return pyin(waveform, sample_rate, FMIN, FMAX, FRAME, HOP)


def f0_error(reference: F0, estimate: F0) -> ClipScore:
    """Σ |cents| over the frames voiced in both, and their number."""
    both = voiced_in_both(reference, estimate)
    return ClipScore(float(np.abs(1200 * np.log2(estimate[both] / reference[both])).sum()), float(both.sum()))


def f0_rmse(reference: F0, estimate: F0) -> ClipScore:
    """Root mean square of the difference in Hz over the frames voiced in both."""
    both = voiced_in_both(reference, estimate)
    return ClipScore(float(np.sqrt(np.square(estimate[both] - reference[both]).mean())))


def voicing_error(reference: F0, estimate: F0) -> ClipScore:
    """Frames voiced in one signal only, and all frames."""
    validate(reference, estimate)
    return ClipScore(float((np.isnan(reference) != np.isnan(estimate)).sum()), float(len(reference)))


def voiced_in_both(reference: F0, estimate: F0) -> NDArray[np.bool_]:
    """[frames] bool. Raises MetricUndefined where no frame is."""
    validate(reference, estimate)
    both = ~np.isnan(reference) & ~np.isnan(estimate)
    if not both.any():
        raise MetricUndefined("no frame is voiced in both signals")
    return both


def _run(waveform: Waveform, sample_rate: int, clip: Clip, model: None) -> Features:
    return {"f0": f0_track(waveform, sample_rate)}


def _score(measure: Measure, reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    return measure(reference["f0"], estimate["f0"])


PYIN = Analysis(
    name="pyin",
    version=1,
    run=_run,
    sample_rate=evaluation_models.SAMPLE_RATE,
    signature=f"f0:pyin-{FMIN:g}-{FMAX:g}Hz-hop{HOP}",
    packages=("numba", "scipy"),
)


def _metric(
    name: str,
    title: str,
    explanation: str,
    unit: str,
    measure: Measure,
    upper: float,
    weight: Weight = "one",
    scale: float = 1.0,
) -> ClipMetric:
    return ClipMetric(
        name=name,
        version=1,
        title=title,
        explanation=explanation,
        question="prosody",
        reference="pyin",
        unit=unit,
        direction="lower",
        range=(0.0, upper),
        domains=("speech",),
        analysis=PYIN,
        score=partial(_score, measure),
        weight=weight,
        full_reference=True,
        tolerance=0.02,
        scale=scale,
    )


METRICS: tuple[ClipMetric, ...] = (
    _metric(
        "f0_error",
        "F0 error",
        "Mean absolute difference of the pitch tracks over frames that are voiced in both signals; 100 cents are a "
        "semitone.",
        "cents",
        f0_error,
        1200 * float(np.log2(FMAX / FMIN)),
        weight="some",
    ),
    _metric(
        "f0_rmse",
        "F0 RMSE",
        "Root mean square difference of the pitch tracks over frames that are voiced in both signals. A few octave "
        "errors dominate it.",
        "Hz",
        f0_rmse,
        FMAX - FMIN,
    ),
    _metric(
        "voicing_error",
        "Voicing error",
        "Share of frames that are voiced in only one of the two signals.",
        "%",
        voicing_error,
        1.0,
        weight="count",
        scale=100.0,
    ),
)
