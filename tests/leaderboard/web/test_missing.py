"""What the board says in a browser of values that are missing, and why."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.submission.entry import Entry

Page = Any  # conftest.Page
Browse = Callable[[Path], Page]


def test_every_dash_says_why(page: Page) -> None:
    page.open("#/mini/speech?wins=1")
    silent = page.js(
        """return [...document.querySelectorAll('.board td')].filter((td) => td.textContent === '–')
             .filter((td) => !/: ./.test(td.ariaLabel ?? '')).map((td) => td.outerHTML)"""
    )
    assert silent == []
    label = "return document.querySelector('[data-entry=\"reference\"] td').ariaLabel"
    assert page.js(label) == "no bitrate: an anchor has no tokens"
    last = "return document.querySelector(`[data-entry='codec2:mode=2400'] td:nth-child(5)`).ariaLabel"
    assert page.js(last).startswith("no win rate: one mode of a family is ranked")


def test_a_failure_is_counted_in_its_cell_and_explained_on_focus(page: Page) -> None:
    page.open()
    page.js("document.querySelector('[data-entry=\"encodec:bandwidth=1.5\"] .mark').closest('td').focus()")
    cell = page.js("return document.activeElement.textContent")
    assert "failed 2/40" in cell
    assert "shorter than one frame" in page.js("return document.getElementById('tip').textContent")
    assert page.js("return document.activeElement.querySelector('.rank')") is None


def test_not_measured_and_not_applicable_are_told_apart(page: Page) -> None:
    page.open("#/mini/speech?q=codebook")
    assert page.js("return document.querySelector('tr.anchor td:last-child').ariaLabel").endswith(
        "not applicable, an anchor has no tokens"
    )
    assert page.texts("tr.anchor td:last-child")[:2] == ["n/a"] * 2  # the others are codecs and have codes


def test_a_metric_without_a_value_on_the_whole_set_is_undefined_and_has_not_failed(
    browse: Browse, board: list[Entry], tmp_path: Path
) -> None:
    few, broken = "4581 codes, at least 20480 are needed for a codebook of 2048", "RuntimeError: no"
    clips = [f"speech-{i:02}" for i in range(40)]

    def without(entry: Entry, reason: str) -> Entry:
        results = (
            replace(one, estimate=None, scores=(), failures=dict.fromkeys(clips, reason))
            if one.metric == "entropy" and one.domain == "speech"
            else one
            for one in entry.results
        )
        return replace(entry, results=tuple(results))

    tokenizers = [entry for entry in board if entry.kind == "tokenizer"]
    changed = [without(tokenizers[0], few), without(tokenizers[1], broken), *tokenizers[2:]]
    page = browse(build(changed, tmp_path))
    page.open("#/mini/speech?q=codebook&group=0")
    cells = [
        page.js(
            "return document.querySelector(arguments[0]).textContent",
            f'[data-entry="{one.tokenizer}"] td:last-child',
        )
        for one in tokenizers[:2]
    ]
    assert cells == ["undef.", "–failed 40/40"]
    page.open("#/failures")
    first, second = page.texts(".plain")
    assert broken in first
    assert few not in first
    assert few in second


def test_failures_are_listed_with_their_reasons(page: Page) -> None:
    page.open()
    page.click("All failures")
    page.wait("return document.querySelector('h1').textContent === 'Failures'")
    (table, left_out) = page.texts(".plain")
    assert "PESQ (wide band)" in table
    assert "2 of 40" in table
    assert "2 × TokenizerFailed: the clip is shorter than one frame" in table
    assert "results.jsonl:3: <b>" in left_out


def test_a_left_out_submission_is_named_as_text(page: Page) -> None:
    page.open("#/about")
    assert "results.jsonl:3: <b>" in page.js("return document.querySelector('main').innerText")


def test_without_the_folder_of_scores_the_page_says_so(browse: Browse, board: list[Entry], tmp_path: Path) -> None:
    path = build([entry for entry in board if entry.tokenizer.startswith("codec2")], tmp_path)
    shutil.rmtree(tmp_path / "scores")
    page = browse(path)
    page.open("#/compare/codec2%3Amode%3D1200/codec2%3Amode%3D2400")
    page.wait("return document.querySelector('#verdict')?.textContent.includes('keep the folder “scores”')")
    assert not [text for text in page.texts(".compare td") if "not tested" in text]
    page.open("#/tokenizer/codec2%3Amode%3D1200")
    page.wait("return document.querySelector('[role=alert]')?.textContent.includes('keep the folder “scores”')")
    assert "Worst clips" not in page.js("return document.querySelector('main').textContent")
    page.complaints()


def test_a_clip_that_no_row_has_is_not_played_as_another_in_silence(page: Page) -> None:
    page.open("#/mini/speech/listen?clip=no-such-clip")
    assert page.texts("[role=alert]")[0].startswith("No row here has a sound of the clip no-such-clip; this is ")
    page.open("#/mini/speech/listen?clip=speech-03")
    assert page.texts("main [role=alert]") == []


def test_clips_of_a_row_of_another_suite_are_heard_there(browse: Browse, board: list[Entry], tmp_path: Path) -> None:
    own, first = (next(entry for entry in board if entry.tokenizer == name) for name in ("mulaw", "squeeze:levels=5"))
    moved = (replace(one, signature=one.signature.replace("data:mini@", "data:other@")) for one in own.results)
    page = browse(build([replace(own, results=tuple(moved)), first], tmp_path))
    page.open("#/tokenizer/mulaw")
    links = page.js("return [...document.querySelectorAll('.clips a')].map((one) => one.getAttribute('href'))")
    assert links
    assert all(link.startswith("#/other/speech/listen?") for link in links)
