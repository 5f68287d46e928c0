"""The loader gives every code once an epoch, and goes on exactly where it was stopped."""

from collections import Counter
from itertools import islice

import pytest
import torch

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


def test_processes_share_the_clips_without_overlap(small: TokenStore) -> None:
    starts = [
        sum(int((batch.ids == START).sum()) for batch in loader(small, epochs=1, rank=rank, world_size=2))
        for rank in range(2)
    ]
    assert starts == [3, 3]


def test_positions_begin_anew_with_each_clip(small: TokenStore) -> None:
    batch = next(iter(loader(small, context=2000)))
    assert batch.positions[0][batch.ids[0, 0] == START].eq(0).all()


def test_a_pattern_of_several_streams_is_packed_too(small: TokenStore) -> None:
    batch = next(iter(PackedLoader(small, Delay(small.spec), context=40, batch_size=3)))
    assert batch.ids.shape == (3, small.spec.num_codebooks, 40)


def test_a_state_of_other_settings_is_refused(small: TokenStore) -> None:
    with pytest.raises(InvalidOption, match="context, seed differ"):
        loader(small).load_state_dict(loader(small, context=60, seed=4).state_dict())


def test_more_processes_than_clips_are_refused(small: TokenStore) -> None:
    with pytest.raises(InvalidOption, match="too few for 7 processes"):
        loader(small, rank=0, world_size=7)
