"""recipes/train_units.py from a folder of audio to centroids, and again without doing the work again."""

import json
import runpy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audiotok import data
from audiotok.units.centroids import Centroids

RECIPES = Path(__file__).parents[2] / "recipes"
Run = Callable[..., tuple[int, str, str]]
CLIPS = 70  # more than a shard


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


@pytest.fixture
def run(folder: Path, recipe: Run) -> Run:
    options = ["--encoder", folder / "hubert", "--data", folder / "audio" / "noises.jsonl", "--split", "test"]
    options += ["--k", "12", "--runs", folder / "runs"]
    return lambda *more: recipe("train_units", *options, *more)


@pytest.mark.slow
def test_centroids_record_and_plot_are_written_and_a_finished_run_is_not_repeated(folder: Path, run: Run) -> None:
    out = folder / "centroids.safetensors"
    status, _, err = run("--out", out)
    assert status == 0, err
    centroids = Centroids.load(out)
    assert centroids.vectors.shape == (12, 16)
    assert centroids.command.startswith("python recipes/train_units.py --encoder")
    assert out.with_suffix(".json").is_file()
    assert out.with_suffix(".png").is_file()
    _, again, _ = run("--out", out)
    assert "pass" not in again
    assert torch.equal(Centroids.load(out).vectors, centroids.vectors)


@pytest.mark.parametrize(("clips", "held_out"), [(2, 1), (64, 6), (65, 6), (128, 13), (129, 13)])
def test_a_tenth_of_the_clips_is_held_out_whatever_their_number(clips: int, held_out: int) -> None:
    made = data.Manifest.of(
        "clips", [data.Clip(str(i), "folder", f"{i}.wav", "", 0.0, 1.0, 16000, "speech") for i in range(clips)], None
    )
    train, last = runpy.run_path(str(RECIPES / "train_units.py"))["divided"](made)
    assert (len(train), len(last)) == (clips - held_out, held_out)
    assert train.clips + last.clips == made.clips


def test_one_clip_is_refused(run: Run) -> None:
    status, _, err = run("--hours", "0.00001")
    assert status == 1
    assert "1 clips are too few" in err


def test_clips_of_one_shard_are_split_too(folder: Path, run: Run) -> None:
    out = folder / "few.safetensors"
    status, _, err = run("--hours", "0.001", "--out", out)
    assert status == 0, err
    report = json.loads(out.with_suffix(".json").read_text())
    assert report["passes"][0]["frames"] > report["frames"] > 0
