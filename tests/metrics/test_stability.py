"""Equal codes and unit edits against answers worked out by hand."""

import pytest
import torch

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidTokens
from audiotok.metrics.outcomes import ClipScore
from audiotok.metrics.stability import equal_codes, unit_edits


def tokens(*codebooks: list[int], strides: tuple[int, ...] = ()) -> Tokens:
    spec = TokenSpec(16000, 50, (16,) * len(codebooks), strides)
    return Tokens.from_clips([torch.tensor(codebooks)], spec)


def test_equal_codes_are_counted_per_codebook() -> None:
    scores = equal_codes(tokens([1, 2, 3], [4, 5, 6]), tokens([1, 2, 0], [4, 0, 0]))
    assert scores == [ClipScore(2, 3), ClipScore(1, 3)]


def test_a_position_that_only_one_has_is_not_equal() -> None:
    assert equal_codes(tokens([1, 2, 3]), tokens([1, 2])) == equal_codes(tokens([1, 2]), tokens([1, 2, 3]))
    assert equal_codes(tokens([1, 2, 3]), tokens([1, 2])) == [ClipScore(2, 3)]


def test_a_held_code_counts_once() -> None:
    before, after = (tokens([1, 1, 2, 2], [5, 6, 7, 8], strides=(2, 1)) for _ in range(2))
    assert equal_codes(before, after) == [ClipScore(2, 2), ClipScore(4, 4)]


def test_edits_forgive_a_code_that_lasts_longer() -> None:
    before, after = tokens([1, 1, 2, 3, 3]), tokens([1, 2, 2, 2, 3])
    assert equal_codes(before, after) == [ClipScore(3, 5)]
    assert unit_edits(before, after) == [ClipScore(0, 3)]


def test_edits_are_insertions_deletions_and_substitutions() -> None:
    assert unit_edits(tokens([1, 2, 3, 4]), tokens([1, 5, 3])) == [ClipScore(2, 4)]
    assert unit_edits(tokens([7, 7]), tokens([1, 2])) == [ClipScore(2, 1)]


def test_codes_of_two_tokenizers_are_refused() -> None:
    with pytest.raises(InvalidTokens, match="two tokenizers"):
        equal_codes(tokens([1, 2]), tokens([1, 2], [1, 2]))
