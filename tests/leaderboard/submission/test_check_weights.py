"""Scores that weigh what they like."""

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
    "clips that are longer than they are": (
        *(sets("bitrate", "scores", 0, "weight", to=1000.0), "results.jsonl", f"{RATE}: scores", "as weight"),
    ),
}


@pytest.mark.parametrize("deed", HOSTILE)
def test_it_is_refused_with_file_field_and_reason(deed: str, refused: Callable[..., None]) -> None:
    refused(*HOSTILE[deed])
