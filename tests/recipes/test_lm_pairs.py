"""The recipe asks the model that acoustic_lm.py trained, and does not train it again."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from audiotok.results import record

RECIPES = Path(__file__).parents[2] / "recipes"


@pytest.fixture
def manifest(hum: Callable[..., Path]) -> Path:
    sayings = [("ann", "train", 8000)] * 4 + [("bob", "test", 26000)] * 5 + [("eve", "test", 26000)] * 5
    said = [({"speaker": speaker, "language": "en", "split": split}, samples) for speaker, split, samples in sayings]
    return hum(said, tremolo=0.4)


def run(name: str, *options: str) -> str:
    done = subprocess.run([sys.executable, str(RECIPES / name), *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_it_asks_the_model_that_is_there(manifest: Path, tmp_path: Path) -> None:
    options = ["--tokenizer", "codec2:mode=700", "--data", str(manifest), "--hours", "0.002", "--rows", "2"]
    options += ["--context-seconds", "0.5", "--pattern", "delay", "--runs", str(tmp_path / "runs")]
    run("acoustic_lm.py", *options, "--seed", "0")
    (checkpoint,) = (tmp_path / "runs").rglob("checkpoint.pt")
    trained = checkpoint.read_bytes()
    shown = run("lm_pairs.py", *options, "--pairs", "speaker", "--pairs", "order", "--items", "4")
    assert checkpoint.read_bytes() == trained
    assert list((tmp_path / "runs").rglob("checkpoint.pt")) == [checkpoint]
    found = {r.metric: r for path in checkpoint.parent.glob("pairs/*/results.jsonl") for r in record.read(path)}
    assert found["pairs_speaker"].estimate.n == 4
    assert found["pairs_order"].unranked
    assert "Same speaker" in shown
    assert "bigram" in shown
