"""Log-spectral distance: how many decibels the power spectra are apart, phase left aside.

Conventions: waveforms [T]; dB; lower is better, 0 is identical; the values hold for the rate at which they were
computed; silence is an ordinary spectrum (magnitudes are floored at 1e-5); undefined where a clip is too short for the
window's reflected edge (1025 samples). A change of polarity costs nothing, a gain of g dB costs |g|.

LSD = mean over frames of the root mean square, over frequencies, of 20 log10 S(reference) - 20 log10 S(estimate); S the
magnitudes of Hann windows of 2048 samples, hop 512. Papers on bandwidth extension leave the factor of decibels out:
their values are a tenth of these.

Source: Gray and Markel, "Distance measures for speech processing", IEEE Trans. ASSP 24, 1976, eq. 4, p = 2.
"""

from __future__ import annotations

from functools import partial

import torch

from audiotok.metrics.analysis import WAVEFORM, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.pairs import score_pair
from audiotok.metrics.spectral import FLOOR, magnitude, validate

WINDOW = 2048


def log_spectral_distance(reference: Waveform, estimate: Waveform, sample_rate: int = 0) -> float:
    """[T], [T] -> dB; the rate does not matter. Raises MetricUndefined where the pair is too short."""
    validate(reference, estimate)
    ours, theirs = (magnitude(torch.from_numpy(x), WINDOW).double().clamp(min=FLOOR) for x in (reference, estimate))
    decibels = 20 * (ours / theirs).log10()  # [bins, frames]
    return float(decibels.square().mean(dim=0).sqrt().mean())


METRICS: tuple[ClipMetric, ...] = (
    ClipMetric(
        name="log_spectral_distance",
        version=1,
        title="Log-spectral distance",
        explanation="Root mean square difference of the spectra in decibels; 0 means identical. All frequencies have "
        "the same weight, however faint, so lost bandwidth has the largest effect.",
        question="signal",
        reference="log_spectral_distance",
        unit="dB",
        direction="lower",
        range=(0.0, float("inf")),
        domains=("speech", "music", "audio"),
        analysis=WAVEFORM,
        score=partial(score_pair, log_spectral_distance),
        full_reference=True,
        tolerance=1e-3,
    ),
)
