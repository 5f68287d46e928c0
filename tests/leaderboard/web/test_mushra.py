"""The listening test that Listen saves is one that webMUSHRA takes: its rules, and itself where it is at hand."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import tarfile
import threading
import time
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import yaml

from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.submission.entry import Entry

Page = Any  # conftest.Page
WEBMUSHRA = os.environ.get("AUDIOTOK_WEBMUSHRA", "")  # a checkout of github.com/audiolabs/webMUSHRA
CLIPS = {"speech-00": {"text": '<b>Please</b> enter & wait: "now".', "language": "en", "domain": "speech"}}


@pytest.fixture(scope="module")
def archive(browse: Callable[[Path], Page], board: list[Entry], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Listen saves of rows whose sounds differ in rate and length, as those of real codecs do."""
    folder = tmp_path_factory.mktemp("webmushra")
    rows = []
    for i, entry in enumerate(board):
        path = folder / f"{i}.wav"
        rate = 16000 if i % 2 else 44100
        seconds = 13.5 if entry.tokenizer == "reference" else 13.5 + 0.01 * (i - 8)
        soundfile.write(path, 0.1 * np.sin(np.arange(int(seconds * rate)) * 600 / rate), rate)
        rows.append(replace(entry, samples={"speech-00": path}))
    page = browse(build(rows, folder / "page", clips=CLIPS))
    download = {"behavior": "allow", "downloadPath": str(folder)}
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", download)
    page.open("#/mini/speech/listen")
    page.click("MUSHRA")
    end = time.monotonic() + 60
    while not (found := list(folder.glob("*.tar"))) and time.monotonic() < end:
        time.sleep(0.1)
    return found[0]


@pytest.mark.slow
def test_it_keeps_the_rules_that_webmushra_checks(archive: Path, tmp_path: Path) -> None:
    """lib/webmushra/misc/MushraValidator.js and startup.js of its repository, read in November 2026."""
    with tarfile.open(archive) as files:
        files.extractall(tmp_path, filter="data")
    config = yaml.safe_load((tmp_path / "configs/audiotok-mini-speech.yaml").read_text("utf-8"))
    assert {"testname", "testId", "bufferSize", "remoteService", "pages"} <= set(config)
    (order, *pages), finish = config["pages"]
    assert (order, finish["type"]) == ("random", "finish")
    assert len({page["id"] for page in pages}) == len(pages) > 0
    for page in pages:
        assert page["type"] == "mushra"
        assert "<" not in page["name"]  # it is put into the page as HTML
        assert len(page["stimuli"]) + 1 + page["createAnchor35"] + page["createAnchor70"] <= 12
        formats = set()
        for path in (page["reference"], *page["stimuli"].values()):
            with wave.open(str(tmp_path / path)) as sound:
                formats.add((sound.getframerate(), sound.getnframes(), sound.getnchannels()))
        ((rate, frames, channels),) = formats  # reference and conditions alike
        assert frames / rate <= 12
        assert channels == 1


@pytest.mark.skipif(
    not WEBMUSHRA, reason="AUDIOTOK_WEBMUSHRA names no checkout of github.com/audiolabs/webMUSHRA, which is not free"
)
def test_webmushra_loads_it_without_an_error(archive: Path, browse: Callable[[str], Page], tmp_path: Path) -> None:
    shutil.copytree(WEBMUSHRA, tmp_path / "site", ignore=shutil.ignore_patterns(".git", "node_modules"))
    with tarfile.open(archive) as files:
        files.extractall(tmp_path / "site", filter="data")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browse(f"http://127.0.0.1:{server.server_port}/index.html?config=audiotok-mini-speech.yaml")
    try:
        page.driver.get(page.url)
        page.wait("return document.querySelectorAll('button[id^=buttonConditions]').length === 12")
        assert page.js("return errorHandler.getErrors()") == []
        assert "<b>Please</b>" in page.js("return document.body.innerText")
    finally:
        server.shutdown()
