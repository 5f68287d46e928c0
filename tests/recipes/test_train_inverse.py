"""recipes/train_inverse.py from a folder of audio and a centroids file to a codec that the registry opens."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import audiotok
from audiotok import data
from audiotok.units.centroids import Centroids

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, voices, hubert) -> Path:
    """Tones, a HuBERT of random weights and centroids of its frames."""
    folder = tmp_path_factory.mktemp("inverse")
    voices(folder / "audio", (110, 170), 3 * 16000)
    encoder = hubert(folder / "hubert")
    Centroids(torch.randn(12, 16), str(encoder), -1).save(folder / "centroids.safetensors")
    return folder


@pytest.fixture
def run(folder: Path, recipe: Run) -> Run:
    options = ["--units", f"ssl-units:centroids={folder / 'centroids.safetensors'}", "--runs", folder / "runs"]
    options += ["--data", folder / "audio" / "tones.jsonl", "--split", "test", "--valid", "test", "--batch", "2"]
    options += ["--channels", "8", "--layers", "1", "--prompt", "0.5", "--seconds", "0.5"]
    return lambda *more: recipe("train_inverse", *options, *more)


@pytest.mark.slow
def test_a_model_and_its_record_are_written(folder: Path, run: Run) -> None:
    out = folder / "own.safetensors"
    status, _, err = run("--steps", "3", "--out", out)
    assert status == 0, err
    record = json.loads(out.with_suffix(".json").read_text())
    assert record["command"].startswith("python recipes/train_inverse.py --units")
    assert "mel_distance" in record
    codec = audiotok.load(f"speak(ssl-units:centroids={folder / 'centroids.safetensors'}):model={out}")
    clip = data.read(next(iter(data.load(folder / "audio" / "tones.jsonl"))), folder / "audio")
    assert codec.decode(codec.encode(clip)).lengths.tolist() == clip.lengths.tolist()


@pytest.mark.slow
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_units_of_a_gpu_are_measured(folder: Path, run: Run) -> None:
    status, _, err = run("--steps", "1", "--device", "cuda", "--out", folder / "gpu.safetensors")
    assert status == 0, err


def test_codes_without_vectors_are_refused(run: Run) -> None:
    status, _, err = run("--steps", "3", "--units", "mulaw")
    assert status == 1
    assert "no vector for each of its units" in err
