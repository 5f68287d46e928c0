"""Batches as large as memory allows: how much audio is tried, and what is done where memory runs out.

Codes of a clip are the same in every batch (audiotok.core.batching), so that sizes may differ from machine to machine.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.runs.batches import BATCH_SECONDS

_PROBE_SECONDS = 10.0  # of each of two clips
_SHARE = 0.7  # of the free memory: what a model needs grows a little faster than its batch where fragments are left
_MOST = 3600.0  # beyond an hour in a batch nothing is gained, and two of them are held ready


def batch_seconds(tokenizer: Tokenizer) -> float:
    """Audio for a batch, in seconds: on a GPU what fits into the memory that is free now, by what 20 s of noise take.

    Elsewhere 60 s, since larger batches gain nothing there.
    """
    if tokenizer.device.type != "cuda":
        return BATCH_SECONDS
    torch.cuda.empty_cache()
    samples = round(_PROBE_SECONDS * tokenizer.spec.sample_rate)
    noise = 0.1 * torch.randn(2, tokenizer.spec.channels, samples, generator=torch.Generator().manual_seed(0))
    torch.cuda.reset_peak_memory_stats(tokenizer.device)
    before = torch.cuda.memory_allocated(tokenizer.device)
    tokenizer.encode(noise, tokenizer.spec.sample_rate)
    taken = torch.cuda.max_memory_allocated(tokenizer.device) - before
    free, _ = torch.cuda.mem_get_info(tokenizer.device)
    return fitting(free, taken / (2 * _PROBE_SECONDS))


def fitting(free: float, per_second: float) -> float:
    """Seconds of audio that are tried where `free` bytes are left and a second takes `per_second` bytes.

    >>> fitting(60e9, 100e6), fitting(1e9, 100e6), fitting(60e9, 1e6)
    (420.0, 60.0, 3600.0)
    """
    return min(_MOST, max(BATCH_SECONDS, _SHARE * free / max(per_second, 1.0)))


class Backoff:
    """A batch for which memory runs out is halved until it fits, and none after it is larger than what did."""

    def __init__(self) -> None:
        self._fitted = 0  # samples of a batch, padding included
        self._most = math.inf

    def encode(self, encode: Callable[[Audio], Tokens], audio: Audio) -> list[Tokens]:
        """Tokens of each clip, on the CPU. Raises what `encode` raises, memory that one clip alone exhausts too."""
        size = audio.waveform.shape[0] * audio.waveform.shape[2]
        if len(audio) == 1 or size <= self._most:
            try:
                tokens = encode(audio).to("cpu")
                self._fitted = max(self._fitted, size)
                return [tokens[i] for i in range(len(audio))]
            except Exception as error:  # whose frames hold what fills the memory, until the clause has ended
                if len(audio) == 1 or not is_memory(error):
                    raise
                self._most = max(self._fitted, size // 2)
            torch.cuda.empty_cache()  # nothing where there is no GPU
        clips, half = audio.clips(), len(audio) // 2
        parts = (Audio.from_clips(some, audio.sample_rate) for some in (clips[:half], clips[half:]))
        return [tokens for part in parts for tokens in self.encode(encode, part)]


def is_memory(error: Exception) -> bool:
    """Whether memory ran out, of the CPU or of a GPU."""
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "DefaultCPUAllocator" in str(error)
