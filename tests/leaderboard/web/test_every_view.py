"""Every view in a browser: it fits screens, fingers, keys and schemes of colours, and runs nothing of a submission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.submission.entry import Entry

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium drives the browser: pip install selenium")
Page = Any  # conftest.Page
Browse = Callable[[Path], Page]


AXE = Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js"


VIEWS = (
    *("#/", "#/mini/speech?q=all", "#/mini/music", "#/mini/speech?panel=filters", "#/mini/speech/plot"),
    *(
        "#/mini/speech/listen?clip=continuations/speech-00",
        "#/tokenizer/lyra%3Astages%3D16",
        "#/compare",
        "#/published",
    ),
    *("#/about", "#/failures", "#/mini/speech/table?task=speech-lm&card=latency,licence"),
)
#: Views that are made of the same parts as one of those above.
LIKE_ANOTHER = (
    *("#/mini/speech?panel=columns", "#/mini/speech?panel=borda", "#/mini/speech/plot?x=token_rate&embed=1"),
    *("#/mini/speech/listen", "#/mini/speech/listen?blind=abx", "#/mini/speech?q=pairs"),
    *("#/tokenizer/encodec%3Abandwidth%3D1.5", "#/tokenizer/reference", "#/published/Taxonomy"),
    "#/compare/nobody/mulaw",
)


@dataclass(frozen=True)
class Seen:
    """What the tests below ask of a view, for all of them at once: loaded on a phone, from another view on a desk."""

    widths: dict[int, int]  # of the screen -> of the document, pixels
    headings: list[str]
    small: list[str]  # what a finger presses on a phone that is under 44 pixels
    faint: dict[str, list[str]]  # scheme of colours -> controls of too little contrast
    nameless: list[str]  # what can be operated and has no name
    complaints: list[str]


@pytest.fixture(scope="module", params=[*VIEWS, *(pytest.param(view, marks=pytest.mark.slow) for view in LIKE_ANOTHER)])
def seen(session: Page, request: pytest.FixtureRequest) -> Seen:
    session.complaints()
    found = Seen({}, [], [], {}, [], [])
    for width in (390, 1440):
        session.size(width, 844)
        if width == 390:
            session.open(request.param)
        else:  # from another view: to load the page takes longer
            session.go("#/failures" if request.param == "#/about" else "#/about")
            session.go(request.param)
        found.widths[width] = session.js("return document.documentElement.scrollWidth")
        found.headings.append(session.js("return document.querySelector('h1').textContent"))
        if width == 390:
            found.small.extend(session.js(PRESSED_UNDER_44_PIXELS))
    session.size(1440, 900)
    found.nameless.extend(session.js(NAMELESS))
    for scheme in ("light", "dark"):
        emulated = [{"name": "prefers-color-scheme", "value": scheme}]
        session.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": emulated})
        session.settle()
        found.faint[scheme] = session.js(CONTROLS_UNDER_3_TO_1)
    session.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    found.complaints.extend(session.complaints())
    return found


@pytest.mark.parametrize("width", [390, 1440])
def test_no_view_is_wider_than_the_screen(seen: Seen, width: int) -> None:
    assert seen.widths[width] <= width
    assert all(seen.headings)
    assert seen.complaints == []


def test_what_a_finger_presses_is_at_least_44_pixels_high(seen: Seen) -> None:
    assert seen.small == []


PRESSED_UNDER_44_PIXELS = """
  const pressed = 'button, select, summary, input:not([type=checkbox]), .check, nav a, .board a';
  const own = (one) => !one.closest('[aria-hidden]') && !one.closest('.board-frame thead');
  return [...document.querySelectorAll(pressed)].filter((one) => one.checkVisibility() && own(one))
    .map((one) => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
    .filter(([, { width, height }]) => Math.min(width, height) < 43.5).map(([text]) => text)
"""


def test_whatever_can_be_operated_has_a_name(seen: Seen) -> None:
    assert seen.nameless == []


NAMELESS = """
  return [...document.querySelectorAll('button, a, input, select, canvas, svg[aria-label]')]
    .filter((one) => !(one.ariaLabel || one.textContent.trim() || one.closest('label')?.textContent.trim()))
    .map((one) => one.outerHTML)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_border_of_a_control_stands_out_from_its_ground(seen: Seen, scheme: str) -> None:
    """WCAG 2.2, 1.4.11: 3:1, by its border or by its own ground; a group of buttons has no borders of its own."""
    assert seen.faint[scheme] == []


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


@pytest.mark.parametrize("domain", ["speech", "music", "audio"])
def test_a_laptop_shows_the_first_table_without_scrolling(page: Page, domain: str) -> None:
    page.open(f"#/mini/{domain}")
    table, holder = "document.querySelector('.board')", "document.querySelector('.board').parentElement"
    assert page.js(f"return {table}.scrollWidth <= {holder}.clientWidth")
    assert page.js("return [...document.querySelectorAll('.segmented')].every(s => s.scrollWidth <= s.clientWidth)")


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


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm install --no-package-lock")
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_any_view(page: Page, width: int, scheme: str) -> None:
    emulated = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.size(width, 844)
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", emulated)
    found = {}
    try:
        for view in (*VIEWS, *LIKE_ANOTHER):
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
    page.open()
    for view in (*VIEWS, *LIKE_ANOTHER, f"#/tokenizer/{entry.tokenizer}", f"#/compare/{entry.tokenizer}/mulaw"):
        page.js("location.hash = arguments[0]", view)
        page.settle()
        assert page.js("return document.body.dataset.run ?? document.querySelector('img')") is None
        assert page.js("return document.querySelector('a[href^=javascript]')") is None
    assert page.complaints() == []
