"""Which columns the board shows in a browser, and how they are chosen."""

from __future__ import annotations

from typing import Any

Page = Any  # conftest.Page


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


def test_questions_choose_their_metrics(page: Page) -> None:
    page.open()
    page.click("Voice")
    assert page.columns()[-1] == "F0 error"
    page.click("All")
    assert {"F0 error", "Real-time factor, encode", "dWER"} <= set(page.columns())


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
    assert "few, predictable tokens" in page.texts(".why")[0]
    page.click("Voice transmission")
    assert len(page.names()) - 4 == 7  # those that stream
    assert "rtf" not in page.texts(".board thead")[0]
    page.click("Music", ".tasks a")
    assert page.hash.startswith("#/mini/music/table?task=music")


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


def test_a_task_leaves_nothing_behind_where_the_domain_changes(page: Page) -> None:
    page.open()
    page.click("Voice transmission")
    assert "streaming=yes" in page.hash
    page.click("Audio")
    assert page.hash == "#/mini/audio/table"
