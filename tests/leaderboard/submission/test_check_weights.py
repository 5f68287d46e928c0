"""Scores that weigh what they like."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from audiotok.core.tokens import TokenSpec
from audiotok.leaderboard.submission.check import check
from audiotok.leaderboard.submission.check_weights import check_compared_codes
from audiotok.results import record
from audiotok.results.record import Result, ScoredClip

made = runpy.run_path(str(Path(__file__).with_name("tampering.py")))
Change = made["Change"]
result = made["result"]
sets = made["sets"]
PESQ = made["PESQ"]
WER = made["WER"]
RATE = made["RATE"]

#: what was done -> how, and the file, the field and the reason that must be named
HOSTILE: dict[str, tuple[Change, str, str, str]] = {
    "scores that weigh what they like": (
        result("pesq_wb", lambda r: [s.update(total=s["total"] * 1e-6, weight=1e-6) for s in r["scores"][:5]]),
        *("results.jsonl", f"{PESQ}: scores", "expected 1 as weight"),
    ),
    "half a word": (*(sets("wer", "scores", 0, "weight", to=4.5), "results.jsonl", f"{WER}: scores", "whole number"),),
    "words without end": (
        *(sets("wer", "scores", 0, "weight", to=1e9), "results.jsonl", f"{WER}: scores", "counted in the clip"),
    ),
    "a clip that took no time": (
        result("rtf_encode", lambda r: r["scores"][0].update(total=0.0), "timings.jsonl"),
        *("timings.jsonl", "rtf_encode/audio: scores", "at least 1e-06"),
    ),
    "clips that are longer than they are": (
        *(sets("bitrate", "scores", 0, "weight", to=1000.0), "results.jsonl", f"{RATE}: scores", "as weight"),
    ),
}


@pytest.mark.parametrize("deed", HOSTILE)
def test_it_is_refused_with_file_field_and_reason(deed: str, refused: Callable[..., None]) -> None:
    refused(*HOSTILE[deed])


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (100.0, ""),
        (102.0, ""),
        (1e12, "expected 100 to 174 codes"),
        (99.0, "expected 100"),
        (100.5, "expected 100"),
    ],
)
def test_stability_weighs_clips_by_the_codes_that_are_compared(weight: float, said: str) -> None:
    """One clip of 100 % that weighs 1e12 made the whole row's 100 %."""
    claimed = Result("x", "equal_shift", "speech", "stability.v1", None, scores=(ScoredClip("a", weight, weight),))
    spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(256,), global_sizes=(8, 8))
    found = [reason for _, reason in check_compared_codes([claimed], {"a": 102.0}, spec)]
    assert [said in reason for reason in found] == [True] * bool(said)
    assert "not counted" in next(check_compared_codes([claimed], {}, spec))[1]


def test_a_row_whose_stability_weighs_what_it_likes_is_refused(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / whole.name)
    rates = [one for one in record.read(folder / "results.jsonl") if one.metric == "token_rate"]
    heavy = [tuple(replace(score, total=1e9, weight=1e9) for score in one.scores) for one in rates]
    claimed = [replace(one, metric="equal_shift", scores=scores) for one, scores in zip(rates, heavy, strict=True)]
    record.write(folder / "stability.jsonl", claimed)
    assert any("codes that are compared as weight" in problem.reason for problem in check(folder))
