import os
from pathlib import Path

import pytest

from audiotok.errors import CannotWrite
from audiotok.files.output import write_output


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("before, and longer")
    write_output(tmp_path / "out.csv", "after")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"out.csv": "after"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no /dev")
def test_a_device_is_written_to() -> None:
    write_output(Path(os.devnull), "gone")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(("name", "words"), [("none/out.csv", "none does not exist"), (".", "got a folder")])
def test_a_file_that_cannot_be_is_refused(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(CannotWrite, match=words):
        write_output(tmp_path / name, "text")
