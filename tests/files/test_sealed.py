import json
from pathlib import Path

import pytest

from audiotok.errors import AlteredFile
from audiotok.files.sealed import read_sealed, write_sealed


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_sealed(tmp_path / "a.json", {"é": [1.5, None]}, "clip a")
    assert read_sealed(tmp_path / "a.json", "clip a") == {"é": [1.5, None]}


def test_a_file_that_is_not_there_has_no_value(tmp_path: Path) -> None:
    assert read_sealed(tmp_path / "a.json", "clip a") is None


def test_every_changed_byte_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_sealed(path, {"pesq": [3.25, 1.0]}, "clip a")
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(AlteredFile):
            read_sealed(path, "clip a")
        path.write_bytes(whole[:at])
        with pytest.raises(AlteredFile):
            read_sealed(path, "clip a")


def test_a_file_of_something_else_is_found_out(tmp_path: Path) -> None:
    write_sealed(tmp_path / "a.json", [1], "clip b")
    with pytest.raises(AlteredFile, match="was made of clip b, expected clip a"):
        read_sealed(tmp_path / "a.json", "clip a")


@pytest.mark.parametrize("content", [[1, 2], {"value": 3}, "text", "[" * 100_000])
def test_other_json_is_no_sealed_file(tmp_path: Path, content: object) -> None:
    (tmp_path / "a.json").write_text(content if content == "[" * 100_000 else json.dumps(content))
    with pytest.raises(AlteredFile):
        read_sealed(tmp_path / "a.json", "clip a")
