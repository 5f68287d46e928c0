"""A question of one's own: data, recipe, metrics, a limit and codebooks on the command line or in a file."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from audiotok import registry
from audiotok.cli.question import Part, Question, limited, parts
from audiotok.data import Clip, Manifest
from audiotok.errors import InvalidOption, UnknownName
from audiotok.results import record
from audiotok.tasks.task import Context, Task


@pytest.fixture
def data(recordings: Path, tmp_path: Path) -> tuple[object, ...]:
    """Paths are absolute: processes of a pool stay in the folder in which they were started."""
    return "--data", f"speech:{recordings}", "--workers", 1, "--runs", tmp_path / "runs"


def manifest(**of_domain: int) -> Manifest:
    clips = [
        Clip(f"{domain}{i}", "s", "p", "0" * 64, 0.0, 1.0, 16000, domain)
        for domain, n in of_domain.items()
        for i in range(n)
    ]
    return Manifest.of("mine", clips)


def test_a_limit_keeps_clips_of_every_domain_spread_over_the_list_under_another_name() -> None:
    kept = limited(manifest(speech=10, music=3), 5)
    assert [clip.id for clip in kept] == [*(f"speech{i}" for i in (0, 2, 4, 6, 8)), "music0", "music1", "music2"]
    assert kept.name == "mine-limit-5"
    whole = manifest(speech=3)
    assert limited(whole, 3) is whole


def test_metrics_go_to_the_recipes_that_have_them_and_others_to_the_first(recordings: Path) -> None:
    data = f"speech:{recordings}"
    asked = parts(Question(data=data, metric=["wer,pesq_wb", "utmos"]))
    assert [(part.task.name, part.metrics) for part in asked] == [
        ("reconstruction", ("pesq_wb", "utmos")),
        ("wer", ("wer",)),
    ]
    (asked_alone,) = parts(Question(data=data, recipe="wer", metric=["pesq_wb"]))
    assert (asked_alone.task.name, asked_alone.task.metrics) == ("wer", ("pesq_wb",))
    with pytest.raises(UnknownName, match="did you mean pesq_wb"):
        parts(Question(data=data, metric=["pesqwb"]))
    with pytest.raises(InvalidOption, match="lm_bits is not computed by a run"):
        parts(Question(data=data, metric=["lm_bits"]))
    with pytest.raises(InvalidOption, match="stability has no pesq_wb; it has equal_shift"):
        parts(Question(data=data, recipe="stability", metric=["pesq_wb"]))


def test_only_a_first_run_begins_its_processes_and_kernels_before_its_models_are_loaded(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []
    monkeypatch.setattr("audiotok.runs.processes.begin", lambda: begun.append("processes"))
    monkeypatch.setattr("audiotok.runs.score.make_ready", lambda names: begun.append(names))
    question = Question(data=f"speech:{recordings}", metric=["pesq_wb"], runs=tmp_path / "runs")
    parts(question)
    assert begun == ["processes", ["pesq_wb"]]
    parts(replace(question, engine="ray"))
    question.runs.mkdir()
    parts(question)
    assert len(begun) == 2


def test_a_question_is_answered_with_its_files_named_and_listed_later(audiotok, data, tmp_path: Path) -> None:
    question = ("-t", "mulaw", *data, "--recipe", "wer", "--metric", "estoi,stoi", "--limit", 2)
    status, out, _ = audiotok("run", *question)
    assert status == 0
    (named,) = [line.removeprefix("results: ") for line in out.splitlines() if line.startswith("results: ")]
    found = record.read(tmp_path / named)
    assert [(result.metric, result.estimate.n) for result in found if result.estimate] == [("estoi", 2), ("stoi", 2)]
    assert found[0].signature.startswith("wer.v1|data:rec-limit-2@sha256:")
    status, out, _ = audiotok("results", "--json", "--runs", tmp_path / "runs")
    (listed,) = [one for one in json.loads(out) if one["tokenizer"] == "mulaw:sample_rate=16000"]
    assert (listed["data"], listed["recipe"], listed["metrics"]) == ("rec-limit-2", "wer.v1", ["estoi", "stoi"])
    assert listed["file"] == named


def test_quiet_leaves_the_answer_and_no_progress(audiotok, data) -> None:
    asked = ("run", "-t", "mulaw", "--recipe", "reconstruction", "--metric", "si_sdr", *data)
    status, out, err = audiotok(*asked, "--quiet")
    assert (status, "SI-SDR" in out, err) == (0, True, "")


def test_json_is_all_that_is_printed(audiotok, data) -> None:
    status, out, _ = audiotok("run", "-t", "audiotok-rvq", *data, "-m", "estoi", "--codebooks", "1,4", "--json")
    assert status == 0
    told = json.loads(out)
    assert [row["tokenizer"] for row in told["results"]] == [f"audiotok-rvq:num_codebooks={n}" for n in (1, 4)]
    assert told["results"][0]["value"] < told["results"][1]["value"]
    assert all(Path(file).is_file() for file in told["files"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("q.toml", 'tokenizer = "mulaw"\nmetric = ["estoi", "stoi"]\nlimit = 3\njson = true\n'),
        ("q.yaml", "tokenizer: [mulaw]\nmetric: estoi,stoi\nlimit: 3\njson: true\n"),
    ],
)
def test_a_file_of_options_asks_the_same_and_the_command_line_comes_first(
    audiotok, data, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    status, out, err = audiotok("run", "--config", name, *data, "--limit", 2)
    assert status == 0, err
    assert [(row["metric"], row["n"]) for row in json.loads(out)["results"]] == [("estoi", 2), ("stoi", 2)]


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("q.toml", 'tokeniser = "mulaw"', "no option is called 'tokeniser'; did you mean tokenizer"),
        ("q.toml", "as_json = true", "no option is called 'as-json'"),  # the name in the code
        ("q.toml", "data = [1, 2]", "data takes one value, got [1, 2]"),
        ("q.toml", "data = ", "cannot be read"),
        ("q.yaml", "- 1", "expected option: value, got list"),
        ("q.ini", "", "takes a .toml, .yaml or .yml file"),
        ("q.yaml", "limit: many", "limit"),
    ],
)
def test_a_file_that_says_something_else_is_refused(
    audiotok, tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    (tmp_path / name).write_text(text)
    status, _, err = audiotok("run", "-t", "mulaw", "--config", name)
    assert status != 0
    assert complaint in err


def test_a_budget_with_none_of_the_tasks_metrics_is_shown_whole() -> None:
    measured = [SimpleNamespace(metric=name) for name in ("letter_net", "letter_shuffled")]
    task = Task("letters", 1, ("letter", "voice"), question="?", measure=lambda system, loaded, context: measured)
    assert Part(task, None, "", task.metrics, Context()).run(registry.load_system("mulaw")) == measured
    assert Part(task, None, "", ("letter",), Context()).run(registry.load_system("mulaw")) == []
    measured.append(SimpleNamespace(metric="voice"))
    assert Part(task, None, "", task.metrics, Context()).run(registry.load_system("mulaw")) == measured[2:]


def test_two_systems_are_compared_on_own_data(audiotok, data) -> None:
    pair = ("mulaw:sample_rate=8000", "mulaw:sample_rate=16000")
    status, out, err = audiotok("compare", *pair, *data, "-m", "estoi", "--json")
    assert status == 0, err
    (row,) = json.loads(out)["comparisons"]
    assert (row["a"], row["metric"], row["n"], row["difference"] < 0) == (pair[0], "estoi", 5, True)
    out = audiotok("compare", *pair, *data, "-m", "estoi")[1]
    assert ("ESTOI" in out, "corrected within each table" in out) == (True, False)


def test_a_part_of_a_suite_is_submitted_with_a_warning(audiotok, data, tmp_path: Path) -> None:
    status, out, err = audiotok("submit", "-t", "mulaw", *data, "-m", "estoi,bitrate", "-o", tmp_path / "sub")
    assert (status, out.strip()) == (0, str(tmp_path / "sub/mulaw-sample-rate-16000"))
    assert "not accepted by the public board" in err
    assert {result.metric for result in record.read(tmp_path / out.strip() / "results.jsonl")} == {"estoi", "bitrate"}


def test_metrics_that_do_not_fit_the_data_are_said(audiotok, data) -> None:
    music = (data[0], str(data[1]).replace("speech:", "music:"), *data[2:])
    status, _, err = audiotok("run", "-t", "mulaw", *music, "-m", "pesq_wb,mel_distance", "--json")
    assert (status, "pesq_wb: no result" in err) == (0, True)
    status, _, err = audiotok("run", "-t", "mulaw", *music, "-m", "pesq_wb")
    assert (status, "none of the metrics applies to" in err) == (1, True)


def test_a_score_that_two_files_of_a_run_hold_counts_once(audiotok, data, tmp_path: Path) -> None:
    for metrics in ("estoi", "estoi,stoi"):
        assert audiotok("run", "-t", "mulaw", *data, "-m", metrics)[0] == 0
    status, out, _ = audiotok("leaderboard", "export", "--from", tmp_path / "runs", "-f", "json")
    assert status == 0
    found = [(row["tokenizer"], row["metric"]) for row in json.loads(out)]
    assert sorted(found) == [
        *(("mulaw:sample_rate=16000", name) for name in ("estoi", "stoi")),
    ]


def test_ctrl_c_says_how_to_go_on(recordings: Path, tmp_path: Path) -> None:
    command = "from audiotok.cli.main import main; main()"
    arguments = ("run", "-t", "mulaw", "--data", "speech:rec", "--recipe", "reconstruction")
    running = subprocess.Popen(
        [sys.executable, "-c", command, *arguments],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A program that was started in the background ignores Ctrl-C, and so do those that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not (tmp_path / "runs").exists():  # it has begun
        time.sleep(0.1)
        assert running.poll() is None
    os.killpg(running.pid, signal.SIGINT)
    _, err = running.communicate(timeout=120)
    assert running.returncode == 130
    assert "the same command resumes from there" in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_equal_recordings_elsewhere_are_read_from_there(recordings: Path, tmp_path: Path) -> None:
    """The manifests of both folders are equal, their files are not in the same place."""
    system = registry.load_system("mulaw")
    for place in ("one", "two"):
        folder = tmp_path / place / "rec"
        folder.parent.mkdir()
        recordings = recordings.rename(folder)
        question = Question(data=f"speech:{folder}", recipe="reconstruction", metric=["stoi"], runs=tmp_path / "runs")
        (part,) = parts(question)
        shutil.rmtree(tmp_path / "runs", ignore_errors=True)
        (result,) = part.run(system)
        assert (result.estimate and result.estimate.n, result.failures) == (5, {})
