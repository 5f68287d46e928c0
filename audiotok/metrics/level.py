"""The level below which a decoded signal counts as silence.

Conventions: waveforms [..., T] at any one rate, full scale 1; dB of full scale, RMS over the loudest WINDOW_S of any
channel, or over all of it where it is shorter.

Exact zeros say nothing here: codecs decode their own codes of silence to noise, of -59 dB (Codec 2 at 700 bit/s) to
-93 dB (audiotok-rvq) in the loudest 50 ms. The softest of 248 real drum strokes has -44 dB there, but -54 dB over the
whole clip, which is why a short window is taken. A decoder that makes a louder noise of silence is never silent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SILENT = -50.0  # dB of full scale
WINDOW_S = 0.05


def loudest(waveform: NDArray[np.float32], sample_rate: int) -> float:
    """dB of full scale; -inf for zeros and for no sample."""
    if not waveform.size:
        return -np.inf
    window = min(waveform.shape[-1], round(WINDOW_S * sample_rate))
    energy = np.cumsum(np.square(waveform, dtype=np.float64), axis=-1)
    energy = np.concatenate([np.zeros_like(energy[..., :1]), energy], axis=-1)
    power = (energy[..., window:] - energy[..., :-window]).max() / window
    return float(10 * np.log10(power)) if power > 0 else -np.inf


def is_heard(waveform: NDArray[np.float32], sample_rate: int) -> bool:
    """Whether some stretch of it is not below SILENT."""
    return loudest(waveform, sample_rate) >= SILENT
