"""Values and intervals that are not what the scores of the clips give."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

made = runpy.run_path(str(Path(__file__).with_name("tampering.py")))
Change = made["Change"]
result = made["result"]
sets = made["sets"]
PESQ = made["PESQ"]
WER = made["WER"]

#: what was done -> how, and the file, the field and the reason that must be named
HOSTILE: dict[str, tuple[Change, str, str, str]] = {
    "more coverage than scores": (
        *(result("pesq_wb", lambda r: r["failures"].update({r["scores"].pop()["clip"]: "x"})), "results.jsonl"),
        *(f"{PESQ}: estimate.n", "expected 39, the clips that are scored, got 40"),
    ),
    "fewer clips behind a set score": (
        *(sets("codebook_use", "estimate", "n", to=3), "results.jsonl", "codebook_use/audio: estimate.n", "41 clips"),
    ),
    "a value of the whole set out of range": (
        *(sets("codebook_use", "estimate", "value", to=1.2), "results.jsonl"),
        *("codebook_use/audio: estimate.value", "0 to 1"),
    ),
    "a value that the clips do not give": (
        *(sets("pesq_wb", "estimate", "value", to=4.0), "results.jsonl", f"{PESQ}: estimate.value", "got 4"),
    ),
    "an interval that is too narrow": (
        *(result("pesq_wb", lambda r: r["estimate"].update(low=r["estimate"]["value"] - 1e-3)), "results.jsonl"),
        *(f"{PESQ}: estimate.low", "as the clips give"),
    ),
    "no interval where there is one": (
        *(result("pesq_wb", lambda r: r["estimate"].update(low=None, high=None)), "results.jsonl"),
        *(f"{PESQ}: estimate.low", "got None"),
    ),
    "a flattering label of the interval": (
        *(sets("pesq_wb", "uncertainty", to="t over 24 speakers"), "results.jsonl"),
        *(f"{PESQ}: uncertainty", "t over 5 speakers"),
    ),
    "words where a score of the whole set has no interval": (
        *(sets("codebook_use", "uncertainty", to="verified by the maintainers"), "results.jsonl"),
        *("codebook_use/audio: uncertainty", "no clip is scored"),
    ),
    "a language's value that its clips do not give": (
        *(sets("wer", "groups", "en", "value", to=0.0), "results.jsonl", f"{WER}: groups.en", "got 0"),
    ),
    "a language that is not there": (
        result("wer", lambda r: r["groups"].update(xx=r["groups"]["en"])),
        *("results.jsonl", f"{WER}: groups", "got en, es, fr, it, ru, xx"),
    ),
    "an estimate without scores": (
        *(sets("si_sdr", "estimate", to={"value": 1.0, "low": None, "high": None, "n": 0}), "results.jsonl"),
        *("si_sdr/audio: estimate", "no clip is scored"),
    ),
    "an estimate withheld": (sets("wer", "estimate", to=None), "results.jsonl", f"{WER}: estimate.n", "got 0"),
    "half a clip": (sets("wer", "estimate", "n", to=39.5), "results.jsonl", f"{WER}: estimate.n", "whole number"),
}


@pytest.mark.parametrize("deed", HOSTILE)
def test_it_is_refused_with_file_field_and_reason(deed: str, refused: Callable[..., None]) -> None:
    refused(*HOSTILE[deed])
