"""Reading ahead: batches of clips decoded, resampled and collated while the tokenizer works on those before them.

Without processes of their own, clips are read by a thread, which is enough for a tokenizer on a CPU. Processes are a
`DataLoader`'s: each holds two batches ready at most, and batches come in the order in which they were asked for.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from audiotok import data
from audiotok.core.audio import Audio, resample_clip
from audiotok.data.manifest import Clip
from audiotok.errors import WRONG_FILE, InvalidAudio, InvalidData, MachineTrouble, reason
from audiotok.runs.processes import adopt, begin, context

_AHEAD = 2  # batches that a process, or the thread, holds ready


@dataclass(frozen=True)
class Batch:
    """Clips of one shard and about one length."""

    clips: list[Clip]
    last: bool  # of its shard


@dataclass(frozen=True)
class Read:
    """A batch as it was read."""

    batch: Batch
    clips: list[Clip] = field(default_factory=list)  # those that could be read
    waveform: Tensor | None = None  # [B, 1, T], of these
    lengths: list[int] = field(default_factory=list)  # no tensor: each that is handed over takes a connection
    sample_rate: int = 0
    failures: dict[str, str] = field(default_factory=dict)  # clip -> why it could not
    trouble: Exception | None = None  # of the machine

    @cached_property
    def audio(self) -> Audio | None:
        """The batch of those that could be read."""
        if self.waveform is None:
            return None
        return Audio(self.waveform, torch.tensor(self.lengths, device="cpu"), self.sample_rate)

    def pin_memory(self) -> Read:
        """For a copy to the GPU that need not wait; called by DataLoader."""
        return self if self.waveform is None else replace(self, waveform=self.waveform.pin_memory())


def read_ahead(
    batches: Iterable[Batch], root: Path | None, sample_rate: int | None, processes: int, *, pin_memory: bool = False
) -> Iterator[Read]:
    """Every batch as it is read, in order; `batches` is drawn from as far as is read ahead.

    `sample_rate`: what clips are resampled to, None for their own. Raises what the machine is to blame for, and
    MachineTrouble where a process is killed.
    """
    reading = _Reading(root, sample_rate)
    found = _by_processes(reading, batches, processes, pin_memory) if processes else _by_thread(reading, batches)
    for read in found:
        if read.trouble:
            raise read.trouble
        yield read


class _Reading(Dataset[Read]):
    """A data set for DataLoader, in which a batch is its own index."""

    def __init__(self, root: Path | None, sample_rate: int | None) -> None:
        self._root, self._sample_rate = root, sample_rate

    def __getitem__(self, batch: Batch) -> Read:
        clips, waveforms, failures, rate = [], [], {}, 0
        try:
            for clip in batch.clips:
                try:
                    waveform = data.samples(clip, self._root)
                    waveform = resample_clip(waveform, clip.sample_rate, self._sample_rate or clip.sample_rate)
                except (InvalidAudio, InvalidData, *WRONG_FILE) as error:
                    failures[clip.id] = reason(error)
                else:
                    clips.append(clip)
                    waveforms.append(waveform)
                    rate = self._sample_rate or clip.sample_rate
            if not clips:
                return Read(batch, failures=failures)
            audio = Audio.from_clips(waveforms, rate)
            return Read(batch, clips, audio.waveform, audio.lengths.tolist(), rate, failures)
        except (OSError, MemoryError) as error:  # raised again by whoever takes the batch
            return Read(batch, trouble=error)


def _by_thread(reading: _Reading, batches: Iterable[Batch]) -> Iterator[Read]:
    coming: deque[Future[Read]] = deque()
    with ThreadPoolExecutor(1) as thread:
        for batch in batches:
            coming.append(thread.submit(reading.__getitem__, batch))
            if len(coming) > _AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def _by_processes(reading: _Reading, batches: Iterable[Batch], processes: int, pin_memory: bool) -> Iterator[Read]:
    sampler: Any = batches  # DataLoader asks for no more than an iterable
    begin()
    loader = DataLoader(
        reading,
        sampler=sampler,
        batch_size=None,
        num_workers=processes,
        prefetch_factor=_AHEAD,
        collate_fn=_as_it_is,  # of no batch size, it is given what the data set gives
        pin_memory=pin_memory,
        multiprocessing_context=context(),  # a fork of this process would inherit its threads and GPU
        worker_init_fn=partial(_adopt, dict(os.environ)),
    )
    try:
        yield from loader
    except (RuntimeError, EOFError, OSError) as error:  # what reading raises in the process comes as `trouble`
        if isinstance(error, RuntimeError) and "DataLoader worker" not in str(error):
            raise
        raise MachineTrouble(
            f"a process that reads clips ended: {reason(error)}; run the same command again"
        ) from error


def _adopt(environment: Mapping[str, str], number: int) -> None:
    adopt(environment)


def _as_it_is(read: Any) -> Any:
    return read
