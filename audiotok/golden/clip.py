"""The clip of the golden codes, made at a tokenizer's own rate: nothing is downloaded, licensed or resampled.

Two seconds of a voice that glides through vowels between bursts of noise, so that codes change from frame to frame.
Samples are rounded to 16 bits: where a library's sine differs in its last digit, they are the same all the same.
"""

from __future__ import annotations

import hashlib

import numpy as np
import torch
from torch import Tensor

SECONDS = 2
_PEAK = 16384  # half of full scale
_HARMONICS = 40


def golden_clip(sample_rate: int, channels: int = 1) -> Tensor:
    """[C, T] float32; further channels are the first, later and softer."""
    t = np.arange(SECONDS * sample_rate) / sample_rate
    pitch = 130 + 40 * np.sin(2 * np.pi * 0.9 * t)  # Hz
    phase = 2 * np.pi * 130 * t - 40 / 0.9 * np.cos(2 * np.pi * 0.9 * t)
    formants = (  # (Hz, width in Hz, gain)
        (500 + 250 * np.sin(2 * np.pi * 1.3 * t), 120, 1.0),
        (1500 + 700 * np.sin(2 * np.pi * 2.1 * t + 1), 200, 0.5),
        (2700 + 300 * np.sin(2 * np.pi * 0.7 * t), 300, 0.25),
    )
    voice = np.zeros(len(t))
    for harmonic in range(1, _HARMONICS + 1):
        frequency = harmonic * pitch
        gain = sum(level * np.exp(-(((frequency - centre) / width) ** 2)) for centre, width, level in formants)
        voice += np.where(frequency < 0.45 * sample_rate, 0.02 + gain, 0) * np.sin(harmonic * phase)
    # RandomState's stream is frozen (NumPy's NEP 19).
    noise = np.random.RandomState(0).randint(-32768, 32768, len(t)) / 32768
    swell = np.sin(2 * np.pi * 1.5 * t)
    mixed = voice * np.clip(swell, 0, 1) + (0.3 * np.diff(noise, prepend=0)) * np.clip(-swell, 0, 1) + 0.002 * noise
    first = np.rint(_PEAK * mixed / np.abs(mixed).max())
    rows = [np.rint(np.roll(first, 20 * channel) * 0.8**channel) for channel in range(channels)]
    return torch.from_numpy(np.stack(rows).astype(np.float32) / 32768)


def clip_sha256(clip: Tensor) -> str:
    """sha256 of the 16-bit samples."""
    return hashlib.sha256((clip * 32768).round().to(torch.int16).numpy().astype("<i2").tobytes()).hexdigest()
