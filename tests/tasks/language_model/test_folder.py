"""Results are found again below the name of their data, whatever its hash."""

from pathlib import Path

import pytest

from audiotok.data.manifest import Manifest
from audiotok.tasks.language_model.folder import lm_folder, results_below


def test_results_of_a_data_set_and_a_tokenizer_are_found_and_no_others(tmp_path: Path) -> None:
    def left(data: str, tokenizer: str, folder: str) -> Path:
        path = tmp_path / "lm" / data / tokenizer / folder / "results.jsonl"
        path.parent.mkdir(parents=True)
        path.touch()
        return path

    mine = left("kits-drums-0123456789ab", "codec2-mode-700", "abc")
    left("kits-drums-a-0123456789ab", "codec2-mode-700", "abc")
    left("kits-drums-0123456789ab", "mulaw", "abc")
    deeper = left("kits-drums-0123456789ab", "codec2-mode-700", "model/music-1")
    assert results_below(tmp_path, "kits-drums", "codec2:mode=700", "*") == [mine]
    assert results_below(tmp_path, "kits-drums", "codec2:mode=700", "*/music-*") == [deeper]


def test_a_folder_is_found_from_another_one(vowels: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert lm_folder(Path("runs"), vowels, "mulaw").is_relative_to(tmp_path / "runs")
