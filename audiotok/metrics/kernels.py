"""Calls of everything in metrics that numba compiles, for `audiotok.files.numba_cache` to fill its cache with."""

from __future__ import annotations

import numpy as np

from audiotok.metrics.dependencies import needs
from audiotok.metrics.f0 import f0_track
from audiotok.metrics.visqol import visqol_audio, visqol_speech


def call_librosa() -> None:
    """Everything of librosa that metrics call, and what speechmos calls of it, in both precisions."""
    librosa, tone = needs("librosa"), _tone(16000)
    for signal in (tone, tone.astype(np.float64)):
        librosa.power_to_db(librosa.feature.melspectrogram(y=signal, sr=16000, n_fft=400, hop_length=160), ref=np.max)


def call_pyin() -> None:
    """Both kernels of pYIN."""
    f0_track(_tone(16000), 16000)


def call_visqol() -> None:
    """Both modes of ViSQOL."""
    for measure, rate in ((visqol_speech, 16000), (visqol_audio, 48000)):
        tone = _tone(rate)
        measure(tone, tone + np.float32(0.01) * np.roll(tone, 3), rate)


def _tone(rate: int) -> np.ndarray:
    """Three seconds of a swelling harmonic tone."""
    time = np.arange(3 * rate) / rate
    tone = sum(np.sin(2 * np.pi * 150 * k * time) / k for k in range(1, 12))
    return np.asarray(0.1 * tone * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time)), dtype=np.float32)
