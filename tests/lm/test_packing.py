"""The loader gives every code once an epoch, and goes on exactly where it was stopped."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from audiotok.errors import InvalidOption
from audiotok.lm.packing import PackedLoader
from audiotok.lm.patterns import Delay, Flatten
from audiotok.lm.sequences import Sequences
from audiotok.lm.vocabulary import END, PAD, START
from audiotok.store import TokenStore


def loader(store: TokenStore, **options: int) -> PackedLoader:
    return PackedLoader(store, Flatten(store.spec), **{"context": 50, "batch_size": 2, "seed": 3, **options})


def test_an_epoch_holds_every_clip_once(small: TokenStore) -> None:
    ids = torch.cat([batch.ids.reshape(-1) for batch in loader(small, epochs=1)])
    ids = ids[ids != PAD]
    ends = (ids == END).nonzero()[:, 0] + 1
    clips = torch.tensor_split(ids, ends[:-1])
    pattern = Flatten(small.spec)
    expected = Counter(tuple(pattern.apply(tokens).ids[0, 0].tolist()) for tokens in small)
    assert Counter(tuple(clip.tolist()) for clip in clips) == expected


def test_it_goes_on_exactly_in_the_middle_of_an_epoch(small: TokenStore) -> None:
    undisturbed = list(islice(loader(small), 30))
    stopped = loader(small)
    list(islice(stopped, 7))
    resumed = loader(small)
    resumed.load_state_dict(stopped.state_dict())
    for expected, found in zip(undisturbed[7:], resumed, strict=False):
        assert equal(expected, found)


def equal(a: Sequences, b: Sequences) -> bool:
    return torch.equal(a.ids, b.ids) and torch.equal(a.fields, b.fields) and torch.equal(a.positions, b.positions)


def test_epochs_have_different_orders(small: TokenStore) -> None:
    long = loader(small, context=8000, batch_size=1, epochs=2)
    row = next(iter(long)).ids[0, 0]
    ends = (row == END).nonzero()[:, 0]
    half = int(ends[len(small) - 1]) + 1
    assert not torch.equal(row[:half], row[half : 2 * half])


@pytest.mark.parametrize("world_size", [2, 3, 4, 5])
def test_processes_share_the_rows_and_get_equal_numbers_of_batches(small: TokenStore, world_size: int) -> None:
    alone = [row for batch in loader(small, epochs=1, batch_size=1) for row in rows(batch)]
    ranks = [list(loader(small, epochs=1, rank=r, world_size=world_size)) for r in range(world_size)]
    assert len({len(batches) for batches in ranks}) == 1
    shared = Counter(row for batches in ranks for batch in batches for row in rows(batch))
    assert set(shared) == set(alone)
    assert sum(shared.values()) - len(alone) < world_size  # repeated, so that no process goes without


def test_no_process_gets_a_batch_of_padding_alone(small: TokenStore) -> None:
    for world_size in range(1, 7):
        for rank in range(world_size):
            for batch in loader(small, epochs=1, rank=rank, world_size=world_size):
                assert batch.lengths[0] > 0


def rows(batch: Sequences) -> list[tuple[int, ...]]:
    return [tuple(ids[0].tolist()) for ids, length in zip(batch.ids, batch.lengths, strict=True) if length]


def test_its_length_is_the_number_of_batches(small: TokenStore) -> None:
    for epochs, context in ((1, 50), (3, 64), (2, 8000)):
        assert len(loader(small, epochs=epochs, context=context)) == len(
            list(loader(small, epochs=epochs, context=context))
        )
    with pytest.raises(TypeError, match="endless"):
        len(loader(small))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_of_a_data_loader_give_the_batches_of_one_process_in_its_order(small: TokenStore, workers: int) -> None:
    alone = list(loader(small, epochs=1, rank=1, world_size=2))
    packed = loader(small, epochs=1, rank=1, world_size=2)
    fed = DataLoader(packed, batch_size=None, num_workers=workers, multiprocessing_context="fork")
    assert len(fed) == len(alone)
    batches = list(fed)
    assert len(batches) == len(alone)
    assert all(equal(a, b) for a, b in zip(alone, batches, strict=True))


def test_workers_go_on_after_the_batches_that_were_used(small: TokenStore) -> None:
    undisturbed = list(islice(loader(small), 12))
    resumed = loader(small)
    resumed.load_state_dict(loader(small).state_dict(batches=5))
    fed = DataLoader(resumed, batch_size=None, num_workers=2, multiprocessing_context="fork")
    for expected, found in zip(undisturbed[5:], fed, strict=False):
        assert equal(expected, found)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("used", [0, 3])
def test_a_second_pass_gives_the_batches_of_the_first(small: TokenStore, workers: int, used: int) -> None:
    packed = loader(small, epochs=1)
    packed.load_state_dict(packed.state_dict(batches=used))
    expected = list(loader(small, epochs=1))[used:]
    fed = DataLoader(packed, None, num_workers=workers, multiprocessing_context="fork" if workers else None)
    next(iter(fed))  # a pass that is left at once
    for _ in range(2):
        found = list(fed)
        assert len(found) == len(expected)
        assert all(equal(a, b) for a, b in zip(expected, found, strict=True))


@pytest.mark.parametrize("workers", [0, 2])
def test_each_epoch_of_a_trainer_has_an_order_of_its_own(small: TokenStore, workers: int) -> None:
    packed = loader(small, epochs=1)
    rows = DataLoader(packed, batch_size=None, num_workers=workers)
    passes = []
    for epoch in range(3):
        packed.set_epoch(epoch)
        passes.append(torch.cat([batch.ids for batch in rows]))
    assert not torch.equal(passes[0], passes[1])
    codes = [sorted(ids[ids != PAD].tolist()) for ids in passes]
    assert codes[0] == codes[1] == codes[2]
    resumed = loader(small, epochs=1)
    packed.set_epoch(1)
    resumed.load_state_dict(packed.state_dict(1))
    with pytest.raises(InvalidOption, match="the state that was loaded is in epoch 1, but the trainer begins epoch 0"):
        resumed.set_epoch(0)
    for epoch, first in ((1, 1), (2, 0)):
        resumed.set_epoch(epoch)
        torch.testing.assert_close(torch.cat([batch.ids for batch in resumed]), passes[epoch][2 * first :])


def test_passes_of_one_epoch_read_what_one_pass_of_several_reads(small: TokenStore) -> None:
    one = loader(small, epochs=1)
    read: list[int] = []
    for epoch in range(2):
        one.set_epoch(epoch)
        read += [id for batch in one for id in batch.ids.flatten().tolist() if id != PAD]
    assert read == [id for batch in loader(small, epochs=2) for id in batch.ids.flatten().tolist() if id != PAD]
    with pytest.raises(InvalidOption, match="epoch must be at least 0, got -1"):
        one.set_epoch(-1)


def test_the_state_is_that_of_the_last_pass(small: TokenStore) -> None:
    packed = loader(small, epochs=1)
    list(packed)
    list(islice(packed, 2))
    assert packed.state_dict()["batch"] == 2


def test_the_default_device_is_not_that_of_the_batches(small: TokenStore) -> None:
    expected = next(iter(loader(small)))
    with torch.device("meta"):
        found = next(iter(loader(small)))
    assert equal(expected, found)
    assert torch.equal(expected.lengths, found.lengths)


def test_positions_begin_anew_with_each_clip(small: TokenStore) -> None:
    batch = next(iter(loader(small, context=2000)))
    assert batch.positions[0][batch.ids[0, 0] == START].eq(0).all()


def test_a_pattern_of_several_streams_is_packed_too(small: TokenStore) -> None:
    batch = next(iter(PackedLoader(small, Delay(small.spec), context=40, batch_size=3)))
    assert batch.ids.shape == (3, small.spec.num_codebooks, 40)


def test_a_state_of_other_settings_is_refused(small: TokenStore) -> None:
    with pytest.raises(InvalidOption, match="context, seed differ"):
        loader(small).load_state_dict(loader(small, context=60, seed=4).state_dict())


def test_a_state_of_other_clips_is_refused(small: TokenStore) -> None:
    first = PackedLoader(small, Flatten(small.spec), context=50, batch_size=2, clips=[0, 1, 2])
    other = PackedLoader(small, Flatten(small.spec), context=50, batch_size=2, clips=[3, 4, 5])
    with pytest.raises(InvalidOption, match="clips differ"):
        other.load_state_dict(first.state_dict())


def test_a_state_of_other_delays_is_refused(small: TokenStore) -> None:
    codebooks = small.spec.num_codebooks
    late = Delay(small.spec, delays=tuple(2 * k for k in range(codebooks)))
    other = PackedLoader(small, late, context=50, batch_size=2)
    with pytest.raises(InvalidOption, match="pattern differ"):
        other.load_state_dict(PackedLoader(small, Delay(small.spec), context=50, batch_size=2).state_dict())


def test_more_processes_than_clips_are_refused(small: TokenStore) -> None:
    with pytest.raises(InvalidOption, match="too few for 7 processes"):
        loader(small, rank=0, world_size=7)


@pytest.mark.parametrize("clips", [[True, False, True], ["a"], [0.5], [[0, 1]], [6], [-7]])
def test_clips_are_numbers_of_the_store(small: TokenStore, clips: list[int]) -> None:
    assert len(small) == 6
    with pytest.raises(InvalidOption, match="numbers of clips in the store, each below 6"):
        PackedLoader(small, Flatten(small.spec), context=50, batch_size=2, clips=clips)


def test_clips_may_be_counted_from_the_end_in_any_sequence(small: TokenStore) -> None:
    def first(clips: Sequence[int]) -> Sequences:
        return next(iter(PackedLoader(small, Flatten(small.spec), context=50, batch_size=2, clips=clips)))

    expected = first([1, 4, 5])
    assert equal(first(np.array([1, -2, -1])), expected)  # type: ignore[arg-type]  # an array is one at run time
    assert equal(first((1, 4, 5)), expected)


@pytest.mark.parametrize("epochs", [0, -1])
def test_a_loader_without_an_epoch_is_refused(small: TokenStore, epochs: int) -> None:
    with pytest.raises(InvalidOption, match=f"at least 1, or None for a loader without end, got {epochs}"):
        loader(small, epochs=epochs)


def test_a_name_is_no_pattern_and_a_path_no_store(small: TokenStore) -> None:
    with pytest.raises(InvalidOption, match=r"takes a TokenStore and a Pattern.*got TokenStore and str"):
        PackedLoader(small, "flatten", context=50, batch_size=2)  # type: ignore[arg-type]
    with pytest.raises(InvalidOption, match=r"takes a TokenStore and a Pattern.*got str and Flatten"):
        PackedLoader("stores/small", Flatten(small.spec), context=50, batch_size=2)  # type: ignore[arg-type]


def test_a_state_before_the_first_batch_is_refused(small: TokenStore) -> None:
    with pytest.raises(InvalidOption, match="batch differ"):
        loader(small).load_state_dict(loader(small).state_dict(batches=-1))


class WithStates(IterableDataset[tuple[Sequences | None, dict[str, Any]]]):
    """Each worker's batches, each with the worker's state after it, and first its state before any."""

    def __init__(self, packed: PackedLoader, states: list[dict[str, Any]] | None = None) -> None:
        self.packed, self.states = packed, states

    def __iter__(self) -> Iterator[tuple[Sequences | None, dict[str, Any]]]:
        worker = get_worker_info()
        assert worker is not None
        if self.states:
            self.packed.load_state_dict(self.states[worker.id])
        batches = iter(self.packed)
        yield None, self.packed.state_dict()
        for batch in batches:
            yield batch, self.packed.state_dict()


@pytest.mark.parametrize("used", [0, 1, 2, 5])
def test_each_worker_goes_on_after_its_own_batches(small: TokenStore, used: int) -> None:
    def read(states: list[dict[str, Any]] | None = None) -> list[tuple[Sequences | None, dict[str, Any]]]:
        fed = DataLoader(
            WithStates(loader(small, epochs=1), states), None, num_workers=2, multiprocessing_context="fork"
        )
        return list(fed)

    expected = list(loader(small, epochs=1))
    before = read()[: 2 + used]
    states = [[state for _, state in before if state["worker"] == [worker, 2]][-1] for worker in (0, 1)]
    after = [batch for batch, _ in read(states) if batch is not None]
    assert len(after) == len(expected) - used
    # A DataLoader begins with worker 0, torchdata's with the worker whose turn it is.
    turns = range(used, len(expected))
    rest = [expected[n] for n in (turns if used % 2 == 0 else swapped(turns))]
    assert all(equal(a, b) for a, b in zip(after, rest, strict=True))


def swapped(numbers: range) -> list[int]:
    """1 0 3 2 …, the last one alone if its neighbour is missing."""
    return [n for i in range(0, len(numbers), 2) for n in reversed(numbers[i : i + 2])]


def test_the_state_of_one_worker_is_not_that_of_the_loader(small: TokenStore) -> None:
    with pytest.raises(InvalidOption, match="of worker 1 of 2 of a DataLoader"):
        loader(small).load_state_dict({**loader(small).state_dict(), "worker": [1, 2]})


def test_a_pass_that_has_given_nothing_stands_at_its_beginning(small: TokenStore) -> None:
    packed = loader(small, epochs=1)
    list(packed)
    iter(packed)
    assert packed.state_dict()["batch"] == 0
