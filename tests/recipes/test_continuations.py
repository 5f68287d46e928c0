"""The recipe from audio to a table and files to listen to, on tones that two speakers hum."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from audiotok.results import record

RECIPE = Path(__file__).parents[2] / "recipes" / "continuations.py"


@pytest.fixture
def manifest(hum: Callable[..., Path]) -> Path:
    sayings = [("ann", "train")] * 3 + [("bob", "test")] * 3
    return hum([({"speaker": speaker, "split": split}, 14000) for speaker, split in sayings])


def command(manifest: Path, runs: Path, *more: str) -> list[str]:
    line = [sys.executable, str(RECIPE), "--tokenizer", "codec2:mode=700", "--data", str(manifest), "--rows", "2"]
    return [*line, "--hours", "0.002", "--context-seconds", "2", "--pattern", "delay", "--runs", str(runs), *more]


@pytest.mark.slow
def test_it_continues_speakers_that_were_not_heard_and_repeats_itself(manifest: Path, tmp_path: Path) -> None:
    asked = command(manifest, tmp_path / "runs", "--prompt-seconds", "0.5", "--seconds", "1.2", "--clips", "2")
    outputs = []
    for _ in range(2):
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        (path,) = (tmp_path / "runs").rglob("results.jsonl")
        outputs.append(path.read_bytes())
    assert outputs[0] == outputs[1]
    found = {result.metric: result for result in record.read(path)}
    assert {score.clip for score in found["continuation_length"].scores} == {"tone3", "tone4"}
    assert {wav.name for wav in path.parent.glob("*.wav")} == {
        f"tone{i}{real}.wav" for i in (3, 4) for real in ("", "-real")
    }
    assert "what the speakers really went on to say" in done.stdout


def test_what_does_not_fit_into_the_context_is_refused(manifest: Path, tmp_path: Path) -> None:
    asked = command(manifest, tmp_path / "runs", "--prompt-seconds", "1", "--seconds", "1.2")
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "longer than the context of 2.0 s" in done.stderr
