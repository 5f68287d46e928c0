"""The sentences and pairs of both languages, without their sound."""

from collections import Counter
from itertools import islice

import pytest

from audiotok.errors import InvalidOption
from audiotok.tasks.lexicon.language import HALVES, Asked, Language, sha256
from audiotok.tasks.lm_pairs import nonwords

A, B = map(Language, HALVES)
SAID = {language: [said for _, said, _ in language.said()] for language in (A, B)}
#: Word -> its class, "" for a filler.
OPENS, CLOSES = (
    {said: kind for kind, at in (("x", first), ("y", first + 4)) for said in SAID[A][at : at + 4]} for first in (0, 8)
)


def words(sentence: str) -> list[str]:
    return sentence.removesuffix(".").split(" ")


def asked(language: Language, about: bool) -> list[Asked]:
    """Pairs about agreement, or about words."""
    return [pair for pair in language.asked() if bool(pair.distance) == about]


def agreement(sentence: str) -> tuple[str, str, int]:
    """Class of the opener, class of the closer, words from one to the other."""
    opener, *more = [(at, OPENS[word]) for at, word in enumerate(words(sentence)) if word in OPENS]
    closer, *most = [(at, CLOSES[word]) for at, word in enumerate(words(sentence)) if word in CLOSES]
    assert not more
    assert not most
    return opener[1], closer[1], closer[0] - opener[0]


def test_the_language_is_the_published_one() -> None:
    assert sha256().startswith("679c8a3d4c22")  # in the signature of every row: if it changes, raise VERSION
    assert sha256(items=4, contexts=1) != sha256(items=4, contexts=2) != sha256()


def test_sentences_have_three_to_seven_words_of_their_own_half() -> None:
    for one, other in ((A, B), (B, A)):
        own = set(SAID[one])
        assert len(own) == 40
        assert not own & set(SAID[other])
        some = list(islice(one.sentences(), 400))
        assert set(Counter(len(words(sentence)) for sentence in some)) == {3, 4, 5, 6, 7}
        assert {word for sentence in some for word in words(sentence)} == own


def test_every_sentence_closes_in_the_class_that_it_opened_in() -> None:
    found = Counter(agreement(sentence) for sentence in islice(A.sentences(), 400))
    assert {(opened, distance) for opened, _, distance in found} == {(k, d) for k in "xy" for d in (1, 2, 3)}
    assert all(opened == closed for opened, closed, _ in found)


def test_a_longer_text_begins_with_a_shorter_one_and_says_no_pair() -> None:
    some = list(islice(A.sentences(), 300))
    assert some[:30] == list(islice(A.sentences(), 30))
    assert not set(some) & {sentence for pair in A.asked() for sentence in (pair.right, pair.wrong)}


def test_a_word_and_its_non_word_differ_in_one_consonant_in_the_middle_of_a_sentence() -> None:
    for pair in asked(A, about=False):
        (before, word, after), (also_before, nonword, also_after) = words(pair.right), words(pair.wrong)
        assert (before, after) == (also_before, also_after)
        assert {before, after} <= set(SAID[A]) - {word}
        assert sum(one != other for one, other in zip(word, nonword, strict=True)) == 1
        opened, closed, _ = agreement(pair.right)
        assert opened == closed


def test_each_word_is_asked_about_in_six_different_sentences() -> None:
    for language in (A, B):
        of_word = Counter(words(pair.right)[1] for pair in asked(language, about=False))
        assert of_word == dict.fromkeys(SAID[language], 6)
        assert len({pair.right for pair in asked(language, about=False)}) == 240


def test_what_is_decided_together_is_the_same_words_on_both_sides() -> None:
    """So that neither a likely opener nor a likely closer decides."""
    together: dict[str, list[Asked]] = {}
    for pair in asked(A, about=True):
        together.setdefault(pair.decided, []).append(pair)
    assert len(together) == 48
    for pairs in together.values():
        for right, wrong in ((agreement(pair.right), agreement(pair.wrong)) for pair in pairs):
            assert right[0] == right[1] != wrong[1]
            assert right[2] == wrong[2] == pairs[0].distance
        right_words, wrong_words = (
            Counter(word for pair in pairs for word in words(getattr(pair, side))) for side in ("right", "wrong")
        )
        assert right_words == wrong_words
        assert {agreement(pair.right)[0] for pair in pairs} == {"x", "y"}


def test_no_item_is_of_both_languages() -> None:
    for about in (False, True):
        assert not {pair.item for pair in asked(A, about)} & {pair.item for pair in asked(B, about)}


def test_no_consonant_is_right_more_often_than_wrong_in_either_half() -> None:
    for language in (A, B):
        of_half = [change for item in nonwords.items() for change in item if change in language.said()]
        right, wrong = (Counter("".join(change[side] for change in of_half)) for side in (1, 2))
        assert right == wrong


@pytest.mark.parametrize("wrong", [("c", 20, 3), ("a", 3, 1), ("a", 21, 3), ("a", 20, 0), ("a", 4, 3)])
def test_what_makes_no_language_is_refused(wrong: tuple[str, int, int]) -> None:
    with pytest.raises(InvalidOption, match="expected half a or b, 4 to 20 items"):
        Language(*wrong)


def test_texts_are_new_sentences_of_four_or_five_words() -> None:
    for language in (A, B):
        texts = language.texts(24)
        assert len(set(texts)) == 24
        assert all(language.accepts(words(text), ended=True) and len(words(text)) in (4, 5) for text in texts)
        assert not set(texts) & set(islice(language.sentences(), 5000))
        assert language.texts(6) == texts[:6]


def test_what_can_begin_a_sentence() -> None:
    opener, other = SAID[A][0], SAID[A][4]
    closer, wrong = SAID[A][8], SAID[A][12]
    fillers = SAID[A][16:24]
    assert A.accepts([fillers[0], opener, fillers[1], closer], ended=True)
    assert all(A.accepts([fillers[0], opener, fillers[1], closer][:n], ended=False) for n in range(5))
    for not_one in (
        [opener, wrong, fillers[0]],  # no agreement
        [opener, *fillers[:3], closer],  # too far apart
        [closer, opener, fillers[0]],
        [opener, closer, other],
        [opener, closer, closer],  # said twice
        [*fillers[:6]],  # no room for an opener and a closer
        [opener, closer, *fillers[:6]],  # too long
        [opener, closer, SAID[B][20]],
    ):
        assert not A.accepts(not_one, ended=True)
        assert not A.accepts(not_one, ended=False)
    assert A.accepts([opener, closer], ended=False)
    assert not A.accepts([opener, closer], ended=True)  # a sentence has three words


def test_all_sentences_are_accepted() -> None:
    assert all(A.accepts(words(sentence), ended=True) for sentence in islice(A.sentences(), 300))


def test_too_few_texts_are_refused() -> None:
    with pytest.raises(InvalidOption, match="expected 24 texts, got the 17 that 4 items and 2 contexts leave"):
        Language("a", items=4, contexts=2).texts(24)
