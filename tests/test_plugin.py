"""A package that audiotok knows nothing of, installed beside it, is listed, loaded and checked."""

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audiotok.data.manifest import Manifest

PACKAGE = Path(__file__).parent / "plugin_package"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has what this one has, and the plug-in; made without a network."""
    folder = tmp_path_factory.mktemp("plugin")
    source = folder / "source"  # setuptools writes beside what it builds
    shutil.copytree(PACKAGE, source)
    subprocess.run(
        [sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", folder / "env"], check=True
    )
    python = folder / "env" / "bin" / "python"
    # A venv of a venv sees the packages of the first interpreter, not those of the venv that we run in.
    ours = sysconfig.get_paths()["purelib"]
    theirs = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    # addsitedir also follows the .pth files there, by which an editable audiotok is found.
    Path(theirs, "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    install = [python, "-m", "pip", "install", "-q", "--no-index", "--no-build-isolation", "--no-deps", source]
    subprocess.run(install, check=True, cwd=folder)
    return python


def run(python: Path, script: str, *arguments: Path) -> str:
    command = [python, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=python.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout


def hum(folder: Path) -> Path:
    """Three tones."""
    for i in range(3):
        wave = 0.2 * np.sin(2 * np.pi * (110 + 20 * i) * np.arange(8000 + 1600 * i) / 16000)
        soundfile.write(folder / f"hum{i}.wav", wave, 16000)
    return folder


QUESTIONS = """
import json, sys
from pathlib import Path
import torch
import audiotok
from audiotok import Tokens, TokenSpec, conformance, data, store
from audiotok.lm import patterns
from audiotok.metrics import catalogue

told = {}
told["available"] = audiotok.available()
told["metric named"] = "level_error" in catalogue.names()
told["imported"] = "pcm_codec" in sys.modules
told["metric"] = catalogue.get("level_error").title

loaded = audiotok.load("dct:num_codebooks=8")
told["loaded"] = [loaded.identifier, loaded.spec.bitrate]
told["conformance"] = json.loads(conformance.check(audiotok.load("dct")).to_json())

spec = TokenSpec(16000, 50.0, (8, 8))
tokens = Tokens.from_clips([torch.randint(8, (2, 5))], spec)
pattern = patterns.get("slow_delay", spec)
written = pattern.apply(tokens)
told["pattern"] = [patterns.names()[-1], written.ids.shape[2], torch.equal(pattern.invert(written).codes, tokens.codes)]

hums = Path(sys.argv[1])
made = []
for engine in ("local", "backwards"):
    out = hums / engine
    store.tokenize(audiotok.load("mulaw"), data.load(f"hums:{hums}"), out, shard_hours=0.5 / 3600, engine=engine)
    made.append({str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()})
told["engine"] = [len(list((out / "shards").glob("*.json"))), made[0] == made[1]]
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one process of that environment answers to the questions of the tests below."""
    return json.loads(run(python, QUESTIONS, hum(tmp_path_factory.mktemp("hums"))).splitlines()[-1])


def test_it_is_listed_without_being_imported(told: dict[str, Any]) -> None:
    assert {"dct", "codec2"} <= set(told["available"])
    assert not told["imported"]


def test_it_is_loaded_by_name_with_its_options(told: dict[str, Any]) -> None:
    assert told["loaded"] == ["dct:num_codebooks=8", 4800.0]


def test_it_conforms(told: dict[str, Any]) -> None:
    assert [finding for finding in told["conformance"]["findings"] if finding["outcome"] == "failed"] == []
    assert told["conformance"]["passed"]


def test_its_metric_is_listed_without_being_imported(told: dict[str, Any]) -> None:
    assert (told["metric named"], told["imported"], told["metric"]) == (True, False, "Level error")


def test_its_pattern_writes_and_reads_codes_without_loss(told: dict[str, Any]) -> None:
    assert told["pattern"] == ["slow_delay", 9, True]


def test_its_engine_makes_the_same_store(told: dict[str, Any]) -> None:
    assert told["engine"] == [3, True]


@pytest.mark.slow
def test_its_metric_is_scored_by_a_run_and_shown_on_a_board(python: Path, vowels: Manifest, tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from audiotok.data.manifest import Manifest
from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.submission.entry import of_results
from audiotok.results.recipe import Recipe
from audiotok.runs.run import Run

if __name__ == "__main__":
    folder = Path({str(tmp_path)!r})
    recipe = Recipe("loudness", 1, ("level_error", "bitrate"))
    results = Run(Manifest.load(folder / "vowels" / "vowels.jsonl"), recipe, folder / "runs", workers=1).evaluate("dct")
    level = next(result for result in results if result.metric == "level_error")
    print(level.estimate.n, 0 < level.estimate.value < 3, level.signature)
    build(of_results(results, []), folder / "board")
"""
    path = tmp_path / "script.py"  # the pool's workers read it again
    path.write_text(script)
    done = subprocess.run([python, path], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    clips, plausible, signature = done.stdout.split()
    assert (clips, plausible) == (str(len(vowels)), "True")
    assert signature.startswith("loudness.v1|data:")
    assert "metric:level_error.v1" in signature
    assert "How much louder or quieter the output is than the reference." in (tmp_path / "board/index.html").read_text()


def test_its_task_runs_on_its_data_set_under_default_options_and_those_of_a_budget(
    python: Path, tmp_path: Path
) -> None:
    hums = hum(tmp_path)
    script = f"""
import audiotok, audiotok.tasks
from audiotok.cli.question import Question, parts
print(audiotok.tasks.names()[-1])
for budget in ("", "large"):
    [part] = parts(Question(recipe="coded_rate", data="hums:{hums}", budget=budget))
    [result] = part.run(audiotok.load("dct:num_codebooks=8"))
    print(result.estimate.n, result.signature.startswith("coded_rate.v1|clips:2|data:hums@sha256:"))
import sys
from audiotok.cli.main import main
sys.argv[1:] = ["list", "--recipes"]
main()
"""
    name, *results, listed = run(python, script).split(maxsplit=5)
    assert (name, results) == ("coded_rate", ["2", "True", "3", "True"])
    assert "What does it cost to code the first clips? A tokenizer takes a second." in listed


def test_it_is_not_in_this_environment() -> None:
    import audiotok
    from audiotok.metrics import catalogue

    assert "dct" not in audiotok.available()
    assert "level_error" not in catalogue.names()
