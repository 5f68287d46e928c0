"""The page in a browser, opened from disk: what a newcomer asks and what can be had of it."""

from __future__ import annotations

import csv
import json
import operator
import time
from pathlib import Path
from typing import Any

import pytest

Page = Any  # conftest.Page


def test_the_heading_counts_the_clips_of_the_first_table(page: Page) -> None:
    page.open("#/mini/speech")
    assert "40 clips" in page.js("return document.querySelector('main').textContent")


def test_the_first_view_says_what_the_page_is_and_when_it_was_built(page: Page) -> None:
    page.open()
    assert "16 discrete audio tokenizers, scored on the same audio" in page.texts(".intro")[0]
    assert "Built 20" in page.texts(".links")[0]
    page.click("Cite it (BibTeX)")
    page.wait("return document.querySelector('#part-cite')")
    assert "@software{audiotok" in page.texts("#part-cite")[0]
    words = page.texts("#part-terms dt")
    assert {"Borda count", "Win rate", "BD-rate", "Pareto front", "Holm", "mini"} <= set(words)


#: What is clicked, and where which words then answer.
QUESTIONS_OF_A_NEWCOMER: dict[str, tuple[list[str], dict[str, str]]] = {
    "which is best under 1 kbit/s for a speech language model": (
        ["Speech language model"],
        {"tr.band": "up to 1 kbit/s", "tr.band + tr.tokenizer .borda": "0."},
    ),
    "who keeps the speaker": (
        ["Voice"],
        {".board thead": "Speaker similarity (GE2E)", "td.first .rank": "1"},
    ),
    "is A better than B, and how sure": (
        ["Compare"],
        {"#verdict": "better on", ".compare": "< 0.001"},
    ),
    "how was it measured, and can I reproduce it": (
        ["Mimi 8"],
        {"main": "audiotok submit -t mimi:num_codebooks=8"},
    ),
    "what failed": (["All failures"], {"main": "the clip is shorter than one frame"}),
    "may I use it commercially": (["Filters", "allowed"], {"tr.tokenizer th": "Mel-vq 1"}),
    "does it stream, and at what latency": (
        ["Voice transmission"],
        {".board thead": "Latency", "[data-entry='mimi:num_codebooks=8']": "80 ms"},
    ),
    "how big is it, and how fast": (["Mimi 8"], {".tiles": "1.36 M", ".tiles > div:nth-child(6)": "× real time"}),
}


@pytest.mark.parametrize("question", QUESTIONS_OF_A_NEWCOMER)
def test_a_newcomers_question_is_answered_in_at_most_two_clicks(page: Page, question: str) -> None:
    clicks, answers = QUESTIONS_OF_A_NEWCOMER[question]
    page.open()
    for text in clicks:
        page.click(text, "a, button")
    assert len(clicks) <= 2
    for where, answer in answers.items():
        page.wait("return document.querySelector(arguments[0])?.textContent.includes(arguments[1])", where, answer)


def test_what_is_shown_can_be_had_as_csv_and_json(page: Page, tmp_path: Path) -> None:
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.open("#/mini/speech?quantizer=FSQ")
    page.click("CSV")
    page.click("JSON")
    end = time.monotonic() + 20
    while len(list(tmp_path.glob("audiotok-mini-speech.[cj]s*"))) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    with (tmp_path / "audiotok-mini-speech.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["metric"] == "dwer"]
    records = [r for r in json.loads((tmp_path / "audiotok-mini-speech.json").read_text()) if r["metric"] == "dwer"]
    assert [row["tokenizer"] for row in rows] == [r["tokenizer"] for r in records]
    assert float(rows[0]["low"]) == records[0]["low"] < float(rows[0]["value"]) < records[0]["high"]
    assert rows[0]["signature"].startswith("reconstruction.v1|data:mini@")


def test_what_is_saved_is_what_board_json_says_of_the_cells(page: Page, built: Path, tmp_path: Path) -> None:
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.open("#/mini/speech?q=all")
    page.click("JSON")
    end = time.monotonic() + 20
    while not list(tmp_path.glob("audiotok-mini-speech.json")) and time.monotonic() < end:
        time.sleep(0.05)
    saved = json.loads((tmp_path / "audiotok-mini-speech.json").read_text("utf-8"))
    cells = json.loads((built.parent / "board.json").read_text("utf-8"))["cells"]
    expected = [cell for cell in cells if (cell["suite"], cell["domain"]) == ("mini", "speech")]
    key = operator.itemgetter("tokenizer", "data", "metric")
    assert sorted(saved, key=key) == sorted(expected, key=key)
    assert {cell["ranked_at"] for cell in saved} > {None}


def test_published_figures_are_sorted_and_their_errors_marked(page: Page) -> None:
    page.open("#/published")
    page.click("PESQ ↑", "th button")
    page.wait("return document.querySelector('.published tbody th').textContent === 'Ground truth'")
    page.js("document.querySelectorAll('.published td .dagger')[0].focus()")
    assert page.js("return document.getElementById('tip').hidden") is False
    assert "13" in page.js("return document.querySelector('.notes').textContent")
