"""Addresses and the Back button in a browser."""

from __future__ import annotations

from typing import Any

import pytest

Page = Any  # conftest.Page


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
