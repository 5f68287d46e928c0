"""The plot in a browser: what it draws, its axes, zoom, keys and what is saved of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium drives the browser: pip install selenium")
Page = Any  # conftest.Page


def test_the_first_view_loads_no_drawing_library_and_a_plot_does(page: Page) -> None:
    page.driver.get_log("performance")
    page.open()
    assert page.js("return [typeof d3, typeof Plot]") == ["undefined", "undefined"]
    page.open("#/mini/speech/plot")
    page.wait("return document.querySelector('.figure svg')")
    assert page.js("return typeof Plot") == "object"


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


@pytest.mark.slow
def test_bd_rates_are_shown_only_where_some_are_defined(page: Page) -> None:
    page.open("#/mini/speech/plot")
    for metric in page.js(
        "return [...new Set(JSON.parse(document.getElementById('data').textContent).columns.map((c) => c.metric))]"
    ):
        page.js("location.hash = arguments[0]", f"#/mini/speech/plot?y={metric}")
        page.settle()
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
