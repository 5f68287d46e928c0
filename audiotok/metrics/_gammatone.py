"""ViSQOL's gammatone spectrogram, compiled with Numba for the vector units of a CPU.

The package's kernel filters one frame after another, and waits in each for the last sample; here 32 frames go side by
side. Every frame has the same operations in the same order, so that the spectrogram has the same bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

LANES = 32  # frames side by side; with 16 LLVM unrolls the loop over them, and finds no vectors

Floats = NDArray[np.float64]


def spectrogram(signal: Floats, window: Floats, filters: Floats, hop: Any, frames: Any) -> Floats:
    """[T], [size], [10, bands] as `visqol.gammatone.make_erb_filters` gives them -> [bands, frames], root mean squares.

    A frame is windowed and goes through four second-order filters that begin at rest. Their third numerators are 0.
    """
    out = np.empty((filters.shape[1], frames))
    _filter(signal, window, filters, hop, np.zeros((len(window), LANES)), np.empty((9, LANES)), out)
    return out


# Arrays come from outside: numba takes a second and more to compile what allocates them.
@njit(cache=True, nogil=True, error_model="numpy")
def _filter(
    signal: Floats, window: Floats, filters: Floats, hop: Any, x: Floats, state: Floats, out: Floats
) -> None:  # fmt: skip
    """`x` [size, LANES], zeros, and `state` [9, LANES], two of each filter and the energy, are written over."""
    size, frames = len(window), out.shape[1]
    for first in range(0, frames, LANES):
        there = min(LANES, frames - first)
        for k in range(size):
            for lane in range(there):
                x[k, lane] = signal[(first + lane) * hop + k] * window[k]
        for band in range(out.shape[0]):
            b0, a1, a2, gain = filters[0, band], filters[7, band], filters[8, band], filters[9, band]
            b01, b11, b21, b31 = filters[1, band] / gain, filters[2, band], filters[3, band], filters[4, band]
            b00 = b0 / gain
            for i in range(9):
                for lane in range(LANES):
                    state[i, lane] = 0.0
            for k in range(size):
                for lane in range(LANES):
                    y0 = b00 * x[k, lane] + state[0, lane]
                    state[0, lane] = b01 * x[k, lane] - a1 * y0 + state[1, lane]
                    state[1, lane] = -a2 * y0
                    y1 = b0 * y0 + state[2, lane]
                    state[2, lane] = b11 * y0 - a1 * y1 + state[3, lane]
                    state[3, lane] = -a2 * y1
                    y2 = b0 * y1 + state[4, lane]
                    state[4, lane] = b21 * y1 - a1 * y2 + state[5, lane]
                    state[5, lane] = -a2 * y2
                    y3 = b0 * y2 + state[6, lane]
                    state[6, lane] = b31 * y2 - a1 * y3 + state[7, lane]
                    state[7, lane] = -a2 * y3
                    state[8, lane] += y3 * y3
            for lane in range(there):
                out[band, first + lane] = np.sqrt(state[8, lane] / size)
