from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from audiotok.errors import InvalidResult
from audiotok.files.json import read_json, write_json
from audiotok.leaderboard.submission.check_samples import MAX_SAMPLE_BYTES
from audiotok.leaderboard.submission.entry import Entry, completed, of_results, read_entry
from audiotok.results import record
from audiotok.results.record import Result

ROWS = Path(__file__).parents[3] / "leaderboard" / "submissions"


@pytest.fixture
def submission(board: list[Entry], tmp_path: Path) -> Path:
    """One good folder."""
    entry = next(entry for entry in board if entry.tokenizer == "mimi:num_codebooks=8")
    folder = tmp_path / "submissions" / "mimi"
    (folder / "samples").mkdir(parents=True)
    timings = [result for result in entry.results if result.metric.startswith("rtf_")]
    record.write(folder / "results.jsonl", [result for result in entry.results if result not in timings])
    record.write(folder / "timings.jsonl", timings)
    (folder / "card.yaml").write_text(yaml.safe_dump(dict(entry.card or {})), encoding="utf-8")
    (folder / "conformance.json").write_text(json.dumps(entry.conformance), encoding="utf-8")
    (folder / "environment.json").write_text(json.dumps(dict(entry.environment)), encoding="utf-8")
    for clip, path in entry.samples.items():
        shutil.copy(path, folder / "samples" / f"{clip}.ogg")
    return folder


def test_a_folder_reads_back_as_the_entry_it_was_written_from(submission: Path, board: list[Entry]) -> None:
    entry = next(entry for entry in board if entry.tokenizer == "mimi:num_codebooks=8")
    read = read_entry(submission)
    assert sorted(r.to_json() for r in read.results) == sorted(r.to_json() for r in entry.results)
    assert (read.tokenizer, read.card, read.environment) == (entry.tokenizer, entry.card, entry.environment)
    assert json.dumps(read.conformance) == json.dumps(entry.conformance)
    assert (read.origin, sorted(read.samples)) == ("submission", sorted(entry.samples))


def test_a_row_scored_here_keeps_what_only_its_submission_has_of_optional_recipes(board: list[Entry]) -> None:
    submitted = next(entry for entry in board if entry.tokenizer == "mimi:num_codebooks=8")
    (models,) = (result for result in submitted.results if result.metric == "lm_bits")
    scored = tuple(result for result in submitted.results if result is not models)
    shown = completed(replace(submitted, origin="local", results=scored[1:]), submitted)
    assert shown.origin == "local"
    assert set(map(Result.to_json, shown.results)) == set(map(Result.to_json, (models, *scored[1:])))
    own = replace(models, estimate=None)
    assert completed(replace(submitted, results=(own, *scored)), submitted).results == (own, *scored)


def test_a_row_scored_here_keeps_what_can_be_heard_of_its_submissions_language_models(board: list[Entry]) -> None:
    submitted = next(entry for entry in board if entry.tokenizer == "lyra:stages=16")
    here = replace(submitted, results=submitted.results[:1], samples={})
    assert set(completed(here, submitted).samples) == {"continuations/speech-00", "tts_probe/speech-03"}
    assert completed(submitted, submitted) == submitted


def test_results_on_data_of_ones_own_are_rows_beside_the_submissions(board: list[Entry]) -> None:
    submitted = next(entry for entry in board if entry.tokenizer == "mimi:num_codebooks=8")
    scored = submitted.results[0]
    signed = re.sub(r"data:[^|]*", "data:librispeech-test-clean@sha256:0123456789ab", scored.signature)
    own = replace(scored, signature=signed)
    (row, clean) = of_results([own, scored, replace(own, tokenizer="reference")], board)
    assert (row.results, row.origin, row.card) == ((own,), "local", submitted.card)
    assert (clean.tokenizer, clean.kind, clean.card) == ("reference", "anchor", None)


def rewrite(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    return lambda folder: (
        (folder / name).write_text(change((folder / name).read_text("utf-8")), encoding="utf-8") and None
    )


def card(**changes: object) -> Callable[[Path], None]:
    return rewrite("card.yaml", lambda text: yaml.safe_dump(yaml.safe_load(text) | changes))


def add(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(content) and None


def link(name: str) -> Callable[[Path], None]:
    def replace(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).symlink_to("/etc/passwd")

    return replace


SPOILED = {
    "no card": lambda folder: (folder / "card.yaml").unlink(),
    "no results": lambda folder: (folder / "results.jsonl").unlink(),
    "card is a link": link("card.yaml"),
    "results are a link": link("results.jsonl"),
    "sample is a link": link("samples/speech-00.ogg"),
    "card with an alias": rewrite("card.yaml", lambda text: f"{text}\nx: &a [1]\ny: *a\n"),
    "card that makes an object": rewrite(
        "card.yaml", lambda text: f"{text}\nx: !!python/object/apply:os.system [id]\n"
    ),
    "card that is a list": rewrite("card.yaml", lambda text: "- a\n- b\n"),
    "card with a number for a title": card(title=5),
    "card with a text for a list": card(trained_with="whisper"),
    "card with a list for a text": card(licence=["MIT"]),
    "card with a list of numbers": card(objective=[1]),
    "card with an unknown field": card(onload="alert(1)"),
    "card that is not text": add("card.yaml", b"\xff\xfe\x00"),
    "card too large": rewrite("card.yaml", lambda text: text + "#" * (1 << 20)),
    "NaN": rewrite("results.jsonl", lambda text: text.replace('"n": 40', '"n": NaN', 1)),
    "infinity by overflow": rewrite("results.jsonl", lambda text: text.replace('"n": 40', '"n": 1e999', 1)),
    "duplicate key": rewrite("results.jsonl", lambda text: text.replace('"n": 40', '"n": 40, "n": 41', 1)),
    "two tokenizers": rewrite("results.jsonl", lambda text: text.replace("codebooks=8", "codebooks=4", 1)),
    "a name that is no identifier": rewrite("results.jsonl", lambda text: text.replace("mimi:num", "<b>:num")),
    "no signature": rewrite("results.jsonl", lambda text: text.replace("reconstruction.v1|", "|", 1)),
    "a clip twice": rewrite("results.jsonl", lambda text: text.replace("speech-01", "speech-02", 1)),
    "conformance of another format": rewrite("conformance.json", lambda text: text.replace("conformance.v1", "x.v1")),
    "environment that is a list": rewrite("environment.json", lambda text: "[1]"),
    "nested until it breaks": rewrite("environment.json", lambda text: "[" * 100_000),
    "sample that is a page": add("samples/speech-00.html", b"<script>"),
    "sample with a name that leaves": add("samples/..%2f.ogg", b"OggS"),
    "sample too large": add("samples/speech-09.ogg", b"0" * (MAX_SAMPLE_BYTES + 1)),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_a_spoiled_folder_is_refused_with_the_file_and_the_reason(
    submission: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(submission)
    with pytest.raises((InvalidResult, FileNotFoundError), match=submission.name):
        read_entry(submission)


def test_a_ratio_that_takes_an_early_output_for_noise_does_not_rank_one(tmp_path: Path) -> None:
    """An identical clip 8 samples late has 50 dB of SDR, 8 early 1 dB."""
    folder = shutil.copytree(ROWS / "codec2-mode-3200", tmp_path / "codec2-mode-3200")
    environment = read_json(folder / "environment.json")
    write_json(folder / "environment.json", environment | {"lags": {"speech": -8, "music": 8, "audio": 0}})
    said = {(result.metric, result.domain): result.unranked for result in read_entry(folder).results}
    reason = "its output comes 8 samples early, which this ratio reads as noise"
    assert said["sdr", "speech"] == said["ci_sdr", "speech"] == reason
    assert said["sdr", "music"] == said["sdr", "audio"] == said["si_sdr_aligned", "speech"] == ""
