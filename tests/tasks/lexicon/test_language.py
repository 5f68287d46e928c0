"""The sentences and pairs of both languages, without their sound."""

from collections import Counter
from itertools import islice

import pytest

from audiotok.errors import InvalidOption
from audiotok.tasks.lexicon.language import HALVES, Language, sha256
from audiotok.tasks.lm_pairs import nonwords

A, B = map(Language, HALVES)


def words(sentence: str) -> list[str]:
    return sentence.removesuffix(".").split(" ")


def test_the_language_is_the_published_one() -> None:
    assert sha256().startswith("6beb67ab114c")  # in the signature of every row: if it changes, raise VERSION
    assert sha256(items=2, contexts=1) != sha256(items=2) != sha256()


def test_sentences_have_three_to_seven_words_of_their_own_half() -> None:
    for one, other in ((A, B), (B, A)):
        own = {said for _, said, _ in one.said()}
        assert len(own) == 40
        assert not own & {said for _, said, _ in other.said()}
        some = list(islice(one.sentences(), 400))
        lengths = Counter(len(words(sentence)) for sentence in some)
        assert set(lengths) == {3, 4, 5, 6, 7}
        assert {word for sentence in some for word in words(sentence)} == own


def test_a_longer_text_begins_with_a_shorter_one_and_says_no_pair() -> None:
    some = list(islice(A.sentences(), 300))
    assert some[:30] == list(islice(A.sentences(), 30))
    assert not set(some) & {sentence for pair in A.asked() for sentence in (pair.word, pair.nonword)}


def test_a_pair_differs_in_one_consonant_of_its_middle_word() -> None:
    said = {phonemes for _, phonemes, _ in A.said()}
    for pair in A.asked():
        (before, word, after), (also_before, nonword, also_after) = words(pair.word), words(pair.nonword)
        assert (before, after) == (also_before, also_after)
        assert {before, after} <= said - {word}
        assert sum(one != other for one, other in zip(word, nonword, strict=True)) == 1


def test_both_languages_ask_120_pairs_of_each_half_and_the_same_items() -> None:
    assert not A.known() & B.known()
    for language in (A, B):
        known = Counter(pair.item in language.known() for pair in language.asked())
        assert known == {True: 120, False: 120}
    assert {pair.id for pair in A.asked()} == {pair.id for pair in B.asked()}


def test_no_consonant_is_right_more_often_than_wrong_in_either_half() -> None:
    for language in (A, B):
        of_half = [change for item in nonwords.items() for change in item if change in language.said()]
        right, wrong = (Counter("".join(change[side] for change in of_half)) for side in (1, 2))
        assert right == wrong


@pytest.mark.parametrize("wrong", [("c", 20, 3), ("a", 1, 3), ("a", 21, 3), ("a", 20, 0)])
def test_what_makes_no_language_is_refused(wrong: tuple[str, int, int]) -> None:
    with pytest.raises(InvalidOption, match="expected half a or b, 2 to 20 items"):
        Language(*wrong)
