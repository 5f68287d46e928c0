"""Runs of equal codes collapse into tokens with durations, and come back exactly."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.units.deduplicate import deduplicate, expand


def tokens_of(clips: list[list[list[int]]], size: int = 4) -> Tokens:
    """Clips as lists of frames, each a list of K codes."""
    spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(size,) * len(clips[0][0]))
    frames = max(len(clip) for clip in clips)
    codes = torch.zeros(len(clips), len(clips[0][0]), frames, dtype=torch.int64)
    for row, clip in zip(codes, clips, strict=True):
        row[:, : len(clip)] = torch.tensor(clip).T
    return Tokens(codes, torch.tensor([len(clip) for clip in clips]), spec)


def test_runs_become_codes_and_durations() -> None:
    tokens = deduplicate(tokens_of([[[1], [1], [1], [2], [2], [1]], [[3]]]))
    assert tokens.codes.tolist() == [[[1, 2, 1]], [[3, 0, 0]]]
    assert tokens.durations.tolist() == [[3, 2, 1], [1, 0, 0]]
    assert tokens.lengths.tolist() == [3, 1]
    assert tokens.spec.bitrate is None


def test_frames_are_equal_only_where_every_codebook_is() -> None:
    tokens = deduplicate(tokens_of([[[1, 0], [1, 0], [1, 2], [2, 2]]]))
    assert tokens.durations.tolist() == [[2, 1, 1]]


def test_a_run_longer_than_a_coded_duration_is_split() -> None:
    tokens = deduplicate(tokens_of([[[1]] * 7 + [[2]] * 3]), max_duration=3)
    assert tokens.codes.tolist() == [[[1, 1, 1, 2]]]
    assert tokens.durations.tolist() == [[3, 3, 1, 3]]


def test_coded_durations_cost_bits() -> None:
    clips = tokens_of([[[1], [1], [2]]])
    assert deduplicate(clips).bits().tolist() == [2 * 2]
    assert deduplicate(clips, max_duration=8).bits().tolist() == [2 * 2 + 2 * 3]


frames = st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=2), min_size=1, max_size=30)


@given(clips=st.lists(frames, min_size=1, max_size=4), max_duration=st.integers(0, 5))
def test_expanding_gives_back_the_codes(clips, max_duration) -> None:
    tokens = tokens_of(clips)
    runs = deduplicate(tokens, max_duration)
    again = expand(runs, tokens.spec)
    assert torch.equal(again.codes, tokens.codes)
    assert torch.equal(again.lengths, tokens.lengths)
    assert not max_duration or int(runs.durations.max()) <= max_duration


def test_tokens_without_durations_cannot_be_expanded() -> None:
    tokens = tokens_of([[[1], [2]]])
    with pytest.raises(InvalidTokens, match="durations are missing"):
        expand(tokens, tokens.spec)


def test_deduplicated_tokens_are_not_deduplicated_again() -> None:
    with pytest.raises(InvalidOption, match="variable rate"):
        deduplicate(deduplicate(tokens_of([[[1], [2]]])))
