"""Triangular bands that are straight in HTK's mel scale, as Kaldi, Essentia and VGGish have them.

Those of librosa and torchaudio are straight in Hz. The two differ most in the lowest bands.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def triangles(bands: int, lowest: float, highest: float, fft: int, sample_rate: int) -> NDArray[np.float64]:
    """[fft // 2 + 1, bands] from `lowest` to `highest` Hz, each with a peak of 1 between two bins or on one."""
    low, high = (float(_mel(np.array(hertz))) for hertz in (lowest, highest))
    edges = np.linspace(low, high, bands + 2)
    at = _mel(np.linspace(0, sample_rate / 2, fft // 2 + 1))[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    return np.asarray(np.maximum(0, np.minimum((at - left) / (centre - left), (right - at) / (right - centre))))


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127 * np.log(1 + hertz / 700))
