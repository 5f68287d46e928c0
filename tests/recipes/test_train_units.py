"""recipes/train_units.py from a folder of audio to centroids, and again without doing the work again."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audiotok import data
from audiotok.units.centroids import Centroids

RECIPE = Path(__file__).parents[2] / "recipes" / "train_units.py"
CLIPS = 70  # more than a shard, since one is held out


@pytest.fixture(scope="module")
def folder(tmp_path_factory, hubert) -> Path:
    """A data set of noises, and a HuBERT of random weights to encode them."""
    folder = tmp_path_factory.mktemp("units")
    (folder / "audio").mkdir()
    rng = np.random.default_rng(0)
    for i in range(CLIPS):
        soundfile.write(folder / "audio" / f"{i}.wav", rng.normal(0, 0.1, 1600 + 160 * i), 16000)
    manifest, _ = data.make(folder / "audio", "noises", domain="speech")
    manifest.save(folder / "audio" / "noises.jsonl")
    hubert(folder / "hubert")
    return folder


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, RECIPE, "--encoder", folder / "hubert", "--data", folder / "audio" / "noises.jsonl"]
    command += ["--split", "test", "--k", "12", "--runs", folder / "runs", *options]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.slow
def test_centroids_record_and_plot_are_written_and_a_finished_run_is_not_repeated(folder) -> None:
    out = folder / "centroids.safetensors"
    first = run(folder, "--out", str(out))
    assert first.returncode == 0, first.stderr
    centroids = Centroids.load(out)
    assert centroids.vectors.shape == (12, 16)
    assert centroids.command.startswith("python recipes/train_units.py --encoder")
    assert out.with_suffix(".json").is_file()
    assert out.with_suffix(".png").is_file()
    again = run(folder, "--out", str(out))
    assert "pass" not in again.stdout
    assert torch.equal(Centroids.load(out).vectors, centroids.vectors)


@pytest.mark.slow
def test_too_few_clips_are_refused(folder) -> None:
    result = run(folder, "--hours", "0.0001")
    assert result.returncode == 1
    assert "too few" in result.stderr
