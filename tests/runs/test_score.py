"""A process that dies while it scores: named, and the clip tried once more."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from audiotok.data import Manifest
from audiotok.errors import AudiotokError
from audiotok.results.recipe import Recipe
from audiotok.runs.run import Run
from audiotok.runs.score import ScoreClips

FAULTY = """
import os, signal
from audiotok.runs.score import Job, Say, ScoreClips

SCORE = ScoreClips.do

def faulty(job: Job, say: Say):
    deaths = job.runs.parent / "deaths"
    name, limit, number = deaths.read_text().split()
    if "mulaw" in str(job.folder.path) and job.clip.id == "clip2" and int(limit):
        deaths.write_text(f"{name} {int(limit) - 1} {number}")
        say(name)
        os.kill(os.getpid(), int(number))
    return SCORE(job, say)
"""


@pytest.fixture
def run(vowels: Manifest, cheap: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    (tmp_path / "faulty_scoring.py").write_text(FAULTY)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path / "cache"))
    import faulty_scoring  # type: ignore[import-not-found]

    monkeypatch.setattr(ScoreClips, "do", staticmethod(faulty_scoring.faulty))
    return Run(vowels, cheap, tmp_path / "runs", workers=1)


def deaths(run: Run, number: int, signal: int) -> None:
    (run.folder.parent / "deaths").write_text(f"si_sdr {number} {signal}")


def test_a_clip_that_one_process_died_of_is_scored_by_the_next(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    compiled = Path(os.environ["AUDIOTOK_CACHE"]) / "numba" / "poisoned"
    compiled.mkdir(parents=True)
    deaths(run, 1, 11)
    results = {result.metric: result for result in run.evaluate("mulaw")}
    assert results["si_sdr"].estimate is not None
    assert results["si_sdr"].estimate.n == len(run.manifest)
    said = capfd.readouterr().err
    assert "ended by SIGSEGV at si_sdr of mulaw:sample_rate=16000's clip clip2; it is tried once more" in said
    assert not compiled.exists()


def test_a_clip_that_two_processes_died_of_stops_the_run(run: Run) -> None:
    deaths(run, 2, 11)
    with pytest.raises(AudiotokError, match=r"SIGSEGV at si_sdr of .*clip2, twice") as raised:
        run.evaluate("mulaw")
    assert "fewer workers" not in str(raised.value)


@pytest.mark.slow
def test_memory_is_blamed_for_a_kill_and_fewer_workers_than_one_never_asked_for(run: Run) -> None:
    deaths(run, 2, 9)
    with pytest.raises(AudiotokError, match="memory runs out") as raised:
        run.evaluate("mulaw")
    assert "fewer workers" not in str(raised.value)


def test_a_number_has_the_same_value_under_both_of_its_names_and_another_when_aligned(
    vowels: Manifest, cheap: Recipe, tmp_path: Path
) -> None:
    names = ("sdr", "ci_sdr", "si_sdr", "si_sdr_aligned")
    run = Run(vowels, replace(cheap, metrics=names), tmp_path / "runs", workers=1)
    found = {result.metric: result.estimate and result.estimate.value for result in run.evaluate("codec2:mode=3200")}
    assert found["sdr"] == found["ci_sdr"] != found["si_sdr"] != found["si_sdr_aligned"]
