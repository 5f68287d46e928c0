"""Rows of tables find their own files: a row of a missing file never gives its text to another."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import data
from audiotok.data.layouts.file_index import FileIndex

Names = dict[str, str | None]


def found(tmp_path: Path, files: str, rows: str, table: str = "") -> Names:
    """Row -> file; the table is in the folder `table`."""
    index = FileIndex(tmp_path, [tmp_path / file for file in files.split()])
    paths, _ = index.resolve(rows.split(), tmp_path / table)
    shown = [None if path is None else path.relative_to(tmp_path).as_posix() for path in paths]
    return dict(zip(rows.split(), shown, strict=True))


def none(rows: str) -> Names:
    return dict.fromkeys(rows.split())


@pytest.mark.parametrize(
    ("files", "rows", "table"),
    [
        ("test/0.wav", "train/0.wav", ""),
        ("s1/001.wav", "s2/001.wav", ""),
        ("test/0.wav", "/old/corpus/train/0.wav", ""),
        ("test/s1/0.wav", "train/s1/0.wav", ""),
        ("a.wav x/b.wav", "a.wav", "x"),  # the table's own folder has audio, and not this file
        ("y/a.wav x/b.wav", "a.wav", "x"),
        ("0.wav", "train/0.wav test/0.wav", ""),  # moved from one of the two, and nobody knows which
        ("0.wav train/1.wav", "train/0.wav", ""),
        ("0.wav train/1.wav", "/old/train/0.wav", ""),
        ("old/train/0.wav train/1.wav", "train/0.wav", ""),
        ("x/b.wav y/b.wav", "b.wav", ""),
        ("a.wav a.flac", "a", ""),
    ],
)
def test_a_row_of_a_missing_file_names_no_other(files: str, rows: str, table: str, tmp_path: Path) -> None:
    for file in files.split():
        (tmp_path / file).parent.mkdir(exist_ok=True, parents=True)
    assert found(tmp_path, files, rows, table) == none(rows)


@pytest.mark.parametrize(
    ("files", "there", "missing", "table"),
    [
        ("test/0.wav test/1.wav", "test/0.wav test/1.wav", "train/0.wav train/1.wav", ""),
        ("s1/001.wav", "s1/001.wav", "s2/001.wav", ""),
        ("a.wav old/b.wav", "a.wav", "b.wav", ""),
        ("x/a.wav b.wav", "a.wav", "b.wav", "x"),
    ],
)
def test_where_a_row_has_its_exact_path_the_others_need_theirs(
    files: str, there: str, missing: str, table: str, tmp_path: Path
) -> None:
    exact = {row: str(Path(table, row)) for row in there.split()}
    assert found(tmp_path, files, f"{missing} {there}", table) == none(missing) | exact


@pytest.mark.parametrize(
    ("files", "rows", "table"),
    [
        ("s1/a.wav s2/a.wav", "/old/corpus/s1/a.wav /old/corpus/s2/a.wav", ""),
        ("s1/a.wav a.wav", "/old/corpus/s1/a.wav /old/corpus/a.wav", ""),
        ("a.wav b.wav", "clips/a.wav clips/b.wav", ""),
        ("wavs/a.wav wavs/b.wav", "a b", ""),
        ("audio/a.wav", "a.wav", "meta"),
        ("audio/s1/a.wav audio/s2/a.wav", "s1/a.wav s2/a.wav", ""),
        ("x/a.wav y/a.wav", "x/a.wav", "x"),
    ],
)
def test_a_corpus_that_was_moved_is_found(files: str, rows: str, table: str, tmp_path: Path) -> None:
    for file in files.split():
        (tmp_path / file).parent.mkdir(exist_ok=True, parents=True)
    assert list(found(tmp_path, files, rows, table).values()) == files.split()[: len(rows.split())]


def test_a_folder_that_is_not_spelt_in_one_way_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "x" / ".." / "corpus"
    assert FileIndex(folder, [folder / "a.wav"]).resolve(["a.wav"], folder) == ([folder / "a.wav"], "")


def test_texts_of_missing_files_are_nobodys_and_the_report_names_their_rows(tmp_path: Path) -> None:
    (tmp_path / "test").mkdir()
    for name in ("0.wav", "1.wav"):
        soundfile.write(tmp_path / "test" / name, np.full(1600, 0.1), 16000)
    table = "file_name,text\ntrain/0.wav,train zero\ntrain/1.wav,train one\n"
    (tmp_path / "metadata.csv").write_text(table)
    made = data.read_corpus(tmp_path, "mine", data.Options("speech", "en"))
    assert [clip.text for clip in made.manifest] == [None, None]
    assert "names no audio file of the folder: train/0.wav" in made.problems["metadata.csv"]
    (tmp_path / "metadata.csv").write_text(table + "test/0.wav,test zero\ntest/1.wav,test one\n")
    assert [clip.text for clip in data.make(tmp_path, "mine", language="en")[0]] == ["test zero", "test one"]


def test_the_report_says_how_paths_were_read_that_are_not_exact(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.full(1600, 0.1), 16000)
    (tmp_path / "metadata.csv").write_text("file_name,text\n/old/corpus/a.wav,hello\n")
    notes = data.read_corpus(tmp_path, "mine", data.Options("speech", "en")).notes
    assert any("its paths were read without /old/corpus/" in note for note in notes)
