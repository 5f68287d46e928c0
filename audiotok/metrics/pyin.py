"""pYIN: the pitch of a voice in every frame, and whether there is one; as `librosa.pyin`, in a tenth of its time.

YIN's difference function has troughs at the periods that a frame may have. Each gets a probability, from a distribution
over the thresholds below which a trough counts; a hidden Markov model whose states are pitches, voiced and unvoiced,
finds the most likely path through them.

Source: Mauch and Dixon, "pYIN: a fundamental frequency estimator using probabilistic threshold distributions", ICASSP
2014; parameters and order of operations of `librosa.pyin` (ISC), whose tracks these are.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from audiotok.metrics.dependencies import needs

if TYPE_CHECKING:
    from audiotok.metrics.analysis import Waveform

THRESHOLDS, BETA = 100, (2, 18)  # the distribution over thresholds from 0 to 1
BOLTZMANN = 2.0  # how much shorter periods are preferred
NO_TROUGH = 0.01  # of a threshold's probability for the lowest trough, where none is below
OCTAVES_PER_SECOND = 35.92  # the fastest that a pitch moves
SWITCH = 0.01  # from voiced to unvoiced, and back
BINS = 10  # pitches in a semitone

Floats = NDArray[np.float64]


def pyin(waveform: Waveform, sample_rate: int, fmin: float, fmax: float, frame: int, hop: int) -> Floats:
    """[T] -> [1 + T // hop] Hz between `fmin` and `fmax`, NaN where unvoiced."""
    from scipy.special import betainc

    kernels = needs("audiotok.metrics._pyin")
    shortest, longest = int(sample_rate / fmax), int(np.ceil(sample_rate / fmin))  # periods, samples
    pitches = int(12 * BINS * np.log2(fmax / fmin)) + 1
    differences = _differences(np.pad(waveform, frame // 2), shortest, longest, frame, hop)
    thresholds = np.linspace(0, 1, THRESHOLDS + 1)
    prior = np.diff(betainc(*BETA, thresholds))
    likely = kernels.candidates(differences, thresholds[1:], prior, BOLTZMANN, NO_TROUGH)
    period, at = np.nonzero(likely)
    f0 = sample_rate / (shortest + period + _shifts(differences)[period, at])
    bins = np.clip(np.round(12 * BINS * np.log2(f0 / fmin)), 0, pitches).astype(int)
    observed = np.zeros((differences.shape[1], 2 * pitches))
    observed[at, bins] = likely[period, at]
    voiced = np.clip(observed[:, :pitches].sum(axis=1, keepdims=True), 0, 1)
    observed[:, pitches:] = (1 - voiced) / pitches
    path = kernels.most_likely_path(
        _log(observed), *_steps(pitches, round(OCTAVES_PER_SECOND * 12 * hop / sample_rate))
    )
    return np.where(path < pitches, fmin * 2 ** (path % pitches / (12 * BINS)), np.nan)


def _differences(padded: Waveform, shortest: int, longest: int, frame: int, hop: int) -> Floats:
    """[T] -> [periods, frames], YIN's cumulative mean normalised difference (its equation 8)."""
    from scipy.fft import next_fast_len

    frames = sliding_window_view(padded, frame)[::hop].T
    size = next_fast_len(2 * frame - 1, real=True)
    spectrum = np.fft.rfft(frames, size, axis=0)
    correlation = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size, axis=0)[: longest + 1]
    energy = np.cumsum(np.square(frames), axis=0)
    energy[0] = 0  # librosa's
    difference = 2 * (correlation[:1] - correlation[1:]) - energy[:longest]
    mean = np.cumsum(difference, axis=0) / np.arange(1, longest + 1)[:, None]
    return np.asarray(difference[shortest - 1 :] / (mean[shortest - 1 :] + np.finfo(mean.dtype).tiny))


def _shifts(differences: Floats) -> Floats:
    """[periods, frames] -> where beside each period the parabola through it and its neighbours has its vertex."""
    before, here, after = (differences[part] for part in (slice(-2), slice(1, -1), slice(2, None)))
    curvature, slope = after + before - 2 * here, (after - before) / 2
    shifts = np.zeros_like(differences)
    np.divide(-slope, curvature, out=shifts[1:-1], where=np.abs(slope) < np.abs(curvature))
    return shifts


@cache
def _steps(pitches: int, semitones: int) -> tuple[Floats, Floats, float, float]:
    """The last four arguments of `most_likely_path`, for a pitch that moves by so many semitones a frame at most."""
    reach = semitones * BINS // 2
    rising = 2 * np.arange(1, reach + 2) / (2 * reach + 2.0)
    window = np.concatenate([rising, rising[-2::-1]])
    local = np.stack(
        [np.pad(window, (i, pitches - 1 - i))[reach : reach + pitches] for i in range(pitches)]
    )  # [from, to]
    local /= local.sum(axis=1, keepdims=True)
    padded = np.pad(local.T, ((0, 0), (reach, reach)))
    band = np.stack([padded[pitch, pitch : pitch + 2 * reach + 1] for pitch in range(pitches)])
    elsewhere, start = _log(np.array([0.0, 1 / (2 * pitches)]))
    stay = 1 - SWITCH
    return _log(stay * band), _log((1 - stay) * band), float(elsewhere), float(start)


def _log(probability: Floats) -> Floats:
    return np.asarray(np.log(probability + np.finfo(np.float64).tiny))
