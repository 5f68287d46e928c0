"""recipes/train_codec.py from a folder of audio to a codec that the registry opens."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import audiotok
from audiotok import data

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, voices) -> Path:
    return voices(tmp_path_factory.mktemp("codec"), (110, 170), 2 * 16000 + 800).parent


@pytest.fixture
def run(folder: Path, recipe: Run) -> Run:
    options = ["--data", folder / "tones.jsonl", "--split", "test", "--valid", "test", "--runs", folder / "runs"]
    options += ["--channels", "16", "--codebooks", "2", "--entries", "16", "--latent", "8", "--batch", "2"]
    return lambda *more: recipe("train_codec", *options, *more)


def test_a_codec_and_its_record_are_written(folder: Path, run: Run) -> None:
    out = folder / "own.safetensors"
    status, printed, err = run("--steps", "3", "--out", out)
    assert status == 0, err
    record = json.loads(out.with_suffix(".json").read_text())
    assert record["command"].startswith("python recipes/train_codec.py --data")
    assert {"mel_distance/1", "mel_distance/2"} <= set(record)
    codec = audiotok.load(printed.split()[-1])
    assert codec.spec.num_codebooks == 2
    clip = data.read(next(iter(data.load(folder / "tones.jsonl"))), folder)
    assert codec.decode(codec.encode(clip)).lengths.tolist() == clip.lengths.tolist()


@pytest.mark.slow
def test_a_codec_of_the_waveform_is_trained_and_opened(folder: Path, run: Run) -> None:
    out = folder / "waveform.safetensors"
    options = ("--backbone", "waveform", "--causal", "--channels", "2", "--width", "2", "--out", out)
    status, _, err = run("--steps", "2", *options)
    assert status == 0, err
    record = json.loads(out.with_suffix(".json").read_text())
    assert record["codec"]["causal"]
    assert "mel_distance/2" in record
    codec = audiotok.load(f"waveform:checkpoint={out},num_codebooks=2")
    clip = data.read(next(iter(data.load(folder / "tones.jsonl"))), folder)
    assert codec.decode(codec.encode(clip)).lengths.tolist() == clip.lengths.tolist()
    assert codec.card.objective == ("GAN", "Feat", "Rec", "VQ")


def test_the_codec_that_is_written_is_among_those_that_are_scored(folder: Path, run: Run) -> None:
    status, _, err = run("--steps", "1", "--codebooks", "3", "--out", folder / "three.safetensors")
    assert status == 0, err
    record = json.loads((folder / "three.json").read_text())
    assert [name for name in record if name.startswith("mel_distance")] == [f"mel_distance/{n}" for n in (1, 2, 3)]


def test_a_text_teacher_that_would_not_teach_is_refused(run: Run) -> None:
    status, _, err = run("--steps", "1", "--distill", "speechtokenizer", "--text-teacher", "bert")
    assert status == 1
    assert "with --distill dm only" in err


def test_a_budget_is_asked_for(run: Run) -> None:
    status, _, err = run()
    assert status == 1
    assert "steps or in minutes" in err
