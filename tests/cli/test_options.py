"""Options as a recipe declares them and a shell gives them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
import typer

from audiotok.cli import options
from audiotok.errors import CannotWrite, InvalidOption

Rate = Annotated[int, typer.Option("--rate", min=1)]


@dataclass(frozen=True)
class Chosen:
    rate: Rate = 7
    loud: Annotated[bool, typer.Option()] = False

    def __post_init__(self) -> None:
        if self.loud and self.rate > 100:
            raise InvalidOption("too fast to be loud")


def given(monkeypatch: pytest.MonkeyPatch, *line: str) -> tuple[Chosen, str]:
    found = []

    def main(chosen: Chosen, name: Annotated[str, typer.Option("--name")] = "x") -> None:
        found.append((chosen, name))

    monkeypatch.setattr("sys.argv", ["main", *line])
    with pytest.raises(SystemExit) as left:
        options.start(main)
    if left.value.code:
        raise ValueError(left.value.code)
    return found[0]


def test_a_dataclass_gives_an_option_for_each_field(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch) == (Chosen(), "x")
    assert given(monkeypatch, "--rate", "3", "--name", "y", "--loud") == (Chosen(3, True), "y")


def test_what_the_field_and_the_dataclass_refuse_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="2"):
        given(monkeypatch, "--rate", "0")
    with pytest.raises(ValueError, match="1"):
        given(monkeypatch, "--rate", "101", "--loud")
    assert "too fast to be loud" in capsys.readouterr().err


def test_the_folder_of_a_file_that_is_written_at_the_end_is_made_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "model"
    assert options.output_file(path) == path
    assert path.parent.is_dir()
    assert options.output_file(None) is None


def test_a_file_that_could_not_be_written_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="got a folder"):
        options.output_file(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite, match="cannot be made"):
        options.output_file(tmp_path / "file" / "model")


@pytest.mark.parametrize("suffix", [".json", ".png"])
def test_a_model_under_the_name_of_its_record_is_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(InvalidOption, match=r"choose .*own\.safetensors"):
        options.weights_file(tmp_path / f"own{suffix}")


def test_two_options_of_one_name_are_an_error() -> None:
    def main(one: Chosen, two: Chosen) -> None: ...

    with pytest.raises(ValueError, match="duplicate parameter name"):
        options.spread(main)
