"""recipes/train_vocoder.py from a folder of audio to a vocoder that audiotok-rvq decodes with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import audiotok
from audiotok import data

RECIPE = Path(__file__).parents[2] / "recipes" / "train_vocoder.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, voices) -> Path:
    return voices(tmp_path_factory.mktemp("vocoder"), (130,), 2 * 16000 + 800).parent


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, RECIPE, "--data", folder / "tones.jsonl", "--split", "test", "--valid", "test"]
    command += ["--channels", "8", "--blocks", "1", "--width", "2", "--batch", "2", "--runs", folder / "runs", *options]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.slow
def test_a_vocoder_of_a_codec_s_frames_and_its_record_are_written(folder) -> None:
    out = folder / "own.safetensors"
    weights = Path(audiotok.__file__).parent / "tokenizers" / "weights" / "rvq.safetensors"
    first = run(folder, "--steps", "2", "--iterations", "1", "--codec", str(weights), "-o", str(out))
    assert first.returncode == 0, first.stderr
    record = json.loads(out.with_suffix(".json").read_text())
    assert record["command"].startswith("python recipes/train_vocoder.py --data")
    assert record["settings"]["adversarial_from"] == 0.5
    assert record["vocoder"]["iterations"] == 1
    assert "mel_distance" in record
    codec = audiotok.load(f"audiotok-rvq:vocoder={out}")
    clip = data.read(next(iter(data.load(folder / "tones.jsonl"))), folder)
    assert codec.decode(codec.encode(clip)).lengths.tolist() == clip.lengths.tolist()


@pytest.mark.slow
def test_a_budget_is_asked_for(folder) -> None:
    result = run(folder)
    assert result.returncode == 1
    assert "steps or in minutes" in result.stderr
