"""The page in a real browser, opened from disk: every action that it offers, and what it must never do."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.submission.entry import Entry

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium drives the browser: pip install selenium")
Page = Any  # conftest.Page
Browse = Callable[[Path], Page]
AXE = Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js"
CLIPS = {
    "speech-00": {"text": "Please enter your password.", "language": "en", "domain": "speech"},
    "speech-03": {"text": "Un momento, por favor.", "language": "es", "domain": "speech"},
}
CLIPS |= {
    "continuations/speech-00": {"domain": "speech", "recipe": "continuations", "of": "speech-00", "prompt": 0.55},
    "tts_probe/speech-03": {**CLIPS["speech-03"], "recipe": "tts_probe", "of": "speech-03"},
}
EXTRA_ROWS = ["Codec2 1200", "Codec2 2400", "Codec2 3200", "Lyra 16", "Lyra 30", "Lyra 46", "reference"]
VIEWS = (
    *("#/", "#/mini/speech?q=all", "#/mini/music", "#/mini/speech?panel=filters", "#/mini/speech?panel=columns"),
    *(
        "#/mini/speech?panel=borda",
        "#/mini/speech/plot",
        "#/mini/speech/plot?x=token_rate&embed=1",
        "#/mini/speech/listen",
        "#/mini/speech/listen?clip=continuations/speech-00",
        "#/mini/speech/listen?blind=abx",
        "#/mini/speech?q=pairs",
        "#/tokenizer/lyra%3Astages%3D16",
        "#/tokenizer/encodec%3Abandwidth%3D1.5",
    ),
    *("#/tokenizer/reference", "#/compare", "#/published", "#/published/Taxonomy", "#/about", "#/failures"),
    *("#/mini/speech/table?task=speech-lm&card=latency,licence", "#/compare/nobody/mulaw"),
)


@pytest.fixture(scope="module")
def session(browse: Browse, board: list[Entry], tmp_path_factory: pytest.TempPathFactory) -> Page:
    refused = {"evil": "results.jsonl:3: <b>"}
    return browse(build(board, tmp_path_factory.mktemp("page"), clips=CLIPS, refused=refused))


@pytest.fixture
def page(session: Page) -> Iterator[Page]:
    session.complaints()
    yield session
    assert session.complaints() == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("width", [390, 1440])
def test_no_view_is_wider_than_the_screen(page: Page, view: str, width: int) -> None:
    page.size(width, 844)
    page.open(view)
    try:
        assert page.js("return document.documentElement.scrollWidth") <= width
        assert page.js("return document.querySelector('h1').textContent")
    finally:
        page.size(1440, 900)


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


def test_the_first_view_loads_no_drawing_library_and_a_plot_does(page: Page) -> None:
    page.driver.get_log("performance")
    page.open()
    assert page.js("return [typeof d3, typeof Plot]") == ["undefined", "undefined"]
    page.open("#/mini/speech/plot")
    page.wait("return document.querySelector('.figure svg')")
    assert page.js("return typeof Plot") == "object"


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_chosen_shows_where_the_system_picks_the_colours(page: Page, scheme: str) -> None:
    emulated = [{"name": "forced-colors", "value": "active"}, {"name": "prefers-color-scheme", "value": scheme}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": emulated})
    try:
        page.open("#/mini/speech/table?task=speech-lm&panel=filters")
        assert page.js("return matchMedia('(forced-colors: active)').matches")
        for chosen in ("#tabs a[aria-current]", ".tasks a[aria-current]", ".segmented [aria-pressed=true]", "td.first"):
            style = "return getComputedStyle(document.querySelector(arguments[0])).outlineStyle"
            assert page.js(style, chosen) == "solid", chosen
        # What carries a value by colour alone keeps its own colours.
        page.js("document.querySelector('tr.tokenizer td.whisker').scrollIntoView()")
        assert page.js("return getComputedStyle(document.querySelector('td.whisker')).forcedColorAdjust") == "none"
        page.open("#/mini/speech/plot")
        page.wait("return document.querySelector('.figure .points path')")
        colours = page.js(
            "return [...new Set([...document.querySelectorAll('.points path')].map((p) => getComputedStyle(p).stroke))]"
        )
        assert len(colours) > 3
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_filters_keep_what_has_one_of_the_chosen_values(page: Page) -> None:
    page.open()
    page.click("Filters")
    page.click("FSQ")
    assert page.names()[:-4] == ["Squeeze 5"]
    page.click("SQ")
    assert sorted(page.names()[:-4]) == ["Mulaw", "Squeeze 5"]
    page.click("Clear all filters")
    assert len(page.names()) == 20


def test_commercial_use_needs_the_licence_of_the_weights_and_that_of_the_code(page: Page, board: list[Entry]) -> None:
    licences = {entry.tokenizer: entry.card["licence"] for entry in board if entry.card}
    page.open()
    page.click("Filters")
    page.click("not allowed")
    shown = page.js("return [...document.querySelectorAll('tr.tokenizer')].map((one) => one.dataset.entry)")
    assert sorted(shown) == sorted(name for name, licence in licences.items() if licence == "CC-BY-NC-4.0")
    page.open(f"#/tokenizer/{shown[0]}")
    card = page.js("return document.querySelector('main').innerText")
    assert "Licence of the weights\nCC-BY-NC-4.0" in card
    assert "Licence of the code\nMIT" in card


def test_search_looks_into_names_and_cards_and_keeps_the_cursor(page: Page) -> None:
    page.open()
    field = page.driver.find_element("css selector", "input[type=search]")
    field.click()
    for letter in "k-means":
        page.driver.switch_to.active_element.send_keys(letter)
        page.settle()
    assert page.names()[:-4] == ["Whisper-units 512"]
    assert page.js("return document.activeElement.value") == "k-means"


def test_columns_can_be_taken_away_and_added_from_metrics_and_cards(page: Page) -> None:
    page.open("#/mini/speech?panel=columns")
    page.click("ESTOI", ".panel button")
    assert "ESTOI" not in page.columns()
    page.click("Normalised entropy", ".panel button")
    page.click("Licence", ".panel button")
    assert "Normalised entropy" in page.columns()
    assert "CC-BY-NC-4.0" in page.js("return document.querySelector('.board').textContent")
    page.click("Back to the default columns")
    assert "ESTOI" in page.columns()


def test_the_heading_counts_the_clips_of_the_first_table(page: Page) -> None:
    page.open("#/mini/speech")
    assert "40 clips" in page.js("return document.querySelector('main').textContent")


def test_a_tokenizers_rates_are_those_counted_on_each_domain(page: Page) -> None:
    page.open("#/tokenizer/encodec%3Abandwidth%3D1.5")
    rows = page.js(
        """return [...[...document.querySelectorAll('h2')].find((one) => one.textContent === 'Measured rates')
             .parentElement.querySelectorAll('tr')].map((one) => one.cells.length)"""
    )
    assert rows == [4] * 4  # heading, speech, music, audio; data, and three rates


def test_parameters_are_a_column_that_sorts_as_numbers_and_filters_by_size(page: Page) -> None:
    page.open("#/mini/speech?card=parameters&group=0&sort=f:parameters")
    at = page.texts(".board thead th").index("Parameters") + 1
    shown = page.texts(f"tr.tokenizer > :nth-child({at})")
    assert shown[:4] == ["0", "0", "0", "0.555 M"]
    assert [float(text.split()[0]) for text in shown] == sorted(float(text.split()[0]) for text in shown)
    page.open("#/mini/speech?parameters=over 100 M")
    assert page.names()[:-4] == ["Mulaw"]


def test_the_win_rate_is_a_column_that_sorts(page: Page) -> None:
    page.open("#/mini/speech?panel=columns&group=0")
    page.click("Win rate", ".panel button")
    at = page.columns().index("Win rate") + 1
    page.click("Win rate", ".board thead button")
    rates = [int(text) for text in page.texts(f"tr.tokenizer td:nth-child({at + 1})") if text != "–"]
    assert len(rates) > 10
    assert rates == sorted(rates, reverse=True)
    assert 0 <= rates[-1] < rates[0] <= 100


@pytest.mark.parametrize("domain", ["speech", "music", "audio"])
def test_a_laptop_shows_the_first_table_without_scrolling(page: Page, domain: str) -> None:
    page.open(f"#/mini/{domain}")
    table, holder = "document.querySelector('.board')", "document.querySelector('.board').parentElement"
    assert page.js(f"return {table}.scrollWidth <= {holder}.clientWidth")
    assert page.js("return [...document.querySelectorAll('.segmented')].every(s => s.scrollWidth <= s.clientWidth)")


def test_the_bd_rate_of_two_families_is_shown_both_ways(page: Page) -> None:
    page.open("#/mini/speech/plot?y=estoi")
    page.wait("return document.querySelector('table.bd')")
    families = page.texts("table.bd tbody th")
    assert page.texts("table.bd thead th")[1:] == [f"against {family}" for family in families]
    cells = page.js(
        "return [...document.querySelectorAll('table.bd tbody tr')].map((tr) => "
        "[...tr.cells].slice(1).map((td) => td.textContent))"
    )
    saved = {}
    for i, row in enumerate(cells):
        assert row[i] == "–"
        saved |= {(i, j): float(text.rstrip("%").replace("−", "-")) for j, text in enumerate(row) if "%" in text}
    assert saved
    for (i, j), percent in saved.items():  # what one needs more the other needs less
        assert percent * saved[j, i] < 0


def test_questions_choose_their_metrics(page: Page) -> None:
    page.open()
    page.click("Voice")
    assert page.columns()[-1] == "F0 error"
    page.click("All")
    assert {"F0 error", "Real-time factor, encode", "dWER"} <= set(page.columns())


def test_the_borda_count_is_weighed_and_switched_off(page: Page) -> None:
    page.open("#/mini/speech?panel=borda")
    before = page.texts("td.borda")
    page.choose("weight:intelligibility", "0")
    page.wait("return location.hash.includes('w.intelligibility=0')")
    assert page.texts("td.borda") != before
    page.click("Show the Borda count and sort by it", "label span")
    page.wait("return location.hash.includes('borda=0')")
    assert page.texts("td.borda") == []


def test_a_failure_is_counted_in_its_cell_and_explained_on_focus(page: Page) -> None:
    page.open()
    page.js("document.querySelector('[data-entry=\"encodec:bandwidth=1.5\"] .mark').closest('td').focus()")
    cell = page.js("return document.activeElement.textContent")
    assert "failed 2/40" in cell
    assert "shorter than one frame" in page.js("return document.getElementById('tip').textContent")
    assert page.js("return document.activeElement.querySelector('.rank')") is None


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
    assert "questions that both are ranked on" in page.js("return document.getElementById('tip').textContent")


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
    try:
        rows = page.js("return [...document.querySelectorAll('.board tr.tokenizer')].map((row) => row.dataset.entry)")
        counts = page.js(
            "return [...document.querySelectorAll('.board tr.tokenizer td.borda')].map((td) => td.innerText)"
        )
        assert float(counts[rows.index(best)]) == max(float(counts[rows.index(other)]) for other in rows[:3])
        assert rows[:3].index(best) == 2
    finally:
        page.driver.quit()


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


def test_a_task_is_a_click_away_and_brings_its_columns_weights_and_reason(page: Page) -> None:
    page.open()
    assert page.texts(".tasks li a") == [
        *("Speech language model", "Text to speech", "Voice transmission", "Music", "Understanding only")
    ]
    page.click("Speech language model")
    assert page.columns()[:6] == [
        *["Bitrate", "Tokens", "Borda", "dWER", "Speaker similarity (GE2E)"],
        "Language model, bits per second",
    ]
    assert page.texts(".board thead th.text") == ["Latency", "Licence"]
    assert page.texts(".tasks [aria-current]") == ["Speech language model"]
    assert "pays for every token" in page.texts(".why")[0]
    page.click("Voice transmission")
    assert len(page.names()) - 4 == 7  # those that stream
    assert "rtf" not in page.texts(".board thead")[0]
    page.click("Music", ".tasks a")
    assert page.hash.startswith("#/mini/music/table?task=music")


def test_the_first_view_says_what_the_page_is_and_when_it_was_built(page: Page) -> None:
    page.open()
    assert "16 discrete audio tokenizers, each scored on the same audio" in page.texts(".intro")[0]
    assert "Built 20" in page.texts(".links")[0]
    page.click("Cite it (BibTeX)")
    page.wait("return document.querySelector('#part-cite')")
    assert "@software{audiotok" in page.texts("#part-cite")[0]
    words = page.texts("#part-terms dt")
    assert {"Borda count", "Win rate", "BD-rate", "Pareto front", "Holm", "Max-T", "mini"} <= set(words)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("#/compare/nobody/mulaw", "no row called nobody"),
        ("#/tokenizer/nobody", "no tokenizer called nobody"),
        ("#/nowhere", "no suite or page called nowhere"),
        ("#/mini/smells", "no domain called smells"),
    ],
)
def test_a_link_that_names_what_is_not_there_is_an_error(page: Page, view: str, said: str) -> None:
    page.open(view)
    assert said in page.js("return document.querySelector('[role=alert]').textContent")
    assert page.js("return document.querySelector('.compare, .board')") is None


def test_a_comparison_begins_with_its_result_in_a_sentence(page: Page) -> None:
    page.open("#/compare/mimi%3Anum_codebooks%3D8/codec2%3Amode%3D1200")
    (sentence,) = page.texts("#verdict")
    assert sentence.startswith("Mimi 8 is better on words")
    tested = page.js(
        """return [...document.querySelectorAll('.compare tbody tr:not(.band)')].map((tr) => tr.cells[5].textContent)
             .filter((text) => text && !text.startsWith('not tested') && text !== 'one value for the whole set')"""
    )
    ties = sum(text == "not separated" for text in tested)
    assert (f"on {ties} of " in sentence) == (ties > 0)


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
    try:
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
    finally:
        page.driver.quit()


def test_failures_are_listed_with_their_reasons(page: Page) -> None:
    page.open()
    page.click("All failures")
    page.wait("return document.querySelector('h1').textContent === 'Failures'")
    (table, left_out) = page.texts(".plain")
    assert "PESQ (wide band)" in table
    assert "2 of 40" in table
    assert "2 × TokenizerFailed: the clip is shorter than one frame" in table
    assert "results.jsonl:3: <b>" in left_out


def test_a_search_finds_what_was_published_elsewhere_apart_from_the_ranked_rows(page: Page) -> None:
    page.open("#/mini/speech?search=dac")
    assert page.names() == ["reference", "lowpass:cutoff=3500", "opus:kbps=6", "opus:kbps=12"]
    assert page.texts("tr.elsewhere th.name span") == ["DAC"] * 3
    assert page.js("return document.querySelectorAll('tr.elsewhere .rank, tr.elsewhere .whisker').length") == 0
    assert "not ranked" in page.texts(".published-rows .band")[0]
    labels = page.js("return [...document.querySelectorAll('tr.elsewhere')[1].cells].map((one) => one.ariaLabel)")
    assert "PESQ (wide band): 3.40, published, on other data" in labels


def test_a_search_finds_the_card_of_what_nobody_has_scored(page: Page) -> None:
    page.open("#/mini/speech?search=snac&card=licence,streaming")
    assert page.names() == ["reference", "lowpass:cutoff=3500", "opus:kbps=6", "opus:kbps=12"]
    (row,) = page.js(
        "return [...document.querySelectorAll('tr.unscored')].map((tr) => [...tr.cells].map((c) => c.innerText))"
    )
    assert row[0].startswith("SNAC")
    assert row[1] == "0.984–2.58"
    assert row[-2:] == ["MIT", "no"]
    assert "Nobody has scored it here yet" in page.texts(".empty")[0]
    assert page.js("return document.querySelectorAll('tr.unscored .rank, tr.unscored .whisker').length") == 0
    page.open("#/mini/speech?search=mimi")
    assert page.names()[0] == "Mimi 8"  # who has a row is not listed as unscored
    assert page.js("return document.querySelector('tr.unscored')") is None


def test_back_undoes_a_question_a_panel_and_a_sorting_one_by_one(page: Page) -> None:
    page.open("#/mini/speech")
    page.click("Voice")
    page.click("Filters")
    page.click("F0 error", ".board thead button")
    assert "sort=" in page.hash
    for left in ("panel=filters", "q=voice", ""):
        page.driver.back()
        page.settle()
        assert page.hash.endswith(left)
        assert "sort=" not in page.hash
    assert "q=" not in page.hash


def test_back_returns_to_where_the_reader_was_on_the_page(page: Page) -> None:
    page.open("#/mini/speech")
    page.size(1440, 500)
    try:
        page.js("scrollTo(0, 150)")
        page.wait("return scrollY === 150")
        page.settle()
        page.js("location.hash = '#/about'")
        page.wait("return document.querySelector('h1').textContent.startsWith('How')")
        page.settle()
        assert page.js("return [scrollY, document.activeElement.tagName]") == [0, "H1"]
        page.driver.back()
        page.wait("return document.querySelector('.board')")
        page.settle()
        assert page.js("return scrollY") == 150
    finally:
        page.size(1440, 900)


def test_a_phone_reads_the_first_metric_and_keeps_head_and_names_in_view(page: Page) -> None:
    page.size(390, 844)
    try:
        page.open("#/mini/speech")
        cell = "document.querySelector('tr.tokenizer td.whisker').getBoundingClientRect()"
        assert page.js(f"return {cell}.right") <= 390
        page.js("scrollTo(0, 1200)")
        page.settle()
        head = "document.querySelector('.sticky-head').getBoundingClientRect()"
        assert page.js(f"return [{head}.top, {head}.height > 40]") == [0, True]
        page.js("document.querySelector('.board-frame .scroll').scrollLeft = 200")
        page.settle()
        assert page.js("return document.querySelector('.sticky-head').scrollLeft") == 200
        left = "return document.querySelector('.scroll tr.tokenizer th.name').getBoundingClientRect().left"
        assert 0 <= page.js(left) < 20
    finally:
        page.size(1440, 900)


@pytest.mark.parametrize("view", VIEWS)
def test_what_a_finger_presses_is_at_least_44_pixels_high(page: Page, view: str) -> None:
    page.size(390, 844)
    try:
        page.open(view)
        small = page.js(
            """const pressed = 'button, select, summary, input:not([type=checkbox]), .check, nav a, .board a';
               const own = (one) => !one.closest('[aria-hidden]') && !one.closest('.board-frame thead');
               return [...document.querySelectorAll(pressed)].filter((one) => one.checkVisibility() && own(one))
                 .map((one) => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
                 .filter(([, { width, height }]) => Math.min(width, height) < 43.5).map(([text]) => text)"""
        )
        assert small == []
    finally:
        page.size(1440, 900)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_border_of_a_control_stands_out_from_its_ground(page: Page, scheme: str) -> None:
    """WCAG 2.2, 1.4.11: 3:1, by its border or by its own ground; a group of buttons has no borders of its own."""
    emulated = [{"name": "prefers-color-scheme", "value": scheme}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": emulated})
    faint = {}
    try:
        for view in VIEWS:
            page.open(view)
            page.settle()
            if found := page.js(CONTROLS_UNDER_3_TO_1):
                faint[view] = found
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert faint == {}


CONTROLS_UNDER_3_TO_1 = """
  const luminance = (colour) => {
    const [r, g, b, alpha = 1] = colour.match(/[0-9.]+/g).map(Number);
    const linear = [r, g, b].map((x) => (x / 255 <= 0.03928 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4));
    return alpha === 0 ? null : 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const found = luminance(getComputedStyle(node).backgroundColor);
      if (found !== null) return found;
    }
    return 1;
  };
  const ratio = (one, other) =>
    one === null ? 0 : (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  const controls = document.querySelectorAll("button, select, input[type=search]");
  return [...controls].filter((one) => {
    const style = getComputedStyle(one);
    if (!one.checkVisibility() || parseFloat(style.borderTopWidth) === 0) return false;
    const behind = ground(one.parentElement);
    const own = [style.borderTopColor, style.backgroundColor];
    return Math.max(...own.map((colour) => ratio(luminance(colour), behind))) < 3;
  }).map((one) => one.outerHTML.slice(0, 120));
"""


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm install --no-package-lock")
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_any_view(page: Page, width: int, scheme: str) -> None:
    emulated = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.size(width, 844)
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", emulated)
    found = {}
    try:
        for view in VIEWS:
            page.open(view)
            page.js(AXE.read_text("utf-8"))
            violations = page.driver.execute_async_script(
                """const done = arguments[0];
                   axe.run(document).then(({ violations }) =>
                     done(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 150)}`)));"""
            )
            if violations:
                found[view] = violations
    finally:
        page.size(1440, 900)
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert found == {}


def test_a_tokenizers_page_begins_with_its_strengths_and_what_it_costs(page: Page) -> None:
    page.open("#/tokenizer/lyra%3Astages%3D30")
    (sentence,) = page.texts(".summary .lead")
    assert sentence.startswith("In its band (4–8 kbit/s, speech) Lyra 30 is ")
    facts = dict(zip(page.texts(".tiles dt"), page.texts(".tiles dd"), strict=True))
    assert facts["Bitrate"] == "6 kbit/s"
    assert facts["Tokens"] == "600 per s"
    assert facts["Parameters"] == "7.4 M"
    assert facts["Latency"] == "not measured"
    assert (facts["Licence, weights"], facts["Licence, code"], facts["Commercial use"]) == ("MIT", "MIT", "allowed")
    assert page.texts("details:not([open]) > summary h3")  # the long tables but the first are folded


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


def test_an_address_brings_back_the_view_it_was_copied_from(page: Page) -> None:
    page.open()
    page.click("Filters")
    page.click("RVQ")
    page.click("ViSQOL", ".board thead button")
    page.click("Voice")
    address, shown = page.hash, (page.names(), page.columns())
    page.open(address)
    assert (page.names(), page.columns()) == shown


def test_back_returns_to_the_view_before(page: Page) -> None:
    page.open("#/mini/speech?quantizer=FSQ")
    page.click("Squeeze 5")
    page.wait("return document.querySelector('h1').textContent === 'Squeeze 5'")
    page.driver.back()
    page.wait("return document.querySelector('.board')")
    assert page.names()[:-4] == ["Squeeze 5"]


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


def test_the_plot_draws_every_mode_and_the_legend_hides_families(page: Page) -> None:
    page.open("#/mini/speech/plot")
    dots = "return document.querySelectorAll('.figure [aria-label=dot] path').length"
    page.wait(dots)
    assert page.js(dots) == 16
    page.js("document.querySelector('[data-key=\"legend:encodec\"]').click()")
    page.wait("return document.querySelector('.figure svg')")
    assert page.js(dots) == 13
    page.choose("select:Over", "token_rate")
    page.wait("return document.querySelector('.figure svg')?.textContent.includes('tokens/s')")
    page.choose("select:Over", "lm_bits")
    page.wait("return document.querySelector('.figure svg')?.textContent.includes('under a language model')")
    assert page.js(dots) == 12  # mu-law has no language model, and encodec is hidden
    page.open("#/mini/music/plot")
    assert "lm_bits" not in page.js(
        "return [...document.querySelector('[data-key=\"select:Over\"]')].map((o) => o.value)"
    )


@pytest.mark.parametrize("names", [".anchor-label text", ".names text"])
def test_names_in_the_plot_do_not_cover_each_other(page: Page, names: str) -> None:
    page.open("#/mini/speech/plot?y=estoi")
    page.wait(f"return document.querySelector('.figure {names}')")
    boxes = page.js(
        f"""return [...document.querySelectorAll('.figure {names}')].map((one) => {{
             const box = one.getBoundingClientRect(); return [box.left, box.right, box.top, box.bottom]; }})"""
    )
    assert len(boxes) > 1
    for i, (left, right, top, bottom) in enumerate(boxes):
        assert all(
            right <= other[0] + 1 or other[1] <= left + 1 or bottom <= other[2] + 3 or other[3] <= top + 3
            for other in boxes[:i]
        )


def test_what_lies_far_to_the_right_stands_at_the_edge_with_its_rate(page: Page) -> None:
    page.open("#/mini/speech/plot")
    page.wait("return document.querySelector('.figure .names text')")
    assert "Mulaw, 128 kbit/s →" in page.texts(".figure .names text")
    ticks = [float(text) for text in page.texts(".figure [aria-label='x-axis tick label'] text")]
    assert max(ticks) == 20  # and not 100: encodec's 24 kbit/s are the last of the others


@pytest.mark.parametrize("axis", ["token_rate", "lm_bits", "parameters", "latency", "rtf_encode"])
def test_cost_is_rate_size_speed_or_latency(page: Page, axis: str) -> None:
    page.open(f"#/mini/speech/plot?x={axis}")
    page.wait("return document.querySelectorAll('.figure .points path').length")
    page.js("document.querySelector('.figure .points path').focus()")
    assert "dWER" in page.js("return document.querySelector('.picked').textContent")


@pytest.mark.parametrize(("axis", "fronts"), [("bitrate", 1), ("rtf_encode", 0)])
def test_only_what_costs_has_a_front_of_the_cheapest(page: Page, axis: str, fronts: int) -> None:
    page.open(f"#/mini/speech/plot?x={axis}")
    page.wait("return document.querySelectorAll('.figure .points path').length")
    assert page.js("return document.querySelectorAll('.figure [stroke-width=\"7\"]').length") == fronts


def test_points_are_reached_by_keys_and_by_finger(page: Page) -> None:
    page.open("#/mini/speech/plot")
    page.wait("return document.querySelectorAll('.figure .points path[tabindex=\"0\"]').length === 1")
    page.js("document.querySelector('.figure .points path[tabindex=\"0\"]').focus()")
    first = page.js("return document.querySelector('.picked a').textContent")
    page.driver.switch_to.active_element.send_keys(webdriver.Keys.ARROW_RIGHT)
    second = page.js("return document.querySelector('.picked a').textContent")
    assert [first, second] == ["Whisper-units 512", "Mel-vq 1"]  # by rising rate
    touch = page.js(
        """const box = document.querySelectorAll('.figure .points path')[3].getBoundingClientRect();
           return [box.left + box.width / 2, box.top + box.height / 2]"""
    )
    points = [{"x": touch[0], "y": touch[1]}]
    page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points})
    page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait("return !document.querySelector('.picked a')?.textContent.startsWith('Mel-vq 1')")
    assert "/plot" in page.hash  # it was picked, not opened
    page.js("document.querySelector('.figure .points path[tabindex=\"0\"]').focus()")
    page.driver.switch_to.active_element.send_keys(webdriver.Keys.ENTER)
    page.wait("return location.hash.startsWith('#/tokenizer/')")


def test_the_plot_is_zoomed_by_buttons_and_by_dragging(page: Page) -> None:
    page.open("#/mini/speech/plot?y=estoi")
    count = "return document.querySelectorAll('.figure .points path').length"
    page.wait(count)
    page.click("+")
    page.wait("return location.hash.includes('zoom=')")
    page.wait(f"return 0 < ({count.removeprefix('return ')}) && ({count.removeprefix('return ')}) < 16")
    page.click("Show all")
    page.wait(f"{count} === 16")
    figure = page.driver.find_element("css selector", ".figure svg")
    actions = webdriver.ActionChains(page.driver).move_to_element_with_offset(figure, -200, -120)
    actions.click_and_hold().move_by_offset(300, 200).release().perform()
    page.wait("return location.hash.includes('zoom=')")


def test_the_plot_is_saved_as_it_is_seen(page: Page, tmp_path: Path) -> None:
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.open("#/mini/speech/plot?y=estoi&hide=lyra")
    page.wait("return document.querySelector('.figure .names text')")
    page.click("SVG")
    page.click("PNG")
    end = time.monotonic() + 20
    while len(list(tmp_path.glob("*.[sp][vn]g"))) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    drawn = (tmp_path / "audiotok-mini-speech-estoi-bitrate.svg").read_text("utf-8")
    assert "Encodec" in drawn
    assert "Lyra" not in drawn
    assert "var(" not in drawn
    ElementTree.fromstring(drawn)
    assert (tmp_path / "audiotok-mini-speech-estoi-bitrate.png").read_bytes().startswith(b"\x89PNG")


def test_an_embedded_plot_is_the_figure_and_a_way_back(page: Page) -> None:
    page.open("#/mini/speech/plot?y=estoi&embed=1")
    page.wait("return document.querySelector('.figure .names text')")
    assert (
        page.js("return [...document.querySelectorAll('header, footer, .toolbar')].some((x) => x.checkVisibility())")
        is False
    )
    page.open("#/mini/speech/plot?y=estoi")
    assert page.js("return document.querySelector('header').checkVisibility()")


def test_bd_rates_are_shown_only_where_some_are_defined(page: Page) -> None:
    for metric in page.js(
        "return [...new Set(JSON.parse(document.getElementById('data').textContent).columns.map((c) => c.metric))]"
    ):
        page.open(f"#/mini/speech/plot?y={metric}")
        rows = page.js(
            """return [...document.querySelectorAll('table.bd tbody tr')]
                 .map((tr) => [...tr.cells].map((td) => td.textContent))"""
        )
        defined = [
            any("%" in row[i] for row in rows) or any("%" in t for t in rows[i - 1]) for i in range(1, len(rows) + 1)
        ]
        assert all(defined)
    page.open("#/mini/speech/plot?x=token_rate")
    assert page.js("return document.querySelector('table.bd')") is None


def test_a_point_of_the_plot_tells_who_it_is(page: Page) -> None:
    page.open("#/mini/speech/plot")
    page.wait("return document.querySelectorAll('.figure [aria-label=dot] path')[3]")
    page.settle()
    point = page.js("return document.querySelectorAll('.figure [aria-label=dot] path')[3]")
    webdriver.ActionChains(page.driver).move_to_element(point).perform()
    page.wait("return document.querySelector('.figure [aria-label=tip]')?.textContent.includes('kbit/s')")


def test_the_clip_that_most_tokenizers_have_is_heard_first(browse: Browse, board: list[Entry], tmp_path: Path) -> None:
    first, second = sorted(clip for clip in CLIPS if "recipe" not in CLIPS[clip])
    own = next(i for i, entry in enumerate(board) if first in entry.samples)
    rare = [
        entry if i == own else replace(entry, samples={k: v for k, v in entry.samples.items() if k != first})
        for i, entry in enumerate(board)
    ]
    page = browse(build(rare, tmp_path, clips=CLIPS))
    try:
        page.open("#/mini/speech/listen")
        assert (
            page.js("return [...document.querySelector('.toolbar select').options].map((one) => one.value)")[0]
            == second
        )
        assert len(page.texts(".track")) > 1
    finally:
        page.driver.quit()


def test_what_language_models_say_is_heard_side_by_side_and_the_prompts_end_is_marked(page: Page) -> None:
    page.open("#/mini/speech/listen")
    offered = page.texts(".toolbar select option")
    assert offered[-2:] == [
        "speech-00, continued by a language model",
        "“Un momento, por favor.”, read out by a language model (es)",
    ]
    page.choose("select:Clip", "continuations/speech-00")
    page.wait("return location.hash.includes('continuations')")
    assert sorted(page.texts(".track .who a")) == EXTRA_ROWS
    assert "The first 0.55 s are the prompt, up to the line" in page.js(
        "return document.querySelector('.listen').innerText"
    )
    assert page.texts(".track .scores dt")[0] == "Continuation, DNSMOS"
    page.driver.find_elements("css selector", ".play")[1].click()
    page.wait("return document.querySelector('.track.on canvas')?.width > 100")
    line, picture = (
        page.js(f"const box = document.querySelector('.track.on {one}').getBoundingClientRect(); "
                "return [box.left, box.width]")
        for one in (".prompt-end", ".picture")
    )  # fmt: skip
    assert (line[0] - picture[0]) / picture[1] == pytest.approx(0.55 / 2.2, abs=0.01)
    page.open("#/mini/speech/listen?clip=tts_probe/speech-03")
    assert page.js("return document.querySelector('.prompt-end')") is None
    assert page.texts(".track .scores dt")[0] == "Text to speech, WER"


def test_a_tokenizers_page_plays_what_its_language_model_says(page: Page) -> None:
    page.open("#/tokenizer/lyra%3Astages%3D16")
    rows = page.js(
        """return [...[...document.querySelectorAll('h2')].find((one) => one.textContent === 'Listen')
             .parentElement.querySelectorAll('tr')].map((one) => [one.cells[0].textContent,
               one.querySelectorAll('.play').length])"""
    )
    assert ["speech-00, continued by a language model the first 0.55 s are the prompt", 2] in rows
    assert ["“Un momento, por favor.”, read out by a language model", 2] in rows
    page.click("Through all tokenizers", "tr:nth-child(1) a")
    page.wait("return location.hash.includes('listen')")


def test_extras_are_groups_of_columns_and_rows_without_them_are_not_measured(page: Page) -> None:
    page.open()
    page.click("Language models", ".segmented button")
    columns = page.columns()
    for column in (
        *("Same speaker, right pairs", "Continuation, DNSMOS", "Text to speech, WER"),
        "Direction of time, right pairs",
    ):
        place = f"td:nth-last-child({len(columns) - columns.index(column)})"
        has, has_not = f"[data-entry^=lyra] {place}", f"[data-entry^=mimi] {place}"
        assert page.js("return document.querySelector(arguments[0] + ' .ci')", has)
        assert page.js("return document.querySelector(arguments[0]).ariaLabel", has_not) == f"{column}: not measured"
        ranked = page.js(f"return document.querySelectorAll('tr.tokenizer {place}.ranked').length")
        assert (ranked == 0) == (column == "Direction of time, right pairs")
    page.open("#/tokenizer/mimi%3Anum_codebooks%3D8")
    assert "Not measured: Likelihood pairs, Continuations, Text to speech, Sanity checks." in page.js(
        "return document.querySelector('main').innerText"
    )


def test_columns_have_short_heads_and_their_full_names_at_hand(page: Page) -> None:
    page.open()
    heads = page.js("return [...document.querySelectorAll('.board thead button span')].map((one) => one.textContent)")
    assert "PESQ-WB" in heads
    assert "PESQ (wide band)" in page.columns()
    page.js(
        "[...document.querySelectorAll('.board thead button')].find((b) => b.textContent.includes('PESQ-WB')).focus()"
    )
    assert page.js("return document.querySelector('#tip strong').textContent") == "PESQ (wide band)"


def test_questions_are_six_groups(page: Page) -> None:
    page.open()
    shown = page.js(
        "return [...document.querySelectorAll('[aria-label=Question] button')].map((one) => one.textContent)"
    )
    groups = ["Words", "Sound", "Voice", "Language models", "Codes and speed"]  # this board has no probes
    assert shown == ["Overview", *groups, "All"]


@pytest.mark.parametrize(
    "entry", ["lyra%3Astages%3D30", "encodec%3Abandwidth%3D1.5", "whisper-units%3Anum_units%3D512"]
)
def test_a_tokenizers_page_is_read_within_three_screens(page: Page, entry: str) -> None:
    page.open(f"#/tokenizer/{entry}")
    page.settle()
    assert page.js("return document.documentElement.scrollHeight") <= 3 * 900


def test_a_tokenizers_page_shows_it_against_its_band_question_by_question(page: Page) -> None:
    page.open("#/tokenizer/lyra%3Astages%3D30")
    blocks = page.js("return [...document.querySelectorAll('.profiles > div')].map((one) => one.innerText)")
    assert [block.split("\n")[0] for block in blocks] == [
        "Speech, 4–8 kbit/s",
        "Music, 4–8 kbit/s",
        "Audio, 4–8 kbit/s",
    ]
    shares = [float(text) for text in page.texts(".profiles .bars span")]
    assert all(0 <= share <= 1 for share in shares)
    page.open("#/tokenizer/codec2%3Amode%3D2400")
    assert "one mode of a family is ranked" in page.texts(".profiles")[0]


def test_spectrograms_are_drawn_unasked_and_only_what_is_in_view_is_loaded(page: Page) -> None:
    page.size(1440, 500)
    try:
        page.driver.get_log("performance")
        page.open("#/mini/speech/listen")
        page.wait("return document.querySelectorAll('.track canvas')[1].width > 100")
        page.settle()
        messages = [json.loads(entry["message"])["message"] for entry in page.driver.get_log("performance")]
        loaded = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
        samples = [url for url in loaded if "/samples/" in url]
        assert 2 <= len(samples) < page.js("return document.querySelectorAll('.track').length")
        page.js("document.querySelectorAll('.track').item(12).scrollIntoView()")
        page.wait("return document.querySelectorAll('.track canvas')[12].width > 100")
    finally:
        page.size(1440, 900)


def test_space_and_arrows_work_wherever_the_focus_is(page: Page) -> None:
    page.open("#/mini/speech/listen")
    pressed = "return [...document.querySelectorAll('.play')].findIndex((one) => one.ariaPressed === 'true')"

    def press(key: str, focus: str = "") -> None:
        if focus:
            page.js("document.querySelector(arguments[0]).focus()", focus)
        webdriver.ActionChains(page.driver).send_keys(key).perform()

    press(webdriver.Keys.SPACE)
    page.wait(f"{pressed} === 0")
    press(webdriver.Keys.ARROW_DOWN)
    page.wait(f"{pressed} === 1")
    press(webdriver.Keys.SPACE, ".track a")
    page.wait(f"{pressed} === -1")
    press(webdriver.Keys.SPACE, ".transport input")
    page.wait(f"{pressed} === 1")
    press(webdriver.Keys.ARROW_UP, ".transport input")
    page.wait(f"{pressed} === 0")
    press(" ", "input[type=search]")
    page.wait("return document.querySelector('input[type=search]').value === ' '")
    assert page.js(pressed) == 0  # a space in a text is a space


def test_loudness_is_matched_unless_the_reader_wants_it_as_decoded(page: Page) -> None:
    pytest.importorskip("pyloudnorm")
    page.open("#/mini/speech/listen")
    data = page.js("return JSON.parse(document.getElementById('data').textContent).entries.map((one) => one.gains)")
    gains = [own["speech-00"] for own in data if "speech-00" in own]
    assert max(gains) - min(gains) > 0.1
    assert "−23 LUFS" in page.js("return document.querySelector('.listen').innerText")
    assert page.js("return document.querySelector('[data-key=\"check:Match loudness\"]').checked")


def answer_blind_test(page: Page, answers: list[str]) -> None:
    page.click("Begin")
    for answer in answers:
        page.driver.find_elements("css selector", ".blind .play")[-1].click()
        page.wait("return document.querySelector('.blind .slot:last-child [aria-pressed=true]')")
        assert page.js("return document.querySelectorAll('.blind .play[aria-pressed=true]').length") == 1
        page.click(answer)


@pytest.mark.parametrize(
    ("kind", "answers"), [("ABX", ["X is A"] * 10), ("Blind A/B", ["A is better", "No difference"] * 5)]
)
def test_a_blind_test_hides_who_it_is_and_saves_the_answers(
    page: Page, tmp_path: Path, kind: str, answers: list[str]
) -> None:
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.open("#/mini/speech/listen")
    page.click(kind)
    names = page.js("return [...document.querySelectorAll('.blind select')].map((one) => one.selectedOptions[0].text)")
    answer_blind_test(page, answers[:1])
    shown = page.js("return document.querySelector('.blind').innerText + location.hash")
    assert not any(name in shown for name in names)
    for answer in answers[1:]:
        page.click(answer)
    assert all(name in page.js("return document.querySelector('.blind').innerText") for name in names)
    page.click("Download the answers (JSON)")
    end = time.monotonic() + 20
    while not (found := list(tmp_path.glob("audiotok-ab*.json"))) and time.monotonic() < end:
        time.sleep(0.05)
    record = json.loads(found[0].read_text("utf-8"))
    assert len(record["trials"]) == 10
    assert record["trials"][0]["plays"] == 1
    if kind == "ABX":
        right = sum(trial["x"] == trial["said"] for trial in record["trials"])
        assert record["result"]["right"] == right
        assert {trial["said"] for trial in record["trials"]} == {record["systems"][0]}
    else:
        assert record["result"]["ties"] == 5
        assert all(trial["preferred"] in (trial["order"][0], None) for trial in record["trials"])


def test_another_tokenizer_goes_on_where_the_first_one_was(page: Page) -> None:
    page.open("#/mini/speech/listen")
    position = "return Number(document.querySelector('.transport input').value)"
    tracks = page.driver.find_elements("css selector", ".play")
    tracks[0].click()
    page.wait(position.replace("return ", "return 0.6 < "))
    length = float(page.driver.find_element("css selector", ".transport input").get_attribute("max"))
    started, before = time.monotonic(), page.js(position)
    tracks[4].click()
    page.wait("return document.querySelectorAll('.play')[4].getAttribute('aria-pressed') === 'true'")
    after, elapsed = page.js(position), time.monotonic() - started
    # The clip loops, and the slider moves by frames of the screen.
    assert (after - before + 0.1) % length <= elapsed + 0.2, "it started again"
    assert page.js("return [...document.querySelectorAll('.play')].filter((b) => b.ariaPressed === 'true').length") == 1
    tracks[4].click()
    page.wait("return document.querySelectorAll('.play')[4].getAttribute('aria-pressed') === 'false'")
    time.sleep(0.2)
    stood = page.js(position)
    time.sleep(0.2)
    assert page.js(position) == stood


def test_arrow_keys_change_the_tokenizer_that_is_heard(page: Page) -> None:
    page.open("#/mini/speech/listen")
    first = page.driver.find_elements("css selector", ".play")[0]
    first.click()
    page.wait("return document.querySelectorAll('.play')[0].ariaPressed === 'true'")
    page.driver.switch_to.active_element.send_keys(webdriver.Keys.ARROW_DOWN)
    page.wait("return document.querySelectorAll('.play')[1].ariaPressed === 'true'")


def test_a_tokenizers_page_has_card_scores_conformance_and_command(page: Page) -> None:
    page.open("#/tokenizer/encodec%3Abandwidth%3D1.5")
    page.js("for (const one of document.querySelectorAll('details')) one.open = true")
    text = page.js("return document.querySelector('main').innerText")
    for expected in ("RVQ", "MIT", "submission", "2 of 40", "Batch equals single", "Measured rates", "torch"):
        assert expected in text
    assert "audiotok submit -t encodec:bandwidth=1.5" in text
    assert page.js("return document.querySelectorAll('.scores tbody tr:not(.band)').length") > 20
    assert "Latency, measured\n13.3 ms" in text
    page.open("#/tokenizer/mulaw")
    assert "Latency, measured" not in page.js("return document.querySelector('main').innerText")


def test_the_worst_clips_come_first_and_are_played_beside_their_reference(page: Page) -> None:
    page.open("#/tokenizer/mulaw?clips=mini%2Fmini%2Fspeech%3Adwer")
    assert page.wait("return document.querySelectorAll('.figure circle').length") == 40
    worst = [float(text.rstrip("%")) for text in page.texts("h3 + .scroll tr td.n")]
    assert len(worst) == 8
    assert worst == sorted(worst, reverse=True)
    buttons = page.js("return [...document.querySelectorAll('td.plays .play')].map((one) => one.ariaLabel)")
    assert buttons == [] or any("reference" in label for label in buttons)


def test_two_tokenizers_are_compared_clip_by_clip(page: Page) -> None:
    page.open("#/compare/mimi%3Anum_codebooks%3D8/codec2%3Amode%3D1200")
    rows = page.js("return [...document.querySelectorAll('.compare tbody tr')].map((tr) => tr.innerText)")
    assert "40, 0, 0" in next(row for row in rows if row.startswith("ESTOI"))
    page.click("Swap")
    page.wait("return document.querySelector('h1').textContent.startsWith('Codec2')")
    assert "audiotok compare codec2:mode=1200 mimi:num_codebooks=8" in page.js(
        "return document.querySelector('main').innerText"
    )


def test_published_figures_are_sorted_and_their_errors_marked(page: Page) -> None:
    page.open("#/published")
    page.click("PESQ ↑", "th button")
    page.wait("return document.querySelector('.published tbody th').textContent === 'Ground truth'")
    page.js("document.querySelectorAll('.published td .dagger')[0].focus()")
    assert page.js("return document.getElementById('tip').hidden") is False
    assert "13" in page.js("return document.querySelector('.notes').textContent")


def test_the_table_is_one_stop_of_the_tab_key_and_arrows_move_in_it(page: Page) -> None:
    page.open()
    assert page.js("return document.querySelectorAll('.board [tabindex=\"0\"]').length") == 1
    page.js("document.querySelector('.board [tabindex=\"0\"]').focus()")
    for key in (webdriver.Keys.ARROW_DOWN, webdriver.Keys.ARROW_RIGHT):
        page.driver.switch_to.active_element.send_keys(key)
    assert page.js("return document.activeElement.ariaLabel").endswith("kbit/s")
    assert page.js("return document.querySelectorAll('.board [tabindex=\"0\"]').length") == 1


def test_the_theme_follows_the_system_until_the_reader_chooses(page: Page) -> None:
    ground = "return getComputedStyle(document.body).backgroundColor"
    page.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    )
    try:
        page.open()
        dark = page.js(ground)
        page.click("Light", "#theme")
        assert page.js(ground) != dark
        page.click("Dark", "#theme")
        assert page.js(ground) == dark
    finally:
        page.js("localStorage.clear()")
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize(
    "view", ["#/", "#/mini/speech/plot", "#/mini/speech/listen", "#/compare", "#/published", "#/about"]
)
def test_whatever_can_be_operated_has_a_name(page: Page, view: str) -> None:
    page.open(view)
    nameless = page.js(
        """return [...document.querySelectorAll('button, a, input, select, canvas, svg[aria-label]')]
             .filter((one) => !(one.ariaLabel || one.textContent.trim() || one.closest('label')?.textContent.trim()))
             .map((one) => one.outerHTML)"""
    )
    assert nameless == []


def test_a_left_out_submission_is_named_as_text(page: Page) -> None:
    page.open("#/about")
    assert "results.jsonl:3: <b>" in page.js("return document.querySelector('main').innerText")


def test_what_a_hostile_submission_says_is_shown_and_never_run(
    browse: Browse, board: list[Entry], tmp_path: Path
) -> None:
    text = '"><img src=x onerror="document.body.dataset.run=1"><script>document.body.dataset.run=1</script>'
    entry = next(entry for entry in board if entry.kind == "tokenizer")
    hostile = replace(
        entry,
        card={**(entry.card or {}), "title": text, "licence": text, "paper": "javascript:alert(1)", "quantizer": text},
        environment={"command": text, text: {"nested": [text]}},
        conformance={"device": text, "findings": [{"check": text, "outcome": "passed", "message": text}]},
        results=tuple(replace(one, title=text, unit=text, question=text, uncertainty=text) for one in entry.results),
    )
    page = browse(build([hostile, *board[1:]], tmp_path, clips={"speech-00": {"text": text}}, refused={text: text}))
    try:
        for view in (*VIEWS, f"#/tokenizer/{entry.tokenizer}", f"#/compare/{entry.tokenizer}/mulaw"):
            page.open(view)
            assert page.js("return document.body.dataset.run ?? document.querySelector('img')") is None
            assert page.js("return document.querySelector('a[href^=javascript]')") is None
        assert page.complaints() == []
    finally:
        page.driver.quit()
