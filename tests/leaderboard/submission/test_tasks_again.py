"""What is cheap is measured again from the audio on: real scores agree, made-up ones do not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import load, tasks
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


def test_what_is_no_part_of_a_suite_is_not_measured(claimed: list[Result]) -> None:
    other = [replace(result, signature=result.signature.replace("noises@", "mine@")) for result in claimed]
    assert measured_again(Entry(TOKENIZER, tuple(other)), load(TOKENIZER), "cpu", 1) == ([], {})
