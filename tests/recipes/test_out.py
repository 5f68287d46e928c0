"""The file that a training recipe writes at its end is checked at its start."""

from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("name", ["train_codec", "train_inverse", "train_units", "train_vocoder"])
def test_a_model_under_the_name_of_its_record_is_refused(recipe: Run, tmp_path: Path, name: str) -> None:
    status, _, err = recipe(name, "--out", tmp_path / "own.json")
    assert status == 1
    assert "own.json is the name of the record" in err


def test_a_folder_in_the_place_of_merges_is_refused(recipe: Run, tmp_path: Path) -> None:
    status, _, err = recipe("train_bpe", "--tokenizer", "mulaw", "--out", tmp_path)
    assert status == 1
    assert "expected the name of a file" in err
