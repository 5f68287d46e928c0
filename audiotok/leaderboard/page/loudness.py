"""Playback gains that match the loudness of samples: a louder sound passes for a better one (ITU-R BS.1770, EBU R 128).

Conventions: gains in dB, computed when the page is built, applied when it plays; the recorded files stay as they are.
Loudness is integrated over the whole sample, in LUFS. All samples of a clip are brought to TARGET, and all of them down
alike where one of them would clip, by at most MAX_DOWN: a sample that would still clip is played more quietly than the
others. What is silent, or would need more than MAX_GAIN, gets no gain.
"""

from __future__ import annotations

import importlib.util
import math
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TARGET = -23.0  # LUFS
MAX_GAIN = 40.0  # dB: above it what is brought up is noise
MAX_DOWN = 6.0  # dB: above it one sample would make all others inaudible; our rows' need 4.9
BLOCK = 0.4  # seconds, of the standard's gating blocks


def loudness(waveform: NDArray[np.float64], sample_rate: int) -> float:
    """[T] or [T, C] -> LUFS; -inf for silence. What is shorter than a gating block is repeated to fill one."""
    import pyloudnorm

    size = math.ceil(BLOCK * sample_rate)
    if 0 < len(waveform) < size:
        waveform = np.concatenate([waveform] * math.ceil(size / len(waveform)))[:size]
    if not np.any(waveform):
        return -math.inf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of a sample without a block above the gate, log of 0
        return float(pyloudnorm.Meter(sample_rate, block_size=BLOCK).integrated_loudness(waveform))


def gains(samples: Sequence[Mapping[str, Path]]) -> list[dict[str, float]]:
    """Clip -> file of each entry -> clip -> dB of each entry; no gain for what is silent.

    None at all where pyloudnorm is not installed (`pip install "audiotok[leaderboard]"`): the page then plays samples
    as they are, and says so.
    """
    if importlib.util.find_spec("pyloudnorm") is None:
        return [{} for _ in samples]
    import soundfile

    found: list[dict[str, float]] = [{} for _ in samples]
    peaks: list[dict[str, float]] = [{} for _ in samples]
    for own, peak, files in zip(found, peaks, samples, strict=True):
        for clip, path in files.items():
            waveform, sample_rate = soundfile.read(path, dtype="float64")
            gain = TARGET - loudness(waveform, sample_rate)
            # Without the constant part, which has no loudness.
            swing = float(np.abs(waveform - waveform.mean(axis=0)).max(initial=0.0))
            if swing > 0 and abs(gain) <= MAX_GAIN:
                own[clip] = gain
                peak[clip] = 20 * math.log10(swing) + gain
    for clip in {clip for own in found for clip in own}:
        down = min(MAX_DOWN, max(0.0, *(peak[clip] for peak in peaks if clip in peak), 0.0))
        for own, peak in zip(found, peaks, strict=True):
            if clip in own:
                own[clip] = round(own[clip] - max(down, peak[clip]), 2)
    return found
