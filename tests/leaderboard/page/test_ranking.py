from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from audiotok.leaderboard.page import ranking
from audiotok.leaderboard.page.data import page_data
from audiotok.leaderboard.submission.entry import Entry
from audiotok.results.ranking import RankInterval
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
    return ranking.column_ranks(board, results, rates, ranking.why_set_aside(board, rates))


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
        ({"unranked": "a floor"}, "a floor"),
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


@pytest.mark.parametrize(("metric", "end"), [("dwer", "high"), ("estoi", "low")])
def test_what_its_judge_taught_is_ranked_at_the_worse_end_of_its_interval(
    board: list[Entry], metric: str, end: str
) -> None:
    results, taught = column(board, metric), where(board, "mimi:num_codebooks=8")
    results[taught] = replace(results[taught], unranked="taught by its judge, whisper-base")
    result = ranks(board, results)
    assert result.bounds == {
        index: pytest.approx(getattr(results[index].estimate, end)) for index in result.ranks if results[index].unranked
    }
    assert taught in result.bounds
    bound = ranking.at_worse_end(results[taught])
    assert bound
    mean = bound.scale * sum(s.total for s in bound.scores) / sum(s.weight for s in bound.scores)
    assert mean == pytest.approx(result.bounds[taught])


def test_a_tokenizer_that_leads_only_by_what_its_judge_may_have_taught_it_does_not_win(board: list[Entry]) -> None:
    results = column(board, "estoi")
    taught, rival = where(board, "mimi:num_codebooks=8"), where(board, "encodec:bandwidth=1.5")
    estimate = results[taught].estimate
    assert estimate
    assert ("mimi:num_codebooks=8", "encodec:bandwidth=1.5") in ranks(board, results).by_band["1–2 kbit/s"].better
    far = replace(estimate, low=results[rival].estimate.value - 0.01)  # type: ignore[union-attr]  # made with one
    results[taught] = replace(results[taught], estimate=far, unranked="taught by its judge, whisper-base")
    assert ("mimi:num_codebooks=8", "encodec:bandwidth=1.5") not in ranks(board, results).by_band["1–2 kbit/s"].better


def test_without_an_interval_there_is_no_bound_to_rank(board: list[Entry]) -> None:
    results, taught = column(board, "estoi"), where(board, "mimi:num_codebooks=8")
    estimate = results[taught].estimate
    assert estimate
    bare = replace(estimate, low=None, high=None)
    results[taught] = replace(results[taught], estimate=bare, unranked="taught by its judge, whisper-base")
    assert "taught by its judge" in ranks(board, results).left_out[taught]


def test_equal_audio_competes_once_and_has_one_rank(board: list[Entry]) -> None:
    original = where(board, "mimi:num_codebooks=8")
    twin = "bpe(mimi:num_codebooks=8):vocab=512"
    copies = tuple(replace(result, tokenizer=twin) for result in board[original].results)
    more = [*board, replace(board[original], tokenizer=twin, results=copies)]
    results, rates = column(more, "estoi"), bitrates(more)
    same = ranking.twins([column(more, "estoi"), column(more, "dwer"), column(more, "rtf_encode")])
    assert same == [frozenset({original, len(board)})]
    alone = ranks(board, column(board, "estoi"))
    both = ranking.column_ranks(more, results, rates, ranking.why_set_aside(more, rates), same)
    assert both.twin_of == {len(board): original}
    assert both.ranks[len(board)] == both.ranks[original] == alone.ranks[original]
    assert both.competitors[original] == alone.competitors[original]


def test_one_clip_of_another_score_makes_no_twins(board: list[Entry]) -> None:
    results, original = column(board, "estoi"), where(board, "mimi:num_codebooks=8")
    first, *others = results[original].scores
    results[len(board)] = replace(results[original], scores=(replace(first, total=first.total + 1e-3), *others))
    assert ranking.twins([results]) == []


def test_the_value_that_most_agree_on_is_found_in_any_order() -> None:
    assert ranking.most_common(["b", "a", "b"]) == "b"
    assert ranking.most_common(["a", "b"]) == ranking.most_common(["b", "a"])
    assert ranking.most_common([]) is None


def test_of_a_metric_and_its_delay_aligned_form_one_counts() -> None:
    """SI-SDR is measured on both; the aligned SDR is not yet measured on the second."""
    both, first = ({i: RankInterval(1, 2) for i in indices} for indices in ((0, 1), (0,)))
    found = {"si_sdr": both, "estoi": both, "si_sdr_aligned": both, "sdr": both, "sdr_aligned": first}
    columns = {name: ranking.ColumnRanks(own, {}, {}, {}) for name, own in found.items()}
    assert ranking.counted_once(columns) == ["estoi", "si_sdr_aligned", "sdr"]


def test_si_sdr_beside_its_equal_aligned_form_changes_neither_the_order_nor_win_rates(board: list[Entry]) -> None:
    def with_plain(entry: Entry) -> Entry:
        of_aligned = [result for result in entry.results if result.metric == "si_sdr_aligned"]
        plain = [replace(result, metric="si_sdr", title="SI-SDR") for result in of_aligned]
        return replace(entry, results=(*entry.results, *plain))

    once, twice = (page_data(entries, {}, {}) for entries in (board, list(map(with_plain, board))))
    assert len(twice["columns"]) > len(once["columns"])
    assert twice["order"] == once["order"]
    assert twice["wins"] == once["wins"]
