"""A process that dies while it scores: named, and the clip tried once more."""

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from audiotok.data import Manifest
from audiotok.errors import AudiotokError
from audiotok.results.recipe import Recipe
from audiotok.runs.engines import local
from audiotok.runs.pool import Death
from audiotok.runs.run import Run
from audiotok.runs.score import ScoreClips
from audiotok.runs.stage import PooledStage
from audiotok.tokenizers.mulaw import MuLaw

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
    assert "ended by SIGSEGV during si_sdr of mulaw:sample_rate=16000's clip clip2; it is tried once more" in said
    assert not compiled.exists()


class Clips(PooledStage[str, str]):
    do = staticmethod(lambda job, say: job)

    def name(self, job: str) -> str:
        return job


class Deadly:
    """A pool whose processes die of whatever they are given; to start real ones takes seconds."""

    def __init__(self, exit_code: int) -> None:
        self.death = Death(exit_code, "si_sdr")

    def run(self, function: object, queue: deque[str], heard: object) -> Iterator[tuple[str, Death]]:
        while queue:
            yield queue.popleft(), self.death


@pytest.mark.parametrize(
    ("exit_code", "workers", "message"),
    [
        (
            -11,
            2,
            "SIGSEGV during si_sdr of clip2, twice; completed work is kept. Leave out the clip that it was processing",
        ),
        (-9, 2, "memory runs out. Completed work is kept: run it again with fewer workers than 2"),
    ],
)
def test_a_job_that_two_processes_died_of_stops_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, exit_code: int, workers: int, message: str
) -> None:
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))  # what numba compiled is thrown away
    monkeypatch.setattr(local, "pool", lambda workers: Deadly(exit_code))
    with pytest.raises(AudiotokError, match=message):
        list(local.perform(Clips(), ["clip2"], workers))


@pytest.mark.slow
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
    vowels: Manifest, cheap: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decode = MuLaw._decode
    monkeypatch.setattr(MuLaw, "_decode", lambda self, tokens: decode(self, tokens).roll(8, dims=-1))
    names = ("sdr", "ci_sdr", "si_sdr", "si_sdr_aligned")
    run = Run(vowels, replace(cheap, metrics=names), tmp_path / "runs", workers=1)
    found = {result.metric: result.estimate and result.estimate.value for result in run.evaluate("mulaw")}
    assert found["sdr"] == found["ci_sdr"] != found["si_sdr"] != found["si_sdr_aligned"]


def test_the_shortest_clip_comes_first_and_then_the_longest(
    vowels: Manifest, cheap: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, seen = Run(vowels, cheap, tmp_path / "runs", workers=1), []
    perform = local.perform

    def watched(stage, jobs, workers):  # type: ignore[no-untyped-def]
        if isinstance(stage, ScoreClips):
            seen.append([job.clip.duration for job in jobs])
        return perform(stage, jobs, workers)

    monkeypatch.setattr(local, "perform", watched)
    run.evaluate("mulaw")
    *rest, shortest = sorted((clip.duration for clip in vowels), reverse=True)
    assert seen == [[shortest], [rest[-1], *rest[:-1]], [shortest, *rest]]  # of the reference it is a step of its own
