"""The recipe asks the model that acoustic_lm.py trained, and does not train it again."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import data
from audiotok.results import record

RECIPES = Path(__file__).parents[2] / "recipes"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    folder = tmp_path / "tones"
    folder.mkdir()
    lines = ["path,speaker,language,split"]
    for i in range(14):
        speaker, split = ("ann", "train") if i < 4 else ("bob", "test") if i < 9 else ("eve", "test")
        t = np.arange(26_000 if split == "test" else 8_000) / 8000
        wave = 0.3 * np.sin(2 * np.pi * (100 + 10 * i) * t) * (0.6 + 0.4 * np.sin(20 * t))
        soundfile.write(folder / f"tone{i}.wav", wave, 8000)
        lines.append(f"tone{i}.wav,{speaker},en,{split}")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n")
    made, _ = data.make(folder, "tones")
    made.save(folder / "tones.jsonl")
    return folder / "tones.jsonl"


def run(name: str, *options: str) -> str:
    done = subprocess.run([sys.executable, str(RECIPES / name), *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


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
