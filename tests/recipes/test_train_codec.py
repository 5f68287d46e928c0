"""recipes/train_codec.py from a folder of audio to a codec that the registry opens."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import audiotok
from audiotok import data

RECIPE = Path(__file__).parents[2] / "recipes" / "train_codec.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, voices) -> Path:
    return voices(tmp_path_factory.mktemp("codec"), (110, 170), 2 * 16000 + 800).parent


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, RECIPE, "--data", folder / "tones.jsonl", "--split", "test", "--valid", "test"]
    command += ["--channels", "16", "--codebooks", "2", "--entries", "16", "--latent", "8", "--batch", "2"]
    command += ["--runs", folder / "runs", *options]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_a_codec_and_its_record_are_written(folder) -> None:
    out = folder / "own.safetensors"
    first = run(folder, "--steps", "3", "--out", str(out))
    assert first.returncode == 0, first.stderr
    record = json.loads(out.with_suffix(".json").read_text())
    assert record["command"].startswith("python recipes/train_codec.py --data")
    assert {"mel_distance/1", "mel_distance/2"} <= set(record)
    codec = audiotok.load(f"mel:checkpoint={out},num_codebooks=2")
    clip = data.read(next(iter(data.load(folder / "tones.jsonl"))), folder)
    assert codec.decode(codec.encode(clip)).lengths.tolist() == clip.lengths.tolist()


@pytest.mark.slow
def test_a_codec_of_the_waveform_is_trained_and_opened(folder) -> None:
    out = folder / "waveform.safetensors"
    options = ("--backbone", "waveform", "--causal", "--channels", "2", "--width", "2", "--out", str(out))
    done = run(folder, "--steps", "2", *options)
    assert done.returncode == 0, done.stderr
    record = json.loads(out.with_suffix(".json").read_text())
    assert record["codec"]["causal"]
    assert "mel_distance/2" in record
    codec = audiotok.load(f"waveform:checkpoint={out},num_codebooks=2")
    clip = data.read(next(iter(data.load(folder / "tones.jsonl"))), folder)
    assert codec.decode(codec.encode(clip)).lengths.tolist() == clip.lengths.tolist()
    assert codec.card.objective == ("GAN", "Feat", "Rec", "VQ")


def test_a_budget_is_asked_for(folder) -> None:
    result = run(folder)
    assert result.returncode == 1
    assert "steps or in minutes" in result.stderr
