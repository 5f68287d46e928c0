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


@njit(cache=True, nogil=True, error_model="numpy")
def spectrogram(signal: Floats, window: Floats, filters: Floats, hop: Any, frames: Any) -> Floats:
    """[T], [size], [10, bands] as `visqol.gammatone.make_erb_filters` gives them -> [bands, frames], root mean squares.

    A frame is windowed and goes through four second-order filters that begin at rest. Their third numerators are 0.
    """
    size, bands = len(window), filters.shape[1]
    out = np.empty((bands, frames))
    x = np.zeros((size, LANES))
    # The two states of each filter, and the energy.
    p0, q0, p1, q1 = np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES)
    p2, q2, p3, q3 = np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES)
    energy = np.empty(LANES)
    for first in range(0, frames, LANES):
        there = min(LANES, frames - first)
        for k in range(size):
            for lane in range(there):
                x[k, lane] = signal[(first + lane) * hop + k] * window[k]
        for band in range(bands):
            b0, a1, a2, gain = filters[0, band], filters[7, band], filters[8, band], filters[9, band]
            b01, b11, b21, b31 = filters[1, band] / gain, filters[2, band], filters[3, band], filters[4, band]
            b00 = b0 / gain
            for state in (p0, q0, p1, q1, p2, q2, p3, q3, energy):
                state[:] = 0.0
            for k in range(size):
                for lane in range(LANES):
                    y0 = b00 * x[k, lane] + p0[lane]
                    p0[lane] = b01 * x[k, lane] - a1 * y0 + q0[lane]
                    q0[lane] = -a2 * y0
                    y1 = b0 * y0 + p1[lane]
                    p1[lane] = b11 * y0 - a1 * y1 + q1[lane]
                    q1[lane] = -a2 * y1
                    y2 = b0 * y1 + p2[lane]
                    p2[lane] = b21 * y1 - a1 * y2 + q2[lane]
                    q2[lane] = -a2 * y2
                    y3 = b0 * y2 + p3[lane]
                    p3[lane] = b31 * y2 - a1 * y3 + q3[lane]
                    q3[lane] = -a2 * y3
                    energy[lane] += y3 * y3
            for lane in range(there):
                out[band, first + lane] = np.sqrt(energy[lane] / size)
    return out
