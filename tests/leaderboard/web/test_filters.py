"""Filters and search of the board in a browser."""

from __future__ import annotations

from typing import Any

from audiotok.leaderboard.submission.entry import Entry

Page = Any  # conftest.Page


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
    said = page.js("return document.querySelector('main').innerText")
    assert "Licence, weights\nCC-BY-NC-4.0" in said
    assert "Licence, code\nMIT" in said


def test_search_looks_into_names_and_cards_and_keeps_the_cursor(page: Page) -> None:
    page.open()
    field = page.driver.find_element("css selector", "input[type=search]")
    field.click()
    for letter in "k-means":
        page.driver.switch_to.active_element.send_keys(letter)
        page.settle()
    assert page.names()[:-4] == ["Whisper-units 512"]
    assert page.js("return document.activeElement.value") == "k-means"


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
    assert "It has not been scored here yet" in page.texts(".empty")[0]
    assert page.js("return document.querySelectorAll('tr.unscored .rank, tr.unscored .whisker').length") == 0
    page.open("#/mini/speech?search=mimi")
    assert page.names()[0] == "Mimi 8"  # who has a row is not listed as unscored
    assert page.js("return document.querySelector('tr.unscored')") is None
