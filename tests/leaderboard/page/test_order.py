from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audiotok.leaderboard.page.data import page_data
from audiotok.leaderboard.page.order import MOST_WORD_ERRORS, Counted, orders, totals, without
from audiotok.leaderboard.page.ranking import ColumnRanks
from audiotok.leaderboard.submission.entry import Entry
from audiotok.results.ranking import BANDS, Ranking, RankInterval

BAND = BANDS[0]
NAMES = {0: "a", 1: "b", 2: "c", 3: "d"}


def counted(
    question: str,
    *better: str,
    who: str = "abc",
    values: dict[int, float] | None = None,
    twin_of: dict[int, int] | None = None,
) -> Counted:
    """A column in which `better` are pairs like "ab": a before b."""
    won = frozenset((pair[0], pair[1]) for pair in better)
    ranking = Ranking(question, {name: RankInterval(1, len(who)) for name in who}, won)
    index = {i: RankInterval(1, len(who)) for i, name in NAMES.items() if name in who}
    left_out = {i: "failed on 1 of 40 clips" for i, name in NAMES.items() if name not in who}
    twin_of = twin_of or {}
    known = ColumnRanks(index | {i: index[f] for i, f in twin_of.items()}, left_out, {}, {BAND: ranking}, {}, twin_of)
    return Counted(question, known, NAMES, values or {}, "%", "lower")


def order(*columns: Counted) -> dict[str, Any]:
    return orders(columns, dict.fromkeys(NAMES, BAND))[BAND]


def test_wins_count_one_ties_half_and_questions_alike() -> None:
    assert order(counted("signal", "ab", "ac"), counted("speaker", "ba"))["total"] == [
        pytest.approx((0.5 + 0.75) / 2),
        pytest.approx((0.5 + 0.5) / 2),
        pytest.approx((0.25 + 0.5) / 2),
    ]


def test_two_are_compared_over_the_questions_that_both_have() -> None:
    """c was not measured on the speaker: it loses nothing by it, and a and b are still compared on it."""
    found = order(counted("signal", "ca"), counted("speaker", "ab", who="ab"))
    assert found["questions"] == {"signal": [0.5, 0.0, 0.5], "speaker": [1.0, None, None]}
    assert found["total"] == [
        pytest.approx((0.75 + 0) / 2),
        pytest.approx((0.25 + 0.5) / 2),
        pytest.approx((1 + 0.5) / 2),
    ]


def test_metrics_of_one_question_share_its_weight() -> None:
    assert order(counted("signal", "ab"), counted("signal", "ab"), counted("speaker"))["total"][0] == pytest.approx(
        (0.75 + 0.5) / 2
    )


def test_a_win_over_twins_is_one_win() -> None:
    found = order(counted("signal", "ab", "ca", who="abc", twin_of={3: 1}))
    assert found["alike"] == [1, 2, 1, 2]
    assert found["total"][0] == pytest.approx((0.5 * 1 + 0.5 * 1 + 0) / 2)


def test_who_has_no_rank_for_its_words_does_not_lead_and_is_told_why() -> None:
    found = order(counted("intelligibility", who="bc"), counted("signal", "ab", "ac"))
    assert found["behind"] == {0: "its intelligibility has no rank: failed on 1 of 40 clips"}


def test_who_was_not_measured_on_its_words_does_not_lead() -> None:
    words = counted("intelligibility", who="bc")
    words.ranked.left_out.clear()
    assert order(words, counted("signal"))["behind"] == {0: "its intelligibility was not measured"}


def test_who_loses_half_of_the_words_does_not_lead() -> None:
    words = counted("intelligibility", values={0: 73.7, 1: MOST_WORD_ERRORS, 2: 49.9})
    assert order(words)["behind"] == {
        0: "its words are not intelligible: 74 % of them are wrong",
        1: "its words are not intelligible: 50 % of them are wrong",
    }


def test_music_has_no_words_to_lose() -> None:
    assert order(counted("signal", "ab"))["behind"] == {}


def test_who_is_in_no_order_is_told_why() -> None:
    found = orders([counted("signal", who="ab")], dict.fromkeys(NAMES, BAND))
    assert without(
        found, range(6), {0: BAND, 1: BAND, 2: BAND, 4: BANDS[1]}, {2: "one mode of a family is ranked"}
    ) == {
        2: "one mode of a family is ranked",
        3: "its bitrate was not measured on this data",
        4: f"no other tokenizer is ranked {BANDS[1]}",
        5: "its bitrate was not measured on this data",
    }


def test_every_tokenizer_of_the_board_has_a_place_in_the_order_or_a_reason_for_none(board: list[Entry]) -> None:
    data = page_data(sorted(board, key=lambda entry: entry.tokenizer), {}, {})
    for place, bands in data["order"].items():
        placed = {index for found in bands.values() for index in found["who"]}
        others = {i for i, entry in enumerate(data["entries"]) if entry["kind"] == "tokenizer"} - placed
        assert others == set(data["without"][place])
        assert all(data["without"][place].values())


@pytest.mark.parametrize(
    "case", json.loads(Path(__file__).with_name("borda.json").read_text("utf-8")), ids=lambda c: c["name"]
)
def test_the_count_is_that_of_the_golden_file_which_the_page_is_held_against_too(case: dict[str, Any]) -> None:
    """Worked out by hand. tests/leaderboard/web/borda.test.js asks the same of the page's script."""
    order = case["order"]
    assert totals(order["who"], list(order["questions"].values()), order["alike"]) == case["total"]
