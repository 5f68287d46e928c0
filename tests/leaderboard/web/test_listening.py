"""Listening in a browser: which clip comes first, switching in time, loudness, spectrograms and blind tests."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.submission.entry import Entry

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium drives the browser: pip install selenium")
Page = Any  # conftest.Page
Browse = Callable[[Path], Page]


EXTRA_ROWS = ["Codec2 1200", "Codec2 2400", "Codec2 3200", "Lyra 16", "Lyra 30", "Lyra 46", "reference"]


@pytest.mark.slow
def test_the_clip_that_most_tokenizers_have_is_heard_first(
    browse: Browse, board: list[Entry], clips: dict[str, Any], tmp_path: Path
) -> None:
    first, second = sorted(clip for clip in clips if "recipe" not in clips[clip])
    own = next(i for i, entry in enumerate(board) if first in entry.samples)
    rare = [
        entry if i == own else replace(entry, samples={k: v for k, v in entry.samples.items() if k != first})
        for i, entry in enumerate(board)
    ]
    page = browse(build(rare, tmp_path, clips=clips))
    page.open("#/mini/speech/listen")
    assert page.js("return [...document.querySelector('.toolbar select').options].map((one) => one.value)")[0] == second
    assert len(page.texts(".track")) > 1


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


@pytest.mark.slow
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
    ("kind", "answers"),
    [
        ("ABX", ["X is A"] * 10),
        pytest.param("Blind A/B", ["A is better", "No difference"] * 5, marks=pytest.mark.slow),
    ],
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_arrow_keys_change_the_tokenizer_that_is_heard(page: Page) -> None:
    page.open("#/mini/speech/listen")
    first = page.driver.find_elements("css selector", ".play")[0]
    first.click()
    page.wait("return document.querySelectorAll('.play')[0].ariaPressed === 'true'")
    page.driver.switch_to.active_element.send_keys(webdriver.Keys.ARROW_DOWN)
    page.wait("return document.querySelectorAll('.play')[1].ariaPressed === 'true'")
