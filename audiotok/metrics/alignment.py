"""The delay of a tokenizer: one integer lag, the same for all clips, that signal metrics may be freed of.

Conventions: waveforms [T] at one rate; the lag is in samples, positive where the estimate is late, searched within
50 ms either way; undefined where a signal is silent. The tokenizer's lag is the median of its clips' (the runner takes
it): a lag per clip would flatter a codec whose delay wanders.
Source: the peak of the cross-correlation, signed, so that an estimate of inverted polarity is not moved by half a
period to fit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from audiotok.metrics.analysis import Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.pairs import require_sound, validate

WINDOW_S = 0.05
ALIGNED = "_aligned"  # ends the name of a metric's aligned form


def estimate_lag(reference: Waveform, estimate: Waveform, sample_rate: int) -> int:
    """[T], [T] -> samples by which the estimate is late. Raises MetricUndefined where a signal is silent.

    Of equal peaks (a periodic signal) the one nearest to zero is taken.
    """
    from scipy.signal import correlate

    validate(reference, estimate)
    require_sound(reference, estimate)
    if np.array_equal(reference, estimate):
        return 0
    reach = min(int(WINDOW_S * sample_rate), len(reference) - 1)
    middle = len(reference) - 1  # index of lag 0 in the full correlation
    full = correlate(estimate.astype(np.float64), reference.astype(np.float64), mode="full", method="fft")
    window = full[middle - reach : middle + reach + 1]
    lags = np.arange(-reach, reach + 1)
    peaks = lags[window >= window.max() - 1e-9 * np.abs(window).max()]
    return int(peaks[np.abs(peaks).argmin()])


def apply_lag(reference: Waveform, estimate: Waveform, lag: int) -> tuple[Waveform, Waveform]:
    """[T], [T] -> both [T - |lag|]: what the two have in common once the estimate is moved to `lag` samples earlier.

    Nothing is filled in, since samples that no codec made would be scored as its errors.

    >>> apply_lag(np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0]), lag=1)
    (array([1., 2.]), array([1., 2.]))
    """
    common = len(reference) - abs(lag)
    if lag >= 0:
        return reference[:common], estimate[lag:]
    return reference[-lag:], estimate[:common]


def aligned(metric: ClipMetric) -> ClipMetric:
    """The same metric after the tokenizer's lag is taken out."""
    return replace(
        metric,
        name=metric.name + ALIGNED,
        title=f"{metric.title}, delay-aligned",
        short=f"{metric.short or metric.title.partition(' (')[0]} aligned",
        explanation=f"{metric.title} after one constant delay per tokenizer is removed, so that a shift does not "
        "count as distortion.",
        aligned=True,
        headline=None,
    )
