"""Clips are read by other processes as they are read here, in the order asked for."""

import os
import signal
from dataclasses import replace

import pytest
import torch
from torch.multiprocessing import active_children

from audiotok import data
from audiotok.data import Manifest
from audiotok.errors import MachineTrouble
from audiotok.store.readers import Batch, read_ahead


def planned(clips: Manifest) -> list[Batch]:
    return [Batch(list(clips)[:2], last=False), Batch([], last=False), Batch(list(clips)[2:], last=True)]


@pytest.mark.parametrize("processes", [0, 2])
def test_batches_come_resampled_collated_and_in_order(vowels: Manifest, processes: int) -> None:
    found = list(read_ahead(planned(vowels), vowels.root, 8000, processes))
    assert [(read.batch, read.clips) for read in found] == [(batch, batch.clips) for batch in planned(vowels)]
    assert found[1].audio is None
    for read in (found[0], found[2]):
        for i, clip in enumerate(read.clips):
            assert torch.equal(read.audio[i].waveform, data.read(clip, vowels.root).resample(8000).waveform)


def test_a_clip_that_cannot_be_read_is_left_out_with_its_reason(vowels: Manifest) -> None:
    (vowels.root / vowels.clips[1].path).unlink()
    first = next(read_ahead(planned(vowels), vowels.root, None, 1))
    assert first.clips == [vowels.clips[0]]
    assert "is not there" in first.failures[vowels.clips[1].id]


def test_a_folder_without_rights_is_the_machines_trouble(vowels: Manifest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(clip, root):  # type: ignore[no-untyped-def]
        raise PermissionError("not yours")

    monkeypatch.setattr(data, "samples", refused)
    with pytest.raises(PermissionError, match="not yours"):
        list(read_ahead(planned(vowels), vowels.root, None, 0))


def test_no_more_is_planned_than_is_read_ahead(vowels: Manifest) -> None:
    drawn = []

    def endless():  # type: ignore[no-untyped-def]
        while True:
            drawn.append(1)
            yield Batch([vowels.clips[0]], last=False)

    reading = read_ahead(endless(), vowels.root, None, 0)
    for taken in range(1, 6):
        next(reading)
        assert len(drawn) <= taken + 3
    reading.close()


def test_a_killed_reader_is_the_machines_trouble(vowels: Manifest) -> None:
    many = [Batch([replace(vowels.clips[0])], last=False)] * 50
    others = {process.pid for process in active_children()}  # of tests before
    reading = read_ahead(many, vowels.root, None, 1)
    next(reading)
    (reader,) = (process for process in active_children() if process.pid not in others)
    os.kill(reader.pid, signal.SIGKILL)
    with pytest.raises(MachineTrouble, match="a process that reads clips ended"):
        list(reading)
