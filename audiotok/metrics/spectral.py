"""Mel and STFT distance: how far the magnitude spectra are apart, phase left aside.

Conventions: waveforms [T]; lower is better, 0 is identical; the values hold for the rate at which they were computed
(speech at 16 kHz and music at 44.1 kHz do not compare); silence is an ordinary spectrum (magnitudes are floored at
1e-5); undefined where a clip is too short for the longest window's reflected edge (1025 samples). A change of polarity
costs nothing, a gain does.

- Mel distance: Σ over seven scales of the mean |log10 M(reference) - log10 M(estimate)|, M the magnitude mel spectrum
  of 5, 10, 20, 40, 80, 160, 320 bands (Slaney's scale and area normalisation, 0 Hz to half the rate) from Hann windows
  of 32, 64, … 2048 samples, hop a quarter.
- STFT distance: Σ over windows of 2048 and 512 of the mean |log10 S² difference| plus the mean |S difference|, S the
  magnitudes; floored before they are squared.

Source: Kumar et al., "High-Fidelity Audio Compression with Improved RVQGAN", 2023, by the loss classes in
descript-audio-codec's dac/nn/loss.py with the settings of its conf/base.yml. Equal to the same classes of
descript-audiotools 0.7.2 to 1e-6; its pinned requirements keep that package out of the tests.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from audiotok.errors import MetricUndefined
from audiotok.metrics.alignment import aligned
from audiotok.metrics.analysis import WAVEFORM, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.pairs import score_pair
from audiotok.metrics.pairs import validate as validate_pair

MEL_SCALES = ((32, 5), (64, 10), (128, 20), (256, 40), (512, 80), (1024, 160), (2048, 320))  # window, bands
STFT_WINDOWS = (2048, 512)
FLOOR = 1e-5
_LOG_STEP = float(np.log(6.4)) / 27


def validate(reference: Waveform, estimate: Waveform) -> None:
    """Raises InvalidAudio, and MetricUndefined where the pair is too short."""
    validate_pair(reference, estimate)
    if len(reference) <= 1024:
        raise MetricUndefined(f"{len(reference)} samples are too short for a window of 2048: at least 1025 are needed")


def mel_distance(reference: Waveform, estimate: Waveform, sample_rate: int) -> float:
    """[T], [T] -> Σ over scales of a mean |log10 ratio|. Raises MetricUndefined where the pair is too short."""
    validate(reference, estimate)
    total = 0.0
    for window, bands in MEL_SCALES:
        ours, theirs = (log_mel(torch.from_numpy(x), sample_rate, window, bands) for x in (reference, estimate))
        total += float((ours - theirs).abs().mean())
    return total


def stft_distance(reference: Waveform, estimate: Waveform, sample_rate: int = 0) -> float:
    """[T], [T] -> Σ over windows; the rate does not matter. Raises MetricUndefined where the pair is too short."""
    validate(reference, estimate)
    total = 0.0
    for window in STFT_WINDOWS:
        ours, theirs = (magnitude(torch.from_numpy(x), window) for x in (reference, estimate))
        logs = (ours.clamp(min=FLOOR) / theirs.clamp(min=FLOOR)).square().log10()
        total += float(logs.abs().mean() + (ours - theirs).abs().mean())
    return total


def log_mel(waveform: Tensor, sample_rate: int, window: int, bands: int) -> Tensor:
    """[T] -> [bands, frames] log10 of the magnitude mel spectrum, floored."""
    return (mel_filters(sample_rate, window, bands) @ magnitude(waveform, window)).clamp(min=FLOOR).log10()


def magnitude(waveform: Tensor, window: int) -> Tensor:
    """[T] -> [window / 2 + 1, frames], centred frames, reflected edges, hop a quarter of the window."""
    hann = torch.hann_window(window)
    return torch.stft(waveform.float(), window, window // 4, window=hann, center=True, return_complex=True).abs()


@cache
def mel_filters(sample_rate: int, window: int, bands: int) -> Tensor:
    """[bands, window / 2 + 1]: triangles of equal area, equally wide on Slaney's mel scale, equal to `librosa`'s.

    At the short windows some bands lie between two bins and stay empty: so in DAC's repository.
    """
    bins = np.fft.rfftfreq(window, 1 / sample_rate)
    edges = _hertz(np.linspace(0, _mel(sample_rate / 2), bands + 2))
    distances = np.subtract.outer(edges, bins)
    widths = np.diff(edges)[:, None]
    rising, falling = -distances[:-2] / widths[:-1], distances[2:] / widths[1:]
    triangles = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    triangles *= (2.0 / (edges[2:] - edges[:-2]))[:, None]
    return torch.from_numpy(triangles)


def _mel(hertz: float) -> float:
    """Slaney's scale (Auditory Toolbox): 3 mel per 200 Hz up to 1 kHz, above it 27 mel per factor 6.4."""
    return 3 * hertz / 200 if hertz < 1000 else 15 + float(np.log(hertz / 1000)) / _LOG_STEP


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < 15, 200 / 3 * mel, 1000 * np.exp(_LOG_STEP * (mel - 15)))


_MEL = ClipMetric(
    name="mel_distance",
    version=1,
    title="Mel distance",
    explanation="Sum of the mean differences of log-mel spectra at seven window lengths; 0 means identical. It "
    "measures spectral detail and ignores phase.",
    question="signal",
    reference="dac",
    unit="",
    direction="lower",
    range=(0.0, float("inf")),
    domains=("speech", "music", "audio"),
    analysis=WAVEFORM,
    score=partial(score_pair, mel_distance),
    full_reference=True,
    headline=80,
    tolerance=1e-3,
)
_STFT = replace(
    _MEL,
    name="stft_distance",
    title="STFT distance",
    explanation="Sum of the mean differences of linear and logarithmic spectrograms at two window lengths; 0 means "
    "identical.",
    score=partial(score_pair, stft_distance),
    headline=None,
)
METRICS: tuple[ClipMetric, ...] = (_MEL, _STFT, aligned(_MEL), aligned(_STFT))
