"""Resampling while the audio is still coming."""

from __future__ import annotations

import numpy as np
import soxr
import torch
from torch import Tensor

from audiotok.core.audio import fit_length, resampled_length
from audiotok.core.samples import checked_rate


class Resampler:
    """`Audio.resample` of one clip in pieces: the pieces joined are what it returns for the whole, to the bit."""

    def __init__(self, old: int, new: int, channels: int) -> None:
        """Raises InvalidAudio where the old rate is impossible."""
        self._old, self._new, self._channels = checked_rate(old), new, channels
        rates = (self._old, new, channels)
        self._stream = soxr.ResampleStream(*rates, dtype="float32", quality="HQ") if self._old != new else None
        self._received = 0
        self._sent = 0

    def push(self, chunk: Tensor) -> Tensor:
        """[C, T] at the old rate -> [C, T'] at the new one, T' may be 0."""
        self._received += chunk.shape[1]
        return chunk if self._stream is None else self._convert(chunk)

    def flush(self) -> Tensor:
        """[C, T'] that was held back, so that the whole has the length that `Audio.resample` gives."""
        if self._stream is None or not self._received:
            return torch.zeros(self._channels, 0, dtype=torch.float32, device="cpu")
        silence = torch.zeros(self._channels, max(0, 64 - self._received), dtype=torch.float32, device="cpu")
        tail = self._convert(silence, last=True)
        before = self._sent - tail.shape[1]
        return fit_length(tail, resampled_length(self._received, self._old, self._new) - before)

    def _convert(self, chunk: Tensor, last: bool = False) -> Tensor:
        if self._stream is None:
            return chunk
        converted = self._stream.resample_chunk(np.ascontiguousarray(chunk.numpy().T), last=last)
        out = torch.from_numpy(converted.reshape(-1, self._channels).T.copy())
        self._sent += out.shape[1]
        return out
