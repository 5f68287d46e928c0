"""The board's door: one good submission, who may come in, and that nothing makes it fail."""

from __future__ import annotations

import json
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audiotok import registry
from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.submission.check import check
from audiotok.leaderboard.submission.problem import MAX_PROBLEMS
from audiotok.leaderboard.submission.rows import admit
from audiotok.results.record import Result

made = runpy.run_path(str(Path(__file__).with_name("tampering.py")))
Change = made["Change"]
result = made["result"]
sets = made["sets"]
line = made["line"]
card = made["card"]
write = made["write"]
fields = made["fields"]
keep = made["keep"]
SAMPLE = made["SAMPLE"]
TOKENS = made["TOKENS"]
NAME = made["NAME"]


def test_a_good_submission_is_taken(good: Path) -> None:
    assert check(good) == []


def renamed(folder: Path, name: str) -> None:
    for file in ("results.jsonl", "timings.jsonl"):
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").replace(f'"{NAME}"', json.dumps(name)), encoding="utf-8")


#: what was done -> how, and the file, the field and the reason that must be named
HOSTILE: dict[str, tuple[Change, str, str, str]] = {
    "two tokenizers": (sets("wer", "tokenizer", to="mimi"), "results.jsonl", "tokenizer", "mimi, squeeze"),
    "a name that is none": (
        lambda f: renamed(f, "<b>squeeze</b>"),
        *("results.jsonl", "tokenizer", "no identifier"),
    ),
    "a name in another order": (
        lambda f: renamed(f, "squeeze:levels=4,a=1"),
        *("results.jsonl", "tokenizer", "canonical"),
    ),
    "weights of one's own": (
        lambda f: renamed(f, "mel:checkpoint=leaderboard/submissions/x/tokens/x.safetensors"),
        *("results.jsonl", "tokenizer", "which would take checkpoint from leaderboard/"),
    ),
}


@pytest.mark.parametrize("deed", HOSTILE)
def test_it_is_refused_with_file_field_and_reason(deed: str, refused: Callable[..., None]) -> None:
    refused(*HOSTILE[deed])


def test_a_name_that_is_taken_is_refused_whatever_its_case(good: Path) -> None:
    [problem] = check(good, taken={"SQUEEZE:levels=4": "Squeeze"})
    assert (problem.file, problem.field) == ("results.jsonl", "tokenizer")
    assert "taken" in problem.reason


@pytest.mark.parametrize("name", ["audiotok-rvq:num_codebooks=08", "audiotok-rvq"])
def test_options_of_installed_tokenizers_have_one_spelling(folder: Path, name: str) -> None:
    renamed(folder, name)
    assert any(p.field == "tokenizer" and registry.canonical(name) in p.reason for p in check(folder))


def test_a_folder_has_the_name_that_its_identifier_gives(good: Path, tmp_path: Path) -> None:
    [problem] = check(shutil.copytree(good, tmp_path / "squeeze"))
    assert "squeeze-levels-4" in problem.reason


def test_two_rows_do_not_share_the_folders_name_that_their_badges_have(good: Path) -> None:
    [problem] = check(good, taken={"squeeze-levels-4": "Squeeze four"})
    assert "squeeze-levels-4 on the board has the name" in problem.reason


def test_an_anchor_has_no_card_and_no_tokens(folder: Path) -> None:
    coded = ("bitrate", "token_rate", "empirical_bitrate", "codebook_use", "entropy", "rtf_encode", "rtf_decode")
    keep(folder, lambda r: r.metric not in coded, tokenizer="lowpass:cutoff=3500", unranked="an anchor")
    for name in ("card.yaml", "conformance.json", "timings.jsonl"):
        (folder / name).unlink()
    shutil.rmtree(folder / "tokens")
    folder = folder.rename(folder.with_name("lowpass-cutoff-3500"))
    fields("environment.json", command="audiotok submit -t lowpass:cutoff=3500")(folder)
    assert check(folder) == []
    [entry], _ = admit(folder.parent)
    assert (entry.kind, entry.card) == ("anchor", None)


def test_a_semantic_tokenizer_is_asked_for_no_audio(folder: Path) -> None:
    tokens_only = ("bitrate", "token_rate", "empirical_bitrate", "codebook_use", "entropy", "rtf_encode")
    keep(folder, lambda r: r.metric in tokens_only)
    card(decoder="-")(folder)
    shutil.rmtree(folder / "samples")
    assert check(folder) == []


FUZZED = ("card.yaml", "results.jsonl", "timings.jsonl", "conformance.json", "environment.json", TOKENS, SAMPLE)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=st.sampled_from(FUZZED), at=st.floats(0, 1), cut=st.integers(0, 40), put=st.binary(max_size=40))
def test_no_change_of_bytes_crashes_check_or_build(
    good: Path, tmp_path: Path, file: str, at: float, cut: int, put: bytes
) -> None:
    folder = tmp_path / "submissions" / good.name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(good, folder)
    content = (folder / file).read_bytes()
    start = int(at * len(content))
    (folder / file).write_bytes(content[:start] + put + content[start + cut :])
    _survives(folder, tmp_path)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pick=st.data(), value=VALUES)
def test_no_value_in_a_record_or_card_crashes_check_or_build(
    good: Path, tmp_path: Path, pick: st.DataObject, value: Any
) -> None:
    folder = tmp_path / "submissions" / good.name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(good, folder)
    if pick.draw(st.booleans()):
        metric = pick.draw(st.sampled_from(("bitrate", "codebook_use", "pesq_wb", "si_sdr", "wer")))
        place = pick.draw(st.sampled_from(sorted(vars(Result("", "", "", "", None)))))
        result(metric, lambda record: record.update({place: value}))(folder)
    else:
        values = yaml.safe_load((folder / "card.yaml").read_text(encoding="utf-8"))
        values[pick.draw(st.sampled_from(sorted(values)))] = value
        (folder / "card.yaml").write_text(json.dumps(values), encoding="utf-8")  # JSON is YAML
    _survives(folder, tmp_path)


def _survives(folder: Path, tmp_path: Path) -> None:
    entries, refused = admit(folder.parent)
    assert len(entries) + len(refused) == 1
    assert "cannot be checked" not in "".join(refused.values()), refused
    build(entries, tmp_path / "board", refused=refused)


@pytest.mark.parametrize(
    "tamper",
    [
        write("results.jsonl", "\n" * (4 << 20)),
        lambda f: write("results.jsonl", "".join(json.dumps(values) + "\n" for values in _unknown_metrics(f)))(f),
        write("card.yaml", "".join(f"k{i}: 1\n" for i in range(1500))),
    ],
    ids=["a million empty lines", "metrics without end", "fields without end"],
)
def test_no_folder_makes_check_print_more_than_a_page_or_two(folder: Path, tamper: Change) -> None:
    tamper(folder)
    problems = check(folder)
    assert 1 <= len(problems) <= MAX_PROBLEMS
    assert sum(len(str(problem)) for problem in problems) < 60_000


def _unknown_metrics(folder: Path) -> list[dict[str, Any]]:
    line = json.loads((folder / "timings.jsonl").read_text(encoding="utf-8").splitlines()[0])
    return [line | {"metric": f"m{i}", "scores": [], "estimate": None, "groups": {}} for i in range(400)]
