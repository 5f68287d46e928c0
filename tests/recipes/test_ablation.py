"""recipes/ablation.py on two cells: a table of both, and nothing done twice."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def manifest(hum) -> Path:
    return hum([({"language": "en", "split": split}, 24000) for split in ("train", "train", "test", "test")], 0.4)


@pytest.fixture
def run(manifest: Path, recipe: Run) -> Run:
    options = ["--data", manifest, "--test", manifest, "--steps", "2", "--no-probe"]
    options += ["--channels", "8", "--latent", "8", "--codebooks", "2", "--entries", "64", "--batch", "2"]
    options += ["--seconds", "0.5", "--metric", "mel_distance", "--distill", "none"]
    options += ["--runs", manifest.parent / "runs", "--out", manifest.parent / "docs" / "table"]
    return lambda *more: recipe("ablation", *options, *more)


@pytest.mark.slow
def test_the_table_has_a_row_per_cell_and_no_cell_is_done_twice(manifest: Path, run: Run) -> None:
    status, _, err = run("--quantizer", "svq")
    assert status == 0, err
    (cell,) = (manifest.parent / "runs" / "ablation").iterdir()
    before = (cell / "codec.safetensors").stat().st_mtime_ns

    status, _, err = run("--quantizer", "svq", "--quantizer", "fsq")
    assert status == 0, err
    assert (cell / "codec.safetensors").stat().st_mtime_ns == before
    assert len(list((manifest.parent / "runs" / "ablation").iterdir())) == 2
    table = (manifest.parent / "docs" / "table.md").read_text()
    assert "| svq 1x64 none |" in table
    assert "| fsq 2x64 none |" in table
    rows = json.loads((manifest.parent / "docs" / "table.json").read_text())
    values = {(row["tokenizer"], row["metric"]): row["value"] for row in rows if not row["group"]}
    assert values["svq 1x64 none", "mel_distance"] == values["svq 1x64 none", "mel_distance_first"]
    assert values["fsq 2x64 none", "mel_distance"] != values["fsq 2x64 none", "mel_distance_first"]
    assert values["svq 1x64 none", "bitrate"] == pytest.approx(300, rel=0.02)
    assert values["fsq 2x64 none", "bitrate"] == pytest.approx(600, rel=0.02)
    assert (manifest.parent / "docs" / "table.svg").is_file()


def test_a_name_that_is_none_is_refused_before_anything_is_trained(manifest: Path, run: Run) -> None:
    status, _, err = run("--quantizer", "vq")
    assert status == 1
    assert "expected some of rvq, svq, fsq; got vq" in err
    assert not (manifest.parent / "runs").exists()
