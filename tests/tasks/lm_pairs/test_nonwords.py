"""The list of words, and what a voice makes of it."""

from collections import Counter
from pathlib import Path

import pytest
import torch

from audiotok.data import Manifest
from audiotok.errors import InvalidOption
from audiotok.tasks import synthetic_voice
from audiotok.tasks.lm_pairs import nonwords, offline, splicing

ITEMS = nonwords.items()


def changed(said: str, other: str) -> tuple[str, str]:
    ((before, after),) = [(a, b) for a, b in zip(said, other, strict=True) if a != b]
    return before, after


def test_a_non_word_differs_in_one_consonant_and_an_item_changes_it_both_ways() -> None:
    for (_, *one), (_, *two) in ITEMS:
        before, after = changed(*one)
        assert changed(*two) == (after, before)
    words = [word for item in ITEMS for word, *_ in item]
    assert len(set(words)) == len(words) >= 2 * 40


def test_no_consonant_is_right_more_often_than_wrong() -> None:
    positive, negative = (Counter("".join(change[side] for item in ITEMS for change in item)) for side in (1, 2))
    assert positive == negative


@pytest.mark.weights
@pytest.mark.usefixtures("voice")
def test_pairs_are_made_once_and_are_equally_long_and_loud(vowels: Manifest, tmp_path: Path) -> None:
    pair_set = offline.make("word", vowels, vowels, tmp_path, 2)
    assert [pair.item for pair in pair_set.pairs] == ["word-0000", "word-0000", "word-0001", "word-0001"]
    assert pair_set.settings.endswith(f"|words:{nonwords.sha256()[:12]}")
    assert pair_set.together
    lengths = {clip.id: clip.end for clip in pair_set.clips}
    assert all(lengths[pair.positive] == lengths[pair.negative] for pair in pair_set.pairs)
    for change in ITEMS[0]:
        word, other = nonwords.pair(*change)
        assert torch.equal(word, nonwords.pair(*change)[0])
        assert not torch.equal(word, other)
        assert splicing.decibel(word) == pytest.approx(splicing.decibel(other), abs=0.3)


@pytest.mark.weights
@pytest.mark.usefixtures("voice")
def test_a_phoneme_that_the_voice_has_not_is_refused() -> None:
    with pytest.raises(InvalidOption, match="has no phoneme ☃"):
        synthetic_voice.say("a☃")
