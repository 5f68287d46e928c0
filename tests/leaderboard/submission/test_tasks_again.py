"""What is cheap is measured again from the audio on: real scores agree, made-up ones do not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import load, tasks
from audiotok.errors import AssetUnavailable
from audiotok.leaderboard.submission.entry import Entry
from audiotok.leaderboard.submission.tasks_again import measured_again
from audiotok.results.record import Result
from audiotok.tasks import suites
from audiotok.tasks.suites import Suite, SuitePart
from audiotok.tasks.task import Context

TOKENIZER = "mulaw"
PROBES = ("drum", "letter", "voice")


@pytest.fixture
def claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Result]:
    """Scores of probes on loud and quiet noise by three groups, as a part of a suite of their own."""
    rng = np.random.default_rng(0)
    audio, meta = tmp_path / "noises" / "audio", tmp_path / "noises" / "meta"  # as ESC-50 is laid out, with groups
    audio.mkdir(parents=True)
    meta.mkdir()
    lines = ["filename,fold,category"]
    for probe in PROBES:
        for label, level in (("loud", 0.3), ("quiet", 0.01)):
            for group in "abc":
                lines.append(f"{probe}-{label}-{group}.wav,{group},{probe}/{label}")
                soundfile.write(audio / lines[-1].partition(",")[0], level * rng.normal(size=1600), 16000)
    (meta / "esc50.csv").write_text("\n".join(lines) + "\n")
    part = SuitePart("probes", "noises", tuple(f"probe_{probe}" for probe in PROBES))
    for name, listed in (("SUITES", "rehearsal"), ("VERSIONS", "rehearsal.v1")):
        monkeypatch.setitem(getattr(suites, name), listed, Suite("rehearsal", 1, (), (part,)))
    monkeypatch.chdir(tmp_path)
    task = tasks.get("probes")
    found = task.run(load(TOKENIZER), task.load("noises"), Context(tmp_path / "runs"))
    return [result for result in found if result.metric in part.columns]


def test_scores_that_were_measured_agree(claimed: list[Result]) -> None:
    comparisons, skipped = measured_again(Entry(TOKENIZER, tuple(claimed)), load(TOKENIZER), "cpu", 1)
    assert [(one.metric, one.claimed, one.measured, one.difference) for one in comparisons] == [
        (f"probe_{probe}", 100.0, 100.0, "") for probe in PROBES
    ]
    assert skipped == {}


def test_a_score_beyond_the_tolerance_and_one_that_came_of_nothing_are_named(claimed: list[Result]) -> None:
    drum, letter, _ = claimed
    lower = replace(drum, estimate=replace(drum.estimate, value=96.0))
    none = replace(letter, estimate=None, scores=(), failures={"x": "no frame"})
    comparisons, _ = measured_again(Entry(TOKENIZER, (lower, none)), load(TOKENIZER), "cpu", 1)
    assert [one.difference for one in comparisons] == [
        "96 claimed, 100 measured, a difference of 3 is allowed",
        "None claimed, 100.0 measured",
    ]


def test_a_task_whose_data_or_packages_are_not_here_is_left_out_with_the_reason(
    claimed: list[Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*given: object) -> None:
        raise AssetUnavailable("noises are not here")

    task = tasks.get("probes")
    for changed in (replace(task, load=missing), replace(task, measure=missing)):
        monkeypatch.setattr(tasks, "get", lambda name, changed=changed: changed)
        found = measured_again(Entry(TOKENIZER, tuple(claimed)), load(TOKENIZER), "cpu", 1)
        assert found == ([], {f"probe_{probe}": "noises are not here" for probe in PROBES})


def test_what_is_no_part_of_a_suite_is_not_measured(claimed: list[Result]) -> None:
    other = [replace(result, signature=result.signature.replace("noises@", "mine@")) for result in claimed]
    assert measured_again(Entry(TOKENIZER, tuple(other)), load(TOKENIZER), "cpu", 1) == ([], {})


@pytest.fixture
def stable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """The share of codes that are the same after a shift, of four noises, as a part of a suite of its own."""
    pytest.importorskip("av")
    pytest.importorskip("rapidfuzz")
    rng = np.random.default_rng(0)
    for folder in ("audio", "meta"):
        (tmp_path / "noises" / folder).mkdir(parents=True)
    for name in "abcd":
        soundfile.write(tmp_path / "noises" / "audio" / f"{name}.wav", 0.1 * rng.normal(size=1600), 16000)
    (tmp_path / "noises" / "meta" / "esc50.csv").write_text(
        "filename,fold,category\n" + "".join(f"{name}.wav,1,noise\n" for name in "abcd")
    )
    part = SuitePart("stability", "noises", ("equal_shift",))
    for name, listed in (("SUITES", "rehearsal"), ("VERSIONS", "rehearsal.v1")):
        monkeypatch.setitem(getattr(suites, name), listed, Suite("rehearsal", 1, (), (part,)))
    monkeypatch.chdir(tmp_path)
    task = tasks.get("stability")
    found = task.run(load(TOKENIZER), task.load("noises"), Context(tmp_path / "runs"))
    return next(result for result in found if result.metric == "equal_shift")


def again(claimed: Result, *drawn: str) -> list[str]:
    """The differences that are found on these clips."""
    comparisons, skipped = measured_again(Entry(TOKENIZER, (claimed,)), load(TOKENIZER), "cpu", 1, drawn)
    assert skipped == {}
    assert {one.metric for one in comparisons} <= {"equal_shift"}
    return [one.difference for one in comparisons]


def test_stability_is_measured_again_on_the_clips_that_are_drawn(stable: Result) -> None:
    first, second, third, _ = (score.clip for score in stable.scores)
    assert again(stable, first, second) == [""]
    assert again(stable) == []
    higher = [replace(s, total=s.total + (s.clip == first) * 0.1 * s.weight) for s in stable.scores]
    assert "measured, a difference of 2 is allowed" in again(replace(stable, scores=tuple(higher)), first, second)[0]
    assert again(replace(stable, scores=tuple(higher)), second, third) == [""]


def test_a_clip_that_is_said_to_have_failed_and_is_scored_here_is_named(stable: Result) -> None:
    first, second, *_ = (score.clip for score in stable.scores)
    left_out = replace(stable, scores=stable.scores[1:], failures={first: "too hard"})
    assert again(left_out, first, second) == [f"{first}: claimed without a score, scored here (too hard)"]
