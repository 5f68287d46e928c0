"""Item files are read as they are published, and what is wrong with one is said with its line."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok.errors import InvalidData
from audiotok.tasks.abx.items import ABXItem, read_items, recordings

HEADER = "#file onset offset #phone prev-phone next-phone speaker\n"


def wav(path: Path, seconds: float = 1.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.linspace(-0.1, 0.1, round(8000 * seconds)) + len(path.name) / 1000, 8000)


def item(file: str, onset: float = 0.1) -> ABXItem:
    return ABXItem(file, onset, onset + 0.1, "AH", ("K", "T"), "s1")


def test_columns_come_in_any_order_and_more_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.item"
    path.write_text(HEADER + "1-2-3 0.3925 0.4325 L NG K 6295\n\n")
    (plain,) = read_items(path)
    assert plain == ABXItem("1-2-3", 0.3925, 0.4325, "L", ("NG", "K"), "6295")
    path.write_text("speaker word #phone\tnext-phone prev-phone onset offset #file\n6295 x L K NG .3925 .4325 1-2-3\n")
    assert read_items(path) == [plain]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "first line lacks #file onset"),
        ("#file onset offset #phone speaker\n", "first line lacks prev-phone next-phone; expected #file"),
        (HEADER + "f 0 1 L NG K\n", r":2: expected 7 columns, got 6"),
        (HEADER + "f 0 1 L NG K s\nf zero 1 L NG K s\n", r":3: onset and offset must be seconds"),
        (HEADER + "f 1 1 L NG K s\n", r":2: expected 0 <= onset < offset in seconds, got 1 and 1"),
        (HEADER + "f nan 1 L NG K s\n", r":2: expected 0 <= onset < offset"),
        (HEADER + "\n", "holds no items"),
    ],
)
def test_a_line_that_does_not_fit_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.item"
    path.write_text(text)
    with pytest.raises(InvalidData, match=message):
        read_items(path)


def test_a_missing_item_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="cannot be read as an item file"):
        read_items(tmp_path / "none.item")


def test_recordings_are_found_by_path_or_by_name_and_others_left_out(tmp_path: Path) -> None:
    for name in ("1/2/1-2-3.wav", "1/2/other.wav", "x.flac"):
        wav(tmp_path / name)
    manifest, found = recordings([item("1-2-3"), item("x"), item("1/2/1-2-3", 0.5)], tmp_path, "mine")
    assert [clip.path for clip in manifest] == ["1/2/1-2-3.wav", "x.flac"]
    assert [one.file for one in found] == ["1_2_1-2-3", "x", "1_2_1-2-3"]
    assert manifest.name == "mine"


def test_recordings_that_are_not_there_twice_there_broken_or_short_stop(tmp_path: Path) -> None:
    wav(tmp_path / "a" / "same.wav")
    wav(tmp_path / "b" / "same.flac")
    (tmp_path / "broken.wav").write_bytes(b"no audio")
    for name, message in (
        ("nowhere", "nowhere: 0 recordings have this name, expected 1"),
        ("same", "same: 2 recordings have this name"),
        ("broken", "broken: .*not readable as audio"),
    ):
        with pytest.raises(InvalidData, match=message):
            recordings([item(name)], tmp_path, "mine")
    with pytest.raises(InvalidData, match=r"a/same ends after 1\.0 s, an item begins at 1\.0 s"):
        recordings([item("a/same", 1.0)], tmp_path, "mine")
