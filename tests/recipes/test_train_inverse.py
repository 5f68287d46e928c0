"""recipes/train_inverse.py from a folder of audio and a centroids file to a codec that the registry opens."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import audiotok
from audiotok import data
from audiotok.units.centroids import Centroids

RECIPE = Path(__file__).parents[2] / "recipes" / "train_inverse.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, voices, hubert) -> Path:
    """Tones, a HuBERT of random weights and centroids of its frames."""
    folder = tmp_path_factory.mktemp("inverse")
    voices(folder / "audio", (110, 170), 3 * 16000)
    encoder = hubert(folder / "hubert")
    Centroids(torch.randn(12, 16), str(encoder), -1).save(folder / "centroids.safetensors")
    return folder


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, RECIPE, "--units", f"ssl-units:centroids={folder / 'centroids.safetensors'}"]
    command += ["--data", folder / "audio" / "tones.jsonl", "--split", "test", "--valid", "test", "--batch", "2"]
    command += ["--channels", "8", "--layers", "1", "--prompt", "0.5", "--seconds", "0.5"]
    command += ["--runs", folder / "runs", *options]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.slow
def test_a_model_and_its_record_are_written(folder) -> None:
    out = folder / "own.safetensors"
    first = run(folder, "--steps", "3", "--out", str(out))
    assert first.returncode == 0, first.stderr
    record = json.loads(out.with_suffix(".json").read_text())
    assert record["command"].startswith("python recipes/train_inverse.py --units")
    assert "mel_distance" in record
    codec = audiotok.load(f"speak(ssl-units:centroids={folder / 'centroids.safetensors'}):model={out}")
    clip = data.read(next(iter(data.load(folder / "audio" / "tones.jsonl"))), folder / "audio")
    assert codec.decode(codec.encode(clip)).lengths.tolist() == clip.lengths.tolist()


def test_codes_without_vectors_are_refused(folder) -> None:
    result = run(folder, "--steps", "3", "--units", "mulaw")
    assert result.returncode == 1
    assert "no vector for each of its units" in result.stderr
