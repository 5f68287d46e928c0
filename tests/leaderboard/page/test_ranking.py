from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from audiotok.leaderboard.page import ranking
from audiotok.leaderboard.submission.entry import Entry
from audiotok.results.record import Result


def column(board: Sequence[Entry], metric: str) -> dict[int, Result]:
    return {
        index: result
        for index, entry in enumerate(board)
        for result in entry.results
        if (result.metric, result.domain) == (metric, "speech")
    }


def bitrates(board: Sequence[Entry]) -> dict[int, float]:
    return {index: result.estimate.value for index, result in column(board, "bitrate").items() if result.estimate}


def ranks(board: Sequence[Entry], results: dict[int, Result]) -> ranking.ColumnRanks:
    rates = bitrates(board)
    return ranking.column_ranks(board, results, rates, ranking.representatives(board, rates))


def where(board: Sequence[Entry], identifier: str) -> int:
    return next(index for index, entry in enumerate(board) if entry.tokenizer == identifier)


@pytest.mark.parametrize(
    ("identifier", "family"),
    [("mulaw", "mulaw"), ("lyra:stages=16", "lyra"), ("bpe(mimi:num_codebooks=8):vocab=512", "bpe(mimi)")],
)
def test_a_family_is_a_name_without_options(identifier: str, family: str) -> None:
    assert ranking.family(identifier) == family


def test_of_a_familys_modes_in_a_band_the_richest_is_ranked(board: list[Entry]) -> None:
    result = ranks(board, column(board, "estoi"))
    assert where(board, "codec2:mode=3200") in result.ranks
    assert "codec2:mode=3200" in result.left_out[where(board, "codec2:mode=2400")]
    assert where(board, "codec2:mode=1200") in result.ranks  # alone of its family in its band


def test_an_anchor_is_never_ranked(board: list[Entry]) -> None:
    result = ranks(board, column(board, "estoi"))
    anchors = {index for index, entry in enumerate(board) if entry.kind == "anchor"}
    assert anchors <= set(result.left_out)
    assert not anchors & set(result.ranks)


def test_a_local_run_stands_back_for_the_submission_of_the_same_tokenizer(board: list[Entry]) -> None:
    local = [*board, replace(board[where(board, "mimi:num_codebooks=8")], origin="local")]
    result = ranks(local, column(local, "estoi"))
    assert "submission" in result.left_out[len(board)]
    assert where(local, "mimi:num_codebooks=8") in result.ranks


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"signature": "reconstruction.v2|data:mini@sha256:ab12cd34|metric:estoi.v1|seed:0"}, "another signature"),
        ({"direction": "lower"}, "another signature"),
        ({"scale": 100.0}, "another signature"),
        ({"unit": "%"}, "another signature"),
        ({"unranked": "taught by its judge"}, "taught by its judge"),
        ({"failures": {"speech-99": "broke"}}, "failed on 1 of 41"),
    ],
)
def test_what_was_not_measured_like_the_rest_is_left_out_with_the_reason(
    board: list[Entry], change: dict[str, object], reason: str
) -> None:
    results, odd = column(board, "estoi"), where(board, "mimi:num_codebooks=8")
    results[odd] = replace(results[odd], **change)
    assert reason in ranks(board, results).left_out[odd]


def test_scores_on_other_clips_are_left_out(board: list[Entry]) -> None:
    results, odd = column(board, "estoi"), where(board, "mimi:num_codebooks=8")
    results[odd] = replace(results[odd], scores=results[odd].scores[1:])
    assert "other clips" in ranks(board, results).left_out[odd]


def test_speeds_of_different_machines_are_not_ranked_together(board: list[Entry]) -> None:
    results, odd = column(board, "rtf_encode"), where(board, "mimi:num_codebooks=8")
    results[odd] = replace(results[odd], provenance={"machine": "a faster one"})
    assert "a faster one" in ranks(board, results).left_out[odd]


def test_ranks_count_only_rivals_of_the_same_band(board: list[Entry]) -> None:
    result = ranks(board, column(board, "estoi"))
    assert result.competitors[where(board, "mulaw")] == 3  # with lyra and encodec over 8 kbit/s
    assert result.ranks[where(board, "mimi:num_codebooks=8")].best == 1


def test_borda_points_are_given_by_question_within_a_band(board: list[Entry]) -> None:
    points = ranking.borda_by_question([("speaker", ranks(board, column(board, "speaker_ge2e")))])
    assert points["1–2 kbit/s"]["mimi:num_codebooks=8"] == {"speaker": pytest.approx(5 / 6)}


def test_the_value_that_most_agree_on_is_found_in_any_order() -> None:
    assert ranking.most_common(["b", "a", "b"]) == "b"
    assert ranking.most_common(["a", "b"]) == ranking.most_common(["b", "a"])
    assert ranking.most_common([]) is None
