"""Titles that are taken for each other."""

import pytest

from audiotok.leaderboard.submission.titles import skeleton, title_fault

OTHERS = {"codec2:mode=700": "Codec 2", "mulaw": "\u00b5-law, 8 bit"}


@pytest.mark.parametrize(
    "title", ["Codec 2", "C0DEC-2", "codec  2", "C\u043edec 2", "\uff23odec 2", "Codec 2.", "\u03bc-law 8-bit"]
)
def test_a_title_that_reads_like_anothers_is_refused(title: str) -> None:
    pytest.importorskip("confusable_homoglyphs")
    assert title_fault(title, "mycodec", OTHERS)


@pytest.mark.parametrize("title", ["Codec 3", "MyCodec", "\u00b5Codec", "\u8a9e\u97f3 Codec", "Codec 2 (re-trained)"])
def test_other_titles_are_taken(title: str) -> None:
    pytest.importorskip("confusable_homoglyphs")
    assert title_fault(title, "mycodec", OTHERS) == ""


def test_modes_of_one_tokenizer_may_share_a_title() -> None:
    assert title_fault("Codec 2", "codec2:mode=3200", OTHERS) == ""


def test_lookalikes_have_one_skeleton_and_others_have_not() -> None:
    assert skeleton("Mirni") == skeleton("M1mi") != skeleton("Mimo")
