from __future__ import annotations

from dataclasses import replace

import pytest

from audiotok.leaderboard.page.data import page_data
from audiotok.leaderboard.page.states import not_applicable, state_of
from audiotok.leaderboard.submission.entry import Entry
from audiotok.results.record import Result

FEW = "3326 codes, at least 5120 are needed for a codebook of 512"


def result_of(board: list[Entry], metric: str) -> Result:
    return next(result for entry in board for result in entry.results if result.metric == metric)


def test_too_few_codes_for_a_codebook_are_no_failure(board: list[Entry]) -> None:
    few = replace(result_of(board, "entropy"), estimate=None, scores=(), failures={"a": FEW, "b": FEW})
    assert state_of(few) == ("undefined", FEW)


@pytest.mark.parametrize("estimate", [True, False])
def test_an_error_on_some_clips_or_all_is_a_failure(board: list[Entry], estimate: bool) -> None:
    result = result_of(board, "estoi")
    broken = replace(result, failures={"a": "it broke"}, estimate=result.estimate if estimate else None)
    assert state_of(broken) == ("failed", "it broke")


def test_words_that_are_not_learned_are_no_failure_and_an_error_is_one(board: list[Entry]) -> None:
    result = replace(result_of(board, "estoi"), metric="lexicon_minutes", estimate=None, scores=())
    late = "not within 35 minutes of speech, where at most 67.7 % were right"
    assert state_of(replace(result, failures={"lexicon": late})) == ("undefined", late)
    assert state_of(replace(result, failures={"lexicon": "OutOfMemoryError: 2 GB"}))[0] == "failed"


def test_what_no_reference_has_is_undefined(board: list[Entry]) -> None:
    result = replace(result_of(board, "f0_error"), estimate=None, scores=(), undefined={"a": "no voice"})
    assert state_of(result) == ("undefined", "no voice")


def test_a_value_has_no_state_beside_it(board: list[Entry]) -> None:
    assert state_of(result_of(board, "estoi")) == ("", "")


def test_what_a_system_lacks_it_cannot_be_asked(board: list[Entry]) -> None:
    anchor = next(entry for entry in board if entry.kind == "anchor")
    tokenizer = next(entry for entry in board if entry.tokenizer == "mulaw")
    mute = replace(tokenizer, card={**(tokenizer.card or {}), "decoder": "-"})
    assert not_applicable(anchor, "entropy", "speech") == "an anchor has no tokens"
    assert not_applicable(mute, "pesq_wb", "speech") == "it has no decoder: there is no audio to score"
    assert not_applicable(tokenizer, "pesq_wb", "music") == "the metric is not for music"
    assert not_applicable(tokenizer, "pesq_wb", "speech") == ""
    assert not_applicable(mute, "a_metric_of_nobody", "speech") == ""


def test_no_cell_that_is_there_is_said_not_to_apply(board: list[Entry]) -> None:
    anchors = [entry for entry in page_data(board, {}, {})["entries"] if entry["kind"] == "anchor"]
    assert any("an anchor has no tokens" in entry["absent"] for entry in anchors)
    for entry in anchors:
        for columns in entry["absent"].values():
            assert not set(columns) & set(entry["cells"])
