"""The mel spectrogram of `librosa.feature.melspectrogram`, to the same bits.

Importing librosa's spectra has numba compile what they never call, for half a minute of a machine's first run; its mel
filters need none of it.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from audiotok.metrics.analysis import Waveform
from audiotok.metrics.dependencies import needs


def mel_power(waveform: Waveform, sample_rate: int, window: int, hop: int, mels: int) -> NDArray[np.float32]:
    """[T] -> [mels, 1 + T // hop], power in Slaney's mel bands of unit area, of Hann windows of `window` samples."""
    from scipy.signal import get_window

    frames = sliding_window_view(np.pad(waveform, window // 2), window)[::hop].T
    hann = get_window("hann", window, fftbins=True)[:, None]
    power = np.abs(np.fft.rfft(hann * frames, axis=0).astype(np.complex64)) ** 2
    filters = needs("librosa.filters").mel(sr=sample_rate, n_fft=window, n_mels=mels)
    return np.asarray(np.einsum("ft,mf->mt", power, filters, optimize=True))
