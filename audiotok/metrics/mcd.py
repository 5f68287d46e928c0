"""Mel-cepstral distortion: how far apart the spectral envelopes are, timing left aside.

Conventions: 16 kHz speech; dB; lower is better, 0 is identical; a mean over the frames of the warping path. WORLD's
envelope (Harvest from 40 to 800 Hz, CheapTrick of 1024 samples, every 5 ms) of what a filter leaves above 70 Hz becomes
40 mel cepstra with a warping of 0.466; frames 20 dB below the mean power are left out, and both sequences are aligned
by dynamic time warping. The zeroth cepstrum counts, so that a gain does. Papers differ in every one of these: values
are compared within one signature only. Undefined: silence, and less than 0.1 s.

MCD = mean over pairs of 10 / ln 10 · sqrt(2 Σ (reference - estimate)²)

Source: Kubichek, "Mel-cepstral distance measure for objective speech quality assessment", 1993; choices and constants
are VERSA's (`mcd`, with warping), from which it differs in that the path is the cheapest, not fastdtw's approximation:
up to 2% less, nothing where no time was warped.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from audiotok.data.manifest import Clip
from audiotok.errors import MetricUndefined
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, validate
from audiotok.metrics.outcomes import ClipScore

MIN_SECONDS = 0.1
ORDER, ALPHA = 39, 0.466
FRAME_MS, FFT = 5.0, 1024
F0_HZ = (40.0, 800.0)
CUT_HZ, TAPS = 70, 255
QUIET_DB = -20.0  # below the mean power of the clip's frames

Cepstra = NDArray[np.float64]  # [frames, 40]


def mel_cepstra(waveform: Waveform, sample_rate: int) -> Cepstra:
    """[T] -> those of the frames that are not quiet. Raises MetricUndefined."""
    from scipy.signal import firwin, lfilter

    validate(waveform, sample_rate, MIN_SECONDS)
    world = needs("pyworld", extra="mcd")
    low_cut = firwin(TAPS, CUT_HZ / (sample_rate // 2), pass_zero=False)
    signal = lfilter(low_cut, 1, (waveform.astype(np.float32) * 32767).astype(np.float64))
    f0, times = world.harvest(signal, sample_rate, f0_floor=F0_HZ[0], f0_ceil=F0_HZ[1], frame_period=FRAME_MS)
    envelope = world.cheaptrick(signal, f0, times, sample_rate, fft_size=FFT)  # [frames, 513], power
    power = (envelope[:, 0] + envelope[:, -1] + 2 * envelope[:, 1:-1].sum(axis=1)) / FFT
    loud = 10 * np.log10(power / power.mean()) > QUIET_DB
    if not loud.any():
        raise MetricUndefined("no frame is louder than the mean of its clip less 20 dB")
    return to_mel_cepstra(envelope[loud])


def to_mel_cepstra(power: NDArray[np.float64]) -> Cepstra:
    """[frames, 1 + FFT / 2], power -> [frames, 40]; SPTK's `sp2mc`."""
    cepstra = np.fft.irfft(np.log(power))[:, : power.shape[1]]
    cepstra[:, 0] /= 2
    return np.asarray(cepstra @ _warping(power.shape[1]))


@cache
def _warping(size: int) -> NDArray[np.float64]:
    """[size, 40]: SPTK's `freqt`, a linear map of cepstra."""
    warped = np.zeros((size, ORDER + 1))
    for place in range(size - 1, -1, -1):
        before, warped = warped, np.empty_like(warped)
        warped[:, 0] = ALPHA * before[:, 0]
        warped[place, 0] += 1
        warped[:, 1] = (1 - ALPHA**2) * before[:, 0] + ALPHA * before[:, 1]
        for j in range(2, ORDER + 1):
            warped[:, j] = before[:, j - 1] + ALPHA * (before[:, j] - warped[:, j - 1])
    return warped


def warping_path(reference: Cepstra, estimate: Cepstra) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """[n, D], [m, D] -> the frames of each that the cheapest path pairs, from first to last; a pair costs its distance.

    >>> warping_path(np.array([[0.0], [2.0]]), np.array([[0.0], [2.0], [2.0]]))
    (array([0, 1, 1]), array([0, 1, 2]))
    """
    n, m = len(reference), len(estimate)
    steps = np.zeros((n, m), np.uint8)  # which of _STEPS leads here
    before = last = np.full(n + 1, np.inf)  # costs of the two diagonals before, that of frame i at i + 1
    for diagonal in range(n + m - 1):
        i = np.arange(max(0, diagonal - m + 1), min(n, diagonal + 1))
        distance = np.linalg.norm(reference[i] - estimate[diagonal - i], axis=1)
        ways = np.stack([before[i], last[i], last[i + 1]])  # both on, the reference, the estimate
        cheapest = ways.argmin(axis=0)
        steps[i, diagonal - i] = cheapest
        now = np.full(n + 1, np.inf)
        now[i + 1] = distance + (ways[cheapest, np.arange(len(i))] if diagonal else 0)
        before, last = last, now
    at = (n - 1, m - 1)
    path = [at]
    while at != (0, 0):
        step = _STEPS[steps[at]]
        at = (at[0] - step[0], at[1] - step[1])
        path.append(at)
    rows, columns = zip(*reversed(path), strict=True)
    return np.array(rows), np.array(columns)


_STEPS = ((1, 1), (1, 0), (0, 1))


def mel_cepstral_distortion(reference: Cepstra, estimate: Cepstra) -> float:
    """[frames, 40], [frames', 40] -> dB."""
    rows, columns = warping_path(reference, estimate)
    distance = np.linalg.norm(reference[rows] - estimate[columns], axis=1)
    return float(10 / np.log(10) * np.sqrt(2) * distance.mean())


def _analyse(waveform: Waveform, sample_rate: int, clip: Clip, model: None) -> Features:
    return {"mel_cepstra": mel_cepstra(waveform, sample_rate)}


def _score(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    return ClipScore(mel_cepstral_distortion(reference["mel_cepstra"], estimate["mel_cepstra"]))


METRICS: tuple[ClipMetric, ...] = (
    ClipMetric(
        name="mcd",
        version=1,
        title="Mel-cepstral distortion",
        explanation="Distance between the spectral envelopes (mel cepstra) after dynamic time warping, as reported in "
        "papers on speech synthesis; 0 means identical.",
        question="signal",
        reference="mcd",
        unit="dB",
        direction="lower",
        range=(0.0, float("inf")),
        domains=("speech",),
        analysis=Analysis(
            *("world-mel-cepstra", 1, _analyse), sample_rate=SAMPLE_RATE, packages=("pyworld-prebuilt", "scipy")
        ),
        score=_score,
        full_reference=True,
        tolerance=0.01,  # Harvest may find another pitch where a sample is rounded otherwise
    ),
)
