"""K codebooks become one sequence and come back, strides included."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidTokens
from audiotok.units.flatten import flatten, unflatten

SNAC = TokenSpec(sample_rate=24000, frame_rate=50.0, codebook_sizes=(5, 6, 7), strides=(4, 2, 1))


def held(spec: TokenSpec, frames: list[int], seed: int = 0) -> Tokens:
    """Random codes that are held over their strides."""
    generator = torch.Generator().manual_seed(seed)
    codes = torch.zeros(len(frames), spec.num_codebooks, max(frames), dtype=torch.int64)
    for k, size in enumerate(spec.codebook_sizes):
        values = torch.randint(size, (len(frames), max(frames)), generator=generator)
        codes[:, k] = values[:, torch.arange(max(frames)) // spec.stride(k) * spec.stride(k)]
    lengths = torch.tensor(frames)
    codes *= (torch.arange(max(frames)) < lengths[:, None])[:, None]
    return Tokens(codes, lengths, spec)


def test_a_frame_is_written_coarse_to_fine_with_offsets() -> None:
    spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(10, 20))
    tokens = Tokens(torch.tensor([[[1, 2], [3, 4]]]), torch.tensor([2]), spec)
    assert flatten(tokens)[0].tolist() == [1, 13, 2, 14]


def test_a_held_code_is_written_once() -> None:
    tokens = held(SNAC, [5])
    assert len(flatten(tokens)[0]) == 2 + 3 + 5


@given(frames=st.lists(st.integers(1, 20), min_size=1, max_size=4), seed=st.integers(0, 1000))
def test_codes_come_back(frames, seed) -> None:
    tokens = held(SNAC, frames, seed)
    codes, lengths = unflatten(flatten(tokens), SNAC)
    assert torch.equal(codes, tokens.codes)
    assert torch.equal(lengths, tokens.lengths)


def test_a_sequence_that_ends_within_a_frame_is_refused() -> None:
    with pytest.raises(InvalidTokens, match="no whole frames"):
        unflatten([flatten(held(SNAC, [5]))[0][:-1][:9]], SNAC)


def test_a_code_of_another_codebook_is_refused() -> None:
    with pytest.raises(InvalidTokens, match="frame 0: expected a code of codebook 0"):
        unflatten([np.array([5, 0, 11], dtype=np.int32)], SNAC)
