"""A folder of recordings that anybody could have, and the command line called as from a shell."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok.cli import options
from audiotok.cli.main import app
from audiotok.files import download
from audiotok.files.progress import QUIET

RATE = 16000
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def audiotok(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """(exit status, stdout, stderr) of `audiotok …` in an empty folder; what is raised on purpose is one line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(QUIET, "")  # --quiet sets it for the processes that are started, and it is gone after the test

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["audiotok", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            options.start(app)
        out, err = capfd.readouterr()
        return int(left.value.code or 0), out, err

    return call


def voice(seconds: float, pitch: float, seed: int) -> np.ndarray:
    """A gliding tone with overtones that swells three times a second, over a little noise."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * pitch * time + 3 * np.sin(2 * np.pi * 2 * time)
    tone = sum(np.sin(h * phase) / h for h in range(1, 8))
    return 0.1 * tone * np.sin(2 * np.pi * 3 * time) ** 2 + 0.003 * np.random.default_rng(seed).standard_normal(
        len(time)
    )


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Five files of 1.5 s in `tmp_path / "rec"`."""
    (tmp_path / "rec").mkdir()
    for i in range(5):
        soundfile.write(tmp_path / "rec" / f"clip{i}.wav", voice(1.5, 120 + 25 * i, i), RATE)
    return tmp_path / "rec"


@pytest.fixture
def no_weights_of_lyra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("ai_edge_litert")
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
    monkeypatch.delenv("AUDIOTOK_ASSETS", raising=False)
    reason = download.SourceFailed("the publisher cannot be reached")
    monkeypatch.setitem(download.failed, "raw.githubusercontent.com", reason)
