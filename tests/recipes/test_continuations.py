"""The recipe from audio to a table and files to listen to, on tones that two speakers hum."""

from collections.abc import Callable
from pathlib import Path

import pytest

from audiotok.results import record

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def manifest(hum: Callable[..., Path]) -> Path:
    sayings = [("ann", "train")] * 3 + [("bob", "test")] * 3
    return hum([({"speaker": speaker, "split": split}, 14000) for speaker, split in sayings])


@pytest.fixture
def run(manifest: Path, tmp_path: Path, recipe: Run) -> Run:
    options = ["--tokenizer", "codec2:mode=700", "--data", manifest, "--rows", "2", "--hours", "0.002"]
    options += ["--context-seconds", "2", "--pattern", "delay", "--runs", tmp_path / "runs"]
    return lambda *more: recipe("continuations", *options, *more)


@pytest.mark.slow
def test_it_continues_speakers_that_were_not_heard_and_repeats_itself(run: Run, tmp_path: Path) -> None:
    outputs = []
    for _ in range(2):
        status, out, err = run("--prompt-seconds", "0.5", "--seconds", "1.2", "--clips", "2")
        assert status == 0, err
        (path,) = (tmp_path / "runs").rglob("results.jsonl")
        outputs.append(path.read_bytes())
    assert outputs[0] == outputs[1]
    found = {result.metric: result for result in record.read(path)}
    assert {score.clip for score in found["continuation_length"].scores} == {"tone3", "tone4"}
    assert {wav.name for wav in path.parent.glob("*.wav")} == {
        f"tone{i}{real}.wav" for i in (3, 4) for real in ("", "-real")
    }
    assert "what the speakers really went on to say" in out


def test_what_does_not_fit_into_the_context_is_refused(run: Run) -> None:
    status, _, err = run("--prompt-seconds", "1", "--seconds", "1.2")
    assert status == 1
    assert "longer than the context of 2.0 s" in err
