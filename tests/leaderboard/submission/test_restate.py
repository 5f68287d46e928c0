"""Estimates written anew are those that a submission's check expects, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from audiotok.leaderboard.submission.check_estimates import check_estimate
from audiotok.leaderboard.submission.restate import restate
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.results.record import Estimate, Result, ScoredClip

OLD = Estimate(2.0, 1.9, 2.1, 40)


def row(metric: str, **changes: object) -> Result:
    scores = np.random.default_rng(0).normal(2, 0.3, 40)
    own = tuple(
        ScoredClip(f"c{i:02}", float(x), 1.0, f"v{i % 5}", "ende"[i % 2 * 2 :][:2]) for i, x in enumerate(scores)
    )
    written = Result("codec2", metric, "speech", "r.v1", OLD, "bootstrap", scores=own, direction="higher")
    return replace(written, **changes)  # type: ignore[arg-type]


def test_the_estimates_of_clips_are_made_anew_and_pass_the_check(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    record.write(path, [row("pesq_wb")])
    assert restate(path)
    (found,) = record.read(path)
    assert not list(check_estimate(found, catalogue.get("pesq_wb")))
    assert found.uncertainty == "t over 5 speakers"
    assert sorted(found.groups) == ["de", "en"]
    assert found.scores == row("pesq_wb").scores


def test_what_is_right_keeps_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    record.write(path, [row("pesq_wb")])
    restate(path)
    before = path.read_bytes()
    assert not restate(path)
    assert path.read_bytes() == before


def test_a_score_of_a_whole_set_stays(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    record.write(path, [row("fad_whisper", scores=(), uncertainty="")])
    assert not restate(path)
    assert record.read(path)[0].estimate == OLD


def test_units_have_the_metric_s_word_and_older_rows_call_them_speakers(tmp_path: Path) -> None:
    path = tmp_path / "probes.jsonl"
    record.write(path, [row("probe_drum")])
    assert restate(path)
    (found,) = record.read(path)
    assert found.uncertainty == "t over 5 drum kits"
    for label, faults in (("t over 5 drum kits", 0), ("t over 5 speakers", 0), ("t over 6 drum kits", 1)):
        given = replace(found, uncertainty=label)
        fields = [field for field, _ in check_estimate(given, catalogue.get("probe_drum"))]
        assert fields == ["uncertainty"] * faults
