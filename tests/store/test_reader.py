"""What is wrong with a store is said before its codes are used."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidTokens, UnknownName
from audiotok.store import TokenStore
from audiotok.store.shard import dtype, pack, shard_path, unpack


@given(st.integers(1, 9), st.sampled_from([0, 6]), st.booleans(), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_packing_a_clip_loses_nothing(frames: int, longest: int, whole: bool, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    strides = () if longest else (4, 1)
    spec = TokenSpec(
        16000, 50.0, (300, 70_000), strides, (9,) if whole else (), variable_rate=bool(longest), max_duration=longest
    )
    codes = torch.randint(300, (1, 2, frames), generator=generator)
    codes[:, 0] = codes[:, 0, torch.arange(frames) // spec.stride(0) * spec.stride(0)]
    tokens = Tokens(
        codes,
        torch.tensor([frames]),
        spec,
        durations=torch.randint(1, 7, (1, frames), generator=generator) if longest else None,
        global_codes=torch.tensor([[8]]) if whole else None,
    )
    back = unpack(pack(tokens), frames, -1, spec, "x")
    assert torch.equal(back.codes, tokens.codes)
    assert longest == 0 or torch.equal(back.durations, tokens.durations)
    assert not whole or torch.equal(back.global_codes, tokens.global_codes)


def test_codes_take_two_bytes_where_that_is_enough() -> None:
    assert dtype(TokenSpec(16000, 50.0, (1 << 16,))) == np.uint16
    assert dtype(TokenSpec(16000, 50.0, ((1 << 16) + 1,))) == np.uint32


def test_an_unknown_clip_is_named(small: TokenStore) -> None:
    with pytest.raises(UnknownName, match="no clip 'nobody'"):
        small["nobody"]


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidTokens, match="not a token store"):
        TokenStore(tmp_path)


def test_an_unfinished_store_says_how_to_finish_it(small: TokenStore) -> None:
    shard_path(small.path, 1).with_suffix(".json").unlink()
    with pytest.raises(InvalidTokens, match=r"1 of \d shards are missing; run audiotok tokenize again"):
        TokenStore(small.path)


def test_a_cut_shard_is_refused(small: TokenStore) -> None:
    path = shard_path(small.path, 0)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(InvalidTokens, match="was it cut"):
        TokenStore(small.path)


def test_an_altered_shard_does_not_verify(small: TokenStore) -> None:
    small.verify()
    path = shard_path(small.path, 0)
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(InvalidTokens, match="was altered"):
        TokenStore(small.path).verify()


def test_a_code_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidTokens, match="out of range"):
        unpack(np.array([299, 300], np.uint16), 2, -1, TokenSpec(16000, 50.0, (300,)), "x")


def test_a_store_in_which_every_clip_failed_is_empty(small: TokenStore) -> None:
    for number in range(len(small.description["shards"])):
        path = shard_path(small.path, number)
        path.write_bytes(b"")
        index = {"failures": {"a": "TokenizerFailed: no"}, "seconds": 0.0}
        path.with_suffix(".json").write_text(json.dumps(index))
    with pytest.raises(InvalidTokens, match="holds no clip; the first failure: TokenizerFailed: no"):
        TokenStore(small.path)


def test_clips_are_counted_from_the_end_too_and_had_as_a_batch(small: TokenStore) -> None:
    assert torch.equal(small[-1].codes, small[len(small) - 1].codes)
    assert small.id(-1) == small.id(len(small) - 1)
    batch = small[1:3]
    assert [torch.equal(batch[i].codes, small[n].codes) for i, n in enumerate((1, 2))] == [True, True]
    with pytest.raises(IndexError, match=f"clip {-len(small) - 1} of {len(small)}"):
        small[-len(small) - 1]
    with pytest.raises(InvalidTokens, match="at least one Tokens"):
        small[3:3]


def test_a_clips_metadata_and_length_are_had_by_its_id_too(small: TokenStore) -> None:
    for number in range(len(small)):
        assert small.clip(small.id(number)) == small.clip(number)
        assert small.frames(small.id(number)) == small.frames(number)
    with pytest.raises(UnknownName, match="has no clip 'nobody'"):
        small.clip("nobody")


def test_clips_of_a_list_are_a_batch(small: TokenStore) -> None:
    batch = small[[4, 0, -1]]
    for row, number in enumerate((4, 0, len(small) - 1)):
        assert torch.equal(batch[row].codes, small[number].codes)
    assert torch.equal(small[[small.id(4), small.id(0)]].codes, small[[4, 0]].codes)
