"""The order of the board's rows in a browser: ranks, counts, weights and sorting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.submission.entry import Entry

Page = Any  # conftest.Page
Browse = Callable[[Path], Page]


def test_every_tokenizer_has_a_row_and_anchors_come_last_without_ranks(page: Page, board: list[Entry]) -> None:
    page.open()
    anchors = [entry.tokenizer for entry in board if entry.kind == "anchor"]
    assert len(page.names()) == len(board)
    assert sorted(page.names()[-len(anchors) :]) == sorted(anchors)
    assert page.js("return document.querySelectorAll('tr.anchor .rank').length") == 0


def test_a_click_on_a_column_sorts_by_it_best_first_and_again_turns_it_round(page: Page) -> None:
    page.open("#/mini/speech?group=0")
    page.click("PESQ (wide band)", ".board thead button")
    values = """return [...document.querySelectorAll('tr.tokenizer')]
                  .map((tr) => tr.cells[6].querySelector('.v').lastChild.textContent)"""
    assert page.columns()[6 - 1] == "PESQ (wide band)"
    best_first = [float(text) for text in page.js(values)]
    assert best_first == sorted(best_first, reverse=True)
    assert page.js("return document.querySelectorAll('.board thead th')[6].ariaSort") == "descending"
    page.click("PESQ (wide band)", ".board thead button")
    assert [float(text) for text in page.js(values)] == best_first[::-1]


def test_the_borda_count_is_weighed_and_switched_off(page: Page) -> None:
    page.open("#/mini/speech?panel=borda")
    before = page.texts("td.borda")
    page.choose("weight:intelligibility", "0")
    page.wait("return location.hash.includes('w.intelligibility=0')")
    assert page.texts("td.borda") != before
    page.click("Show the Borda count and sort by it", "label span")
    page.wait("return location.hash.includes('borda=0')")
    assert page.texts("td.borda") == []


def test_a_cell_whose_judge_taught_the_tokenizer_says_at_what_it_is_ranked(page: Page, board: list[Entry]) -> None:
    page.open()
    entry = next(entry for entry in board if entry.tokenizer.startswith("whisper-units"))
    estimate = next(result.estimate for result in entry.results if result.metric == "dwer")
    assert estimate
    assert estimate.high
    assert page.texts("[data-entry^=whisper-units] .mark") == [f"ranked at {estimate.high:.1f}"]


def test_who_has_no_count_says_why_and_who_has_one_over_what(page: Page) -> None:
    page.open()
    tip = "document.querySelector(`[data-entry='${arguments[0]}'] td.borda`).focus()"
    page.js(tip, "codec2:mode=2400")
    assert "one mode of a family is ranked" in page.js("return document.getElementById('tip').textContent")
    page.js(tip, "squeeze:levels=5")
    assert "questions on which both are ranked" in page.js("return document.getElementById('tip').textContent")


def test_who_may_not_lead_stands_behind_the_others_of_its_band(
    browse: Browse, board: list[Entry], tmp_path: Path
) -> None:
    best = "squeeze:levels=5"
    entries = []
    for entry in board:
        broken = entry.tokenizer == best
        results = [
            replace(result, failures={"speech-99": "it broke"})
            if broken and result.question == "intelligibility"
            else result
            for result in entry.results
        ]
        entries.append(replace(entry, results=tuple(results)))
    page = browse(build(entries, tmp_path)).open()
    rows = page.js("return [...document.querySelectorAll('.board tr.tokenizer')].map((row) => row.dataset.entry)")
    counts = page.js("return [...document.querySelectorAll('.board tr.tokenizer td.borda')].map((td) => td.innerText)")
    assert float(counts[rows.index(best)]) == max(float(counts[rows.index(other)]) for other in rows[:3])
    assert rows[:3].index(best) == 2


def test_the_weighted_count_with_equal_weights_is_the_one_that_was_built(page: Page, board: list[Entry]) -> None:
    page.open()
    data = page.js("return JSON.parse(document.getElementById('data').textContent)")
    shown = {i: entry["id"] for i, entry in enumerate(data["entries"])}
    compared = 0
    for order in data["order"]["mini/speech"].values():
        for index, total in zip(order["who"], order["total"], strict=True):
            text = page.js(
                "return document.querySelector(`[data-entry='${arguments[0]}'] td.borda`).textContent", shown[index]
            )
            assert float(text) == pytest.approx(total, abs=0.0051)
            compared += 1
    assert compared >= 8
