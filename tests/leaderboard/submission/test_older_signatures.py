"""Signatures from before the normaliser changed: kept by rows that were there, taken from nobody new."""

from audiotok.leaderboard.submission.older_signatures import earlier, is_earlier
from audiotok.metrics import catalogue

TODAY = "wer.v1|data:mini@sha256:0|metric:wer.v2|normaliser:audiotok-text.v2"
BEFORE = "wer.v1|data:mini@sha256:0|metric:wer.v1|normaliser:audiotok-text.v1"


def test_a_score_of_words_has_one_earlier_signature() -> None:
    assert earlier(TODAY) == (BEFORE,)
    assert earlier(BEFORE) == ()
    assert earlier("reconstruction.v1|data:mini@sha256:0|metric:stoi.v1") == ()


def test_only_an_earlier_score_cannot_be_held_to_todays() -> None:
    assert is_earlier(BEFORE, catalogue.get("wer"))
    assert not is_earlier(TODAY, catalogue.get("wer"))
