"""Texts as numbers and back: characters, and pieces of words that the merges make."""

import pytest

from audiotok.errors import InvalidOption
from audiotok.tasks.probes.spelling import Spelling


def test_characters_have_numbers_in_their_order() -> None:
    spelling = Spelling.learn(["ab a", "ca"])
    assert spelling.characters == " abc"
    assert spelling.write("ca b") == [3, 1, 0, 2]
    assert spelling.read([3, 1, 0, 2]) == "ca b"
    assert len(spelling) == 4


def test_pieces_are_frequent_parts_of_words_with_the_space_before_them() -> None:
    # " a" is there three times and " ab" twice: the two merges, after the characters " abc".
    spelling = Spelling.learn(["ab ab a", "ca"], pieces=6)
    assert (spelling.characters, len(spelling)) == (" abc", 6)
    assert [spelling.read([number]) for number in range(6)] == ["", "a", "b", "c", "a", "ab"]
    assert spelling.write("ab ca") == [5, 0, 3, 1]
    assert spelling.read([5, 0, 3, 1]) == "ab ca"
    assert spelling.write("") == []
    assert spelling.read([]) == ""


def test_no_piece_goes_over_the_end_of_a_word() -> None:
    spelling = Spelling.learn(["go on"] * 20, pieces=100)
    assert spelling.write("go on") == spelling.write("go") + spelling.write("on")
    assert len(spelling.write("go on")) == 2
    assert len(spelling) < 100  # no more parts repeat


def test_texts_come_back_from_any_number_of_pieces() -> None:
    texts = ["the cat sat on the mat", "a cat and a hat", "that is that"]
    for pieces in (0, 14, 20, 40):
        spelling = Spelling.learn(texts, pieces)
        assert [spelling.read(spelling.write(text)) for text in texts] == texts
        assert all(0 <= number < len(spelling) for text in texts for number in spelling.write(text))


def test_fewer_pieces_than_characters_are_refused() -> None:
    with pytest.raises(InvalidOption, match="pieces must be at least the 4 characters of the texts, got 3"):
        Spelling.learn(["abc"], pieces=3)
