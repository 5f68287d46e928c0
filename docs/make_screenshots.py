"""Pictures of the leaderboard for the README: python docs/make_screenshots.py build/leaderboard/index.html

Needs selenium, Pillow, Chromium and its driver. Takes the table above the rate–distortion view at 1440 px, light and
dark, and the table on a phone; `--all FOLDER` every view of the page instead, for looking at.
"""

from __future__ import annotations

import argparse
import io
import shutil
import time
from pathlib import Path

from PIL import Image
from selenium import webdriver

DOCS = Path(__file__).parent
TABLE, PLOT = "#/mini/speech", "#/mini/speech/plot"
VIEWS = {
    **{
        "table": TABLE,
        "plot": PLOT,
        "all": f"{TABLE}?q=all",
        "music": "#/mini/music",
        "listen": "#/mini/speech/listen",
    },
    **{"columns": f"{TABLE}?panel=columns&wins=1", "filters": f"{TABLE}?panel=filters", "compare": "#/compare"},
    **{"about": "#/about", "published": "#/published"},
}


def browser(theme: str, width: int, height: int) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    scheme = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    return driver


def shot(driver: webdriver.Chrome, url: str, *, from_view: bool = False) -> Image.Image:
    """The screen; `from_view` leaves out the site's header, for what stands below another picture."""
    driver.get("about:blank")
    driver.get(url)
    while not driver.execute_script("return document.documentElement.dataset.ready"):
        time.sleep(0.05)
    if from_view:
        driver.execute_script("scrollTo(0, document.querySelector('#view').offsetTop)")
    time.sleep(0.5)  # a figure is drawn once its frame has a width
    return Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")


def stacked(*pictures: Image.Image) -> Image.Image:
    whole = Image.new("RGB", (pictures[0].width, sum(picture.height for picture in pictures)))
    top = 0
    for picture in pictures:
        whole.paste(picture, (0, top))
        top += picture.height
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--all", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    url = options.page.resolve().as_uri()
    for name, theme, width, height in (
        ("", "light", 1440, 800),
        ("-dark", "dark", 1440, 800),
        ("-phone", "light", 390, 844),
    ):
        driver = browser(theme, width, height)
        try:
            if options.all:
                options.all.mkdir(parents=True, exist_ok=True)
                for view, address in VIEWS.items():
                    shot(driver, url + address).save(options.all / f"{view}{name}.png")
                continue
            pictures = [shot(driver, url + TABLE)]
            if width > 600:
                pictures.append(shot(driver, url + PLOT, from_view=True))
            stacked(*pictures).save(DOCS / f"leaderboard{name}.png", optimize=True)
        finally:
            driver.quit()


if __name__ == "__main__":
    main()
