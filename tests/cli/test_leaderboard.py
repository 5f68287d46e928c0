"""`audiotok leaderboard verify` of several folders."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from audiotok.cli.main import app
from audiotok.leaderboard.submission import check as checking
from audiotok.leaderboard.submission import verify as verifying

made_up = Path(__file__).parents[1] / "leaderboard" / "submission" / "made_up.py"


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    made = runpy.run_path(str(made_up))
    folder = tmp_path_factory.mktemp("rows")
    return [str(made["make_submission"](folder / name, made["SLOW"])) for name in ("one", "two")]


def raising(error: Exception) -> Any:
    def verify(*_: Any, **__: Any) -> None:
        raise error

    return verify


def test_whatever_a_tokenizer_raises_the_other_folders_are_verified(
    rows: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "verify", raising(RuntimeError("size of tensor a (8) must match b (4)")))
    result = CliRunner().invoke(app, ["leaderboard", "verify", *rows])
    assert result.exit_code == 1
    assert result.output.count("FAILED  RuntimeError: size of tensor a") == 2


def test_a_trouble_of_the_machine_is_no_finding_about_a_folder(
    rows: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "verify", raising(OSError(28, "No space left on device")))
    result = CliRunner().invoke(app, ["leaderboard", "verify", *rows])
    assert isinstance(result.exception, OSError)


@pytest.mark.parametrize("ours", [["--ours"], []])
def test_weights_that_a_folder_names_are_not_loaded(
    rows: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: list[str]
) -> None:
    identifier = "mel:checkpoint=leaderboard/submissions/x/tokens/x.safetensors"
    for name in ("results.jsonl", "timings.jsonl"):
        text = (Path(rows[0]) / name).read_text(encoding="utf-8").replace("squeeze:levels=4", identifier)
        (tmp_path / name).write_text(text, encoding="utf-8")
    shutil.copy(Path(rows[0]) / "card.yaml", tmp_path)
    monkeypatch.setattr(verifying, "verify", raising(AssertionError("loaded")))
    result = CliRunner().invoke(app, ["leaderboard", "verify", *ours, str(tmp_path)])
    assert result.exit_code == 1
    assert "NOT VERIFIED" in result.output
    assert "would take checkpoint from" in result.output


def test_the_rows_of_one_command_are_held_against_each_other(
    rows: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def accept(_: Path, taken: dict[str, str], *__: Any) -> list[Any]:
        seen.append(list(taken))
        return []

    monkeypatch.setattr(checking, "check", accept)
    board = shutil.copytree(Path(rows[0]).parent, tmp_path / "board")
    CliRunner().invoke(app, ["leaderboard", "check", "--submissions", str(tmp_path), *rows])
    assert seen == [[], ["squeeze:levels=4"]]
    # Another row in a folder of the same name replaces none.
    for file in board.glob("one/*.jsonl"):
        file.write_text(file.read_text(encoding="utf-8").replace("squeeze:levels=4", "squeeze-levels"), "utf-8")
    shutil.rmtree(board / "two")
    CliRunner().invoke(app, ["leaderboard", "check", "--submissions", str(board), rows[0]])
    assert seen[-1] == ["squeeze-levels"]
