"""A browser for the page's tests, which need Chromium and its driver."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.submission.entry import Entry

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")


class Page:
    """A browser with the page open, and short words for what a reader does."""

    def __init__(self, driver: Any, url: str) -> None:
        self.driver, self.url = driver, url

    def open(self, view: str = "#/") -> Page:
        self.driver.get("about:blank")
        self.driver.get(self.url + view)
        self.wait("return document.documentElement.dataset.ready")
        return self

    def go(self, view: str) -> None:
        """To another view of the page that is open."""
        self.js("location.hash = arguments[0]", view)
        self.settle()

    def js(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    def wait(self, script: str, *arguments: object) -> Any:
        """Until the script returns something true."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if value := self.js(script, *arguments):
                return value
            time.sleep(0.05)
        raise AssertionError(f"waited 20 s in vain for: {script} {arguments}")

    def click(self, text: str, selector: str = "button, a, summary, label") -> None:
        """The first shown element with this text."""
        found = self.wait(
            """return [...document.querySelectorAll(arguments[0])].find((one) => one.checkVisibility() &&
                 [one.firstChild?.textContent, one.textContent, one.firstChild?.dataset?.title]
                   .includes(arguments[1]))""",
            *(selector, text),
        )
        self.js("arguments[0].scrollIntoView({block: 'center'})", found)
        found.click()
        self.settle()

    def settle(self) -> None:
        """Until the page has drawn what the last action asked for: its address changes in a task of its own."""
        self.driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 20))")

    def texts(self, selector: str) -> list[str]:
        return self.js("return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)", selector)

    def choose(self, key: str, value: str) -> None:
        """Give a control, found by its data-key, another value."""
        self.js(
            """const control = document.querySelector(`[data-key="${arguments[0]}"]`);
               control.value = arguments[1];
               control.dispatchEvent(new Event("change"));""",
            *(key, value),
        )
        self.settle()

    def names(self) -> list[str]:
        return self.texts(".board tbody th.name a")

    def columns(self) -> list[str]:
        """Their full titles."""
        return self.js(
            "return [...document.querySelectorAll('.board thead th span')].map((x) => x.dataset.title ?? x.textContent)"
        )

    @property
    def hash(self) -> str:
        return self.js("return location.hash")

    def complaints(self) -> list[str]:
        """What the console has to say and what was asked of the network since last asked."""
        said = [entry["message"] for entry in self.driver.get_log("browser")]
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                if not url.startswith(("file:", "data:", "blob:", "about:", "chrome:")):
                    said.append(f"request to {url}")
        return said

    def size(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


@pytest.fixture(scope="session")
def browser() -> str:
    """The path of Chromium."""
    if not (BROWSER and DRIVER):
        pytest.skip("needs Chromium and its driver: apt-get install chromium chromium-driver")
    return BROWSER


@pytest.fixture(scope="session")
def driver(browser: str) -> Iterator[Any]:
    """One browser for all tests of a process: to start and end one costs more than most tests."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium drives the browser: pip install selenium")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument("--autoplay-policy=no-user-gesture-required")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def browse(driver: Any) -> Callable[[Path | str], Page]:
    """A page, a file or an address, on a screen of 1440 × 900; there is nothing to see until it is opened."""

    def start(page: Path | str) -> Page:
        started = Page(driver, page.as_uri() if isinstance(page, Path) else page)
        started.size(1440, 900)
        return started

    return start


@pytest.fixture(scope="session")
def clips() -> dict[str, dict[str, Any]]:
    """What the page knows of its clips: two that were decoded, and what a language model made of each."""
    decoded: dict[str, dict[str, Any]] = {
        "speech-00": {"text": "Please enter your password.", "language": "en", "domain": "speech"},
        "speech-03": {"text": "Un momento, por favor.", "language": "es", "domain": "speech"},
    }
    return decoded | {
        "continuations/speech-00": {"domain": "speech", "recipe": "continuations", "of": "speech-00", "prompt": 0.55},
        "tts_probe/speech-03": {**decoded["speech-03"], "recipe": "tts_probe", "of": "speech-03"},
    }


@pytest.fixture(scope="session")
def built(board: list[Entry], clips: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the board, with a submission that was left out."""
    refused = {"evil": "results.jsonl:3: <b>"}
    return build(board, tmp_path_factory.mktemp("page"), clips=clips, refused=refused)


@pytest.fixture(scope="module")
def session(browse: Callable[[Path | str], Page], built: Path) -> Page:
    return browse(built)


@pytest.fixture
def page(session: Page) -> Iterator[Page]:
    """The page in a browser, which has nothing to complain of when the test ends."""
    session.complaints()
    yield session
    assert session.complaints() == []
