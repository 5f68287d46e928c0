"""Repetition on sequences that can be counted by hand."""

import math

import pytest

from audiotok.errors import MetricUndefined
from audiotok.metrics.repetition import auto_bleu, repeated_ngrams


def test_words_that_all_differ_repeat_nothing() -> None:
    assert auto_bleu(["the", "cat", "sat", "on", "a", "mat"]) == 0


def test_auto_bleu_is_the_geometric_mean_of_the_shares_of_words_and_pairs() -> None:
    # 4 of 6 words, and 2 of 5 pairs, are said elsewhere too.
    assert auto_bleu(["the", "cat", "and", "the", "cat", "ran"]) == pytest.approx(math.sqrt(4 / 6 * 2 / 5))


def test_auto_bleu_counts_n_grams_up_to_its_order() -> None:
    # 4 of 6 words, 2 of 5 pairs and none of 4 triples.
    words = ["the", "cat", "and", "the", "cat", "ran"]
    assert auto_bleu(words, order=1) == pytest.approx(4 / 6)
    assert auto_bleu(words, order=3) == 0


def test_pairs_that_overlap_are_no_repetition() -> None:
    # As in the authors' code: both pairs of "no no no" share a word.
    assert auto_bleu(["no"] * 3) == 0
    # Of four, the first and the last pair do not overlap; the one in the middle overlaps both.
    assert auto_bleu(["no"] * 4) == pytest.approx(math.sqrt(2 / 3))


def test_one_word_has_no_repetition_to_speak_of() -> None:
    with pytest.raises(MetricUndefined, match="1 words are too few"):
        auto_bleu(["hello"])


def test_repeated_codes_are_counted_where_they_come_again() -> None:
    score = repeated_ngrams([1, 2, 3, 4, 5, 1, 2, 3, 4])
    assert (score.total, score.weight) == (1, 6)


def test_a_model_that_is_stuck_repeats_all_but_the_first() -> None:
    score = repeated_ngrams([7] * 100)
    assert (score.total, score.weight) == (96, 97)


def test_codes_that_all_differ_repeat_nothing() -> None:
    assert repeated_ngrams(list(range(50))).value == 0


def test_too_few_codes_are_undefined() -> None:
    with pytest.raises(MetricUndefined, match="3 codes are too few"):
        repeated_ngrams([1, 1, 1])
