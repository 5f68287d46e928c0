"""Records that are not of this suite and this version, are not complete, or cannot be true."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

from audiotok.files.json import read_json, write_json
from audiotok.leaderboard.submission.check import check
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.results.record import Result, ScoredClip

made = runpy.run_path(str(Path(__file__).with_name("tampering.py")))
Change = made["Change"]
result = made["result"]
sets = made["sets"]
line = made["line"]
card = made["card"]
append = made["append"]
fields = made["fields"]
drop_record = made["drop_record"]
each_score = made["each_score"]
PESQ = made["PESQ"]
WER = made["WER"]

#: what was done -> how, and the file, the field and the reason that must be named
HOSTILE: dict[str, tuple[Change, str, str, str]] = {
    "an older metric": (line("pesq_wb", "pesq_wb.v1", "pesq_wb.v0"), "results.jsonl", f"{PESQ}: signature", "v0"),
    "an older recipe": (
        *(line("pesq_wb", "reconstruction.v1", "reconstruction.v0"), "results.jsonl"),
        *(f"{PESQ}: signature", "reconstruction.v0"),
    ),
    "another version of the data": (
        *(line("wer", "mini@sha256:", "mini@sha256:0"), "results.jsonl", f"{WER}: signature", "mini@sha256:0"),
    ),
    "another data set": (line("wer", "data:mini", "data:easy"), "results.jsonl", f"{WER}: signature", "got easy"),
    "another recogniser": (
        *(line("wer", "recogniser:whisper", "recogniser:whispers"), "results.jsonl"),
        *(f"{WER}: signature", "expected recogniser"),
    ),
    "another seed": (line("wer", "seed:0", "seed:7"), "results.jsonl", f"{WER}: signature", "expected seed 0, got 7"),
    "a signature that is none": (sets("wer", "signature", to="wer"), "results.jsonl", f"{WER}: signature", "recipe"),
    "an unknown metric": (sets("wer", "metric", to="beauty"), "results.jsonl", "beauty/speech: metric", "no metric"),
    "another unit": (sets("wer", "unit", to="dB"), "results.jsonl", f"{WER}: unit", "expected '%'"),
    "a direction that flatters": (sets("wer", "direction", to="higher"), "results.jsonl", f"{WER}: direction", "lower"),
    "a domain that is none": (sets("wer", "domain", to="noise"), "results.jsonl", "wer/noise: domain", "no clips"),
    "a missing clip": (
        *(result("pesq_wb", lambda r: (r["scores"].pop(), r["estimate"].update(n=39))), "results.jsonl"),
        *(f"{PESQ}: scores", "1 of 40 clips are missing"),
    ),
    "a clip that is not in the data": (
        *(sets("pesq_wb", "scores", 0, "clip", to="easy-1"), "results.jsonl", f"{PESQ}: scores", "'easy-1'"),
    ),
    "a clip that failed and was scored": (
        *(result("pesq_wb", lambda r: r["failures"].update({r["scores"][0]["clip"]: "x"})), "results.jsonl"),
        *(f"{PESQ}: scores", "2 times"),
    ),
    "another speaker": (
        *(sets("pesq_wb", "scores", 0, "speaker", to="nobody"), "results.jsonl", f"{PESQ}: scores", "speaker"),
    ),
    "a metric left out": (drop_record("pesq_wb"), "results.jsonl", PESQ, "missing"),
    "a record twice": (
        *(lambda f: append("results.jsonl", (f / "results.jsonl").read_text().splitlines()[0] + "\n")(f),),
        *("results.jsonl", "bitrate/audio", "expected one record, got 2"),
    ),
    "a timing among the scores": (
        lambda f: append("results.jsonl", (f / "timings.jsonl").read_text().splitlines()[0] + "\n")(f),
        *("results.jsonl", "rtf_decode/audio", "expected it in timings.jsonl"),
    ),
    "a score out of range": (
        *(sets("pesq_wb", "scores", 0, "total", to=9.0), "results.jsonl", f"{PESQ}: scores", "1 to 4.65"),
    ),
    "a full-reference score better than identity": (
        *(sets("mel_distance", "scores", 0, "total", to=-0.1), "results.jsonl"),
        *("mel_distance/audio: scores", "the clean reference itself reaches"),
    ),
    "one score for every clip": (each_score("pesq_wb", 3.0), "results.jsonl", f"{PESQ}: scores", "not plausible"),
    "a total without weight": (
        result("wer", lambda r: r["scores"][0].update(weight=0.0, total=-5.0)),
        *("results.jsonl", f"{WER}: scores", "expected a total of 0"),
    ),
}


@pytest.mark.parametrize("deed", HOSTILE)
def test_it_is_refused_with_file_field_and_reason(deed: str, refused: Callable[..., None]) -> None:
    refused(*HOSTILE[deed])


def test_a_judge_among_the_teachers_is_owned_up_to(folder: Path) -> None:
    judge = next(iter(catalogue.get("wer").evaluation_models))
    card(trained_with=[judge])(folder)
    fields = {problem.field for problem in check(folder)}
    assert "wer/speech: unranked" in fields


def test_a_time_on_several_machines_may_be_owned_up_to_and_a_score_may_not(folder: Path) -> None:
    reason = "its clips were timed on several machines"
    result("rtf_decode", lambda r: r.update(unranked=reason), "timings.jsonl")(folder)
    assert check(folder) == []
    sets("pesq_wb", "unranked", to=reason)(folder)
    assert [problem.field for problem in check(folder)] == [f"{PESQ}: unranked"]


def test_an_early_output_may_be_owned_up_to_where_its_lag_is_stated(folder: Path) -> None:
    """Rows from before runs wrote the reason down are read as if they had it."""
    reason = "its output comes 8 samples early, which this ratio reads as noise"
    domain = next(r.domain for r in record.read(folder / "results.jsonl") if r.metric == "sdr")
    sets("sdr", "unranked", to=reason)(folder)
    assert [problem.field for problem in check(folder)] == [f"sdr/{domain}: unranked"]
    environment = read_json(folder / "environment.json")
    write_json(folder / "environment.json", environment | {"lags": {domain: -8}})
    assert check(folder) == []
    sets("sdr", "unranked", to="")(folder)
    assert check(folder) == []


def test_no_system_beats_the_clean_reference_clip_by_clip(good: Path) -> None:
    [own] = [r for r in record.read(good / "results.jsonl") if r.metric == "pesq_wb"]
    lower = tuple(ScoredClip(s.clip, s.total - (i == 4), 1.0, s.speaker, s.language) for i, s in enumerate(own.scores))
    reference = Result(**{**vars(own), "tokenizer": "reference", "scores": lower})
    [problem] = check(good, reference={("pesq_wb", "speech", "mini"): reference})
    assert problem.field == "pesq_wb/speech: scores"
    assert "better than the clean reference" in problem.reason


def test_only_the_reference_says_which_clips_have_no_score(folder: Path) -> None:
    result("si_sdr", lambda r: r["undefined"].update({(c := sorted(r["failures"])[0]): r["failures"].pop(c)}))(folder)
    original = next(r for r in record.read(folder / "results.jsonl") if r.metric == "si_sdr" and r.domain == "audio")
    reference = Result(**{**vars(original), "undefined": {}})
    [problem] = check(folder, reference={("si_sdr", "audio", "mini"): reference})
    assert problem.field == "si_sdr/audio: undefined"


def test_real_systems_may_beat_the_reference_on_other_metrics(good: Path) -> None:
    [own] = [r for r in record.read(good / "results.jsonl") if r.metric == "wer"]
    worse = tuple(ScoredClip(s.clip, s.total + 1, s.weight, s.speaker, s.language) for s in own.scores)
    assert check(good, reference={("wer", "speech", "mini"): Result(**{**vars(own), "scores": worse})}) == []
