"""One tokenizer's page in a browser."""

from __future__ import annotations

from typing import Any

import pytest

Page = Any  # conftest.Page


def test_a_tokenizers_rates_are_those_counted_on_each_domain(page: Page) -> None:
    page.open("#/tokenizer/encodec%3Abandwidth%3D1.5")
    rows = page.js(
        """return [...[...document.querySelectorAll('h2')].find((one) => one.textContent === 'Measured rates')
             .parentElement.querySelectorAll('tr')].map((one) => one.cells.length)"""
    )
    assert rows == [4] * 4  # heading, speech, music, audio; data, and three rates


def test_a_tokenizers_page_begins_with_its_strengths_and_what_it_costs(page: Page) -> None:
    page.open("#/tokenizer/lyra%3Astages%3D30")
    (sentence,) = page.texts(".summary .lead")
    assert sentence.startswith("In its band (4–8 kbit/s, speech) Lyra 30 is ")
    facts = dict(zip(page.texts(".tiles dt"), page.texts(".tiles dd"), strict=True))
    assert facts["Bitrate"] == "6 kbit/s"
    assert facts["Tokens"] == "600 per s"
    assert facts["Parameters"] == "7.4 M"
    assert facts["Latency"] == "not measured"
    assert facts["Encodes at"].endswith(" × real time on x86_64")
    assert (facts["Licence, weights"], facts["Licence, code"], facts["Commercial use"]) == ("MIT", "MIT", "allowed")
    assert page.texts("details:not([open]) > summary h3")  # the long tables but the first are folded


def test_a_tokenizers_page_plays_what_its_language_model_says(page: Page) -> None:
    page.open("#/tokenizer/lyra%3Astages%3D16")
    rows = page.js(
        """return [...document.querySelectorAll('.clips li')]
             .map((one) => [one.firstChild.textContent, one.querySelectorAll('.play').length])"""
    )
    assert ["speech-00, continued by a language model the first 0.55 s are the prompt", 2] in rows
    assert ["“Un momento, por favor.”, read out by a language model", 2] in rows
    page.click("Through all tokenizers", ".clips a")
    page.wait("return location.hash.includes('listen')")


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


def test_a_tokenizers_page_has_card_scores_conformance_and_command(page: Page) -> None:
    page.open("#/tokenizer/encodec%3Abandwidth%3D1.5")
    page.js("for (const one of document.querySelectorAll('details')) one.open = true")
    text = page.js("return document.querySelector('main').innerText")
    for expected in ("RVQ", "MIT", "submission", "2 of 40", "Batch equals single", "Measured rates", "torch"):
        assert expected in text
    assert "audiotok submit -t encodec:bandwidth=1.5" in text
    assert page.js("return document.querySelectorAll('.scores tbody tr:not(.band)').length") > 20
    assert "Latency\n13.3 ms" in text
    page.open("#/tokenizer/mulaw")
    assert "Latency\ndoes not stream" in page.js("return document.querySelector('main').innerText")


def test_the_worst_clips_come_first_and_are_played_beside_their_reference(page: Page) -> None:
    page.open("#/tokenizer/mulaw?clips=mini%2Fmini%2Fspeech%3Adwer")
    assert page.wait("return document.querySelectorAll('.figure circle').length") == 40
    worst = [float(text.rstrip("%")) for text in page.texts("h3 + .scroll tr td.n")]
    assert len(worst) == 8
    assert worst == sorted(worst, reverse=True)
    buttons = page.js("return [...document.querySelectorAll('td.plays .play')].map((one) => one.ariaLabel)")
    assert buttons == [] or any("reference" in label for label in buttons)
