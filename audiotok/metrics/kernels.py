"""Calls of everything in metrics that numba compiles, for `audiotok.files.numba_cache` to fill its cache with.

A process calls them for nothing else, and waits for no import of torch.
"""

from __future__ import annotations

import numpy as np

from audiotok.metrics.dependencies import needs
from audiotok.metrics.pyin import pyin


def call_librosa() -> None:
    """Everything of librosa that metrics call, and what speechmos calls of it, in both precisions."""
    librosa, tone = needs("librosa"), _tone()
    for signal in (tone, tone.astype(np.float64)):
        librosa.power_to_db(librosa.feature.melspectrogram(y=signal, sr=16000, n_fft=400, hop_length=160), ref=np.max)


def call_pyin() -> None:
    """Both kernels of pYIN."""
    pyin(_tone(), 16000, 65.0, 500.0, 1024, 256)


def call_visqol() -> None:
    """The kernels of ViSQOL's spectrogram and of its search."""
    tone = _tone().astype(np.float64)
    needs("audiotok.metrics._gammatone").spectrogram(tone, np.hanning(64), np.ones((10, 2)), 16, 40)
    patches, degraded = np.ones((2, 4, 3)), np.ones((4, 9))
    needs("audiotok.metrics._nsim").search(patches, degraded, np.array([0, 3]), 2, np.ones((3, 3)), 1e-4, 1e-3)


def _tone() -> np.ndarray:
    """Three seconds of a swelling harmonic tone at 16 kHz."""
    time = np.arange(3 * 16000) / 16000
    tone = sum(np.sin(2 * np.pi * 150 * k * time) / k for k in range(1, 12))
    return np.asarray(0.1 * tone * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time)), dtype=np.float32)
