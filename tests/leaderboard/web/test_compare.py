"""Two tokenizers compared in a browser."""

from __future__ import annotations

from typing import Any

Page = Any  # conftest.Page


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


def test_two_tokenizers_are_compared_clip_by_clip(page: Page) -> None:
    page.open("#/compare/mimi%3Anum_codebooks%3D8/codec2%3Amode%3D1200")
    rows = page.js("return [...document.querySelectorAll('.compare tbody tr')].map((tr) => tr.innerText)")
    assert "40, 0, 0" in next(row for row in rows if row.startswith("ESTOI"))
    page.click("Swap")
    page.wait("return document.querySelector('h1').textContent.startsWith('Codec2')")
    assert "audiotok compare codec2:mode=1200 mimi:num_codebooks=8" in page.js(
        "return document.querySelector('main').innerText"
    )
