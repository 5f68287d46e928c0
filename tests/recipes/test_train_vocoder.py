"""recipes/train_vocoder.py from a folder of audio to a vocoder that audiotok-rvq decodes with."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import audiotok
from audiotok import data

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, voices) -> Path:
    return voices(tmp_path_factory.mktemp("vocoder"), (130,), 2 * 16000 + 800).parent


@pytest.fixture
def run(folder: Path, recipe: Run) -> Run:
    options = ["--data", folder / "tones.jsonl", "--split", "test", "--valid", "test", "--runs", folder / "runs"]
    options += ["--channels", "8", "--blocks", "1", "--width", "2", "--batch", "2"]
    return lambda *more: recipe("train_vocoder", *options, *more)


@pytest.mark.slow
def test_a_vocoder_of_a_codec_s_frames_and_its_record_are_written(folder: Path, run: Run) -> None:
    out = folder / "own.safetensors"
    weights = Path(audiotok.__file__).parent / "tokenizers" / "weights" / "rvq.safetensors"
    status, _, err = run("--steps", "2", "--iterations", "1", "--codec", weights, "-o", out)
    assert status == 0, err
    record = json.loads(out.with_suffix(".json").read_text())
    assert record["command"].startswith("python recipes/train_vocoder.py --data")
    assert record["settings"]["adversarial_from"] == 0.5
    assert record["vocoder"]["iterations"] == 1
    assert "mel_distance" in record
    codec = audiotok.load(f"audiotok-rvq:vocoder={out}")
    clip = data.read(next(iter(data.load(folder / "tones.jsonl"))), folder)
    assert codec.decode(codec.encode(clip)).lengths.tolist() == clip.lengths.tolist()


@pytest.mark.slow
def test_a_budget_is_asked_for(run: Run) -> None:
    status, _, err = run()
    assert status == 1
    assert "steps or in minutes" in err
