"""Checks of samples and sample rates, whatever they come from."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from audiotok.errors import InvalidAudio

#: Float samples beyond this (24 dB over full scale) are integers stored as floats, not loud audio.
LARGEST_FLOAT = 16.0


def checked_rate(sample_rate: object) -> int:
    """As an int: NumPy's integers are accepted. Raises InvalidAudio."""
    if isinstance(sample_rate, (int, np.integer)) and not isinstance(sample_rate, bool):
        rate = int(sample_rate)
        if 1000 <= rate <= 768000:
            return rate
    raise InvalidAudio(f"sample_rate must be an integer between 1000 and 768000 Hz, got {sample_rate!r}")


def check_finite(samples: Tensor) -> None:
    """Raises InvalidAudio where samples are NaN or infinite."""
    _finite_peak(samples)


def check_samples(samples: Tensor) -> None:
    """Raises InvalidAudio where floats are NaN, infinite, or at the scale of integers."""
    peak = _finite_peak(samples)
    if peak > LARGEST_FLOAT:
        raise InvalidAudio(
            f"float samples reach {peak:.0f}, where full scale is 1.0: divide by the integers' full scale "
            "(32768 for 16 bit), or pass them as int16"
        )


def _finite_peak(samples: Tensor) -> float:
    """The largest absolute sample, 0 where there is none. Raises InvalidAudio where one is NaN or infinite."""
    if not samples.numel():
        return 0.0
    lowest, highest = (float(extreme) for extreme in torch.aminmax(samples.detach()))
    if not (math.isfinite(lowest) and math.isfinite(highest)):  # NaN is both
        count = int((~torch.isfinite(samples)).sum())
        raise InvalidAudio(f"waveform holds {count} values that are NaN or infinite; mend the source file")
    return max(-lowest, highest)
