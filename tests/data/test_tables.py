"""Tables as people write them: rows stay rows, names find their files, and what was not used is said."""

import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import data
from audiotok.data.languages import language_code
from audiotok.data.layouts.tables import read_table
from audiotok.errors import InvalidData

CAFE = "caf\u00e9"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.wav", "sub/b.mp3", unicodedata.normalize("NFD", CAFE) + ".flac"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, 0.2 * np.sin(np.arange(4000) / 5), 8000)
    return tmp_path


def texts(folder: Path, **options) -> dict[str, str | None]:
    corpus = data.read_corpus(folder, "mine", data.Options("speech", **{"language": "en"} | options))
    return {unicodedata.normalize("NFC", Path(clip.path).stem): clip.text for clip in corpus.manifest}


@pytest.mark.parametrize(
    "written", ["a.wav", "./a.wav", "a", "/elsewhere/corpus/a.wav", "wavs/../a.wav", "audio\\a.wav"]
)
def test_a_row_finds_its_file_however_its_path_is_written(folder: Path, written: str) -> None:
    (folder / "metadata.csv").write_text(f"path,text\n{written},hello\n")
    assert texts(folder)["a"] == "hello"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("written", [f"{CAFE}.flac", f"{CAFE}.wav/../{CAFE}.flac", CAFE])
def test_composed_and_decomposed_names_are_one_file(folder: Path, form: str, written: str) -> None:
    (folder / "metadata.tsv").write_text(
        f"path\ttext\n{unicodedata.normalize(form, written)}\thello\n", encoding="utf-8"
    )
    assert texts(folder)[CAFE] == "hello"


def test_absolute_and_relative_paths_are_matched(folder: Path) -> None:
    (folder / "metadata.csv").write_text(f"path,text\n{folder}/a.wav,one\nsub/b.mp3,two\n")
    assert texts(folder) == {"a": "one", "b": "two", CAFE: None}


def test_a_name_that_could_be_two_files_is_neither(folder: Path) -> None:
    (folder / "other").mkdir()
    (folder / "other" / "b.mp3").write_bytes((folder / "sub" / "b.mp3").read_bytes())
    (folder / "metadata.csv").write_text("path,text\nb.mp3,two\n")
    corpus = data.read_corpus(folder, "mine", data.Options("speech", "en"))
    assert {clip.text for clip in corpus.manifest} == {None}
    assert corpus.problems["metadata.csv"] == "a row names no audio file of the folder: b.mp3"


def test_one_quotation_mark_eats_no_rows_of_a_tsv(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text('path\tsentence\na.mp3\t"Hello, she said\nb.mp3\tsay "hi"\nc.mp3\t"x" or "y"\n')
    assert [row["sentence"] for row in read_table(tmp_path / "t.tsv").rows] == [
        '"Hello, she said',
        'say "hi"',
        '"x" or "y"',
    ]


def test_a_quoted_line_break_of_a_csv_is_one_text(folder: Path) -> None:
    (folder / "metadata.csv").write_bytes(b'path,text\r\na.wav,"first line\r\nsecond line"\r\nsub/b,"say ""hi"""\r\n')
    assert texts(folder) == {"a": "first line second line", "b": 'say "hi"', CAFE: None}


def test_quotation_marks_of_a_csv_that_are_not_in_pairs_are_text(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('path,text\na.wav,"Hello\nb.wav,bye\n')
    assert [row["text"] for row in read_table(tmp_path / "t.csv").rows] == ['"Hello', "bye"]


@pytest.mark.parametrize("delimiter", [";", "|", "\t", ","])
def test_the_delimiter_of_a_csv_is_that_of_its_header(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "t.csv").write_text(f"path{delimiter}text\na.wav{delimiter}hello\n")
    assert read_table(tmp_path / "t.csv").rows == [{"path": "a.wav", "text": "hello"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_that_a_spreadsheet_saved_is_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "t.tsv").write_text("path\ttext\na.wav\tété\n", encoding=encoding)
    assert read_table(tmp_path / "t.tsv").rows == [{"path": "a.wav", "text": "été"}]


def test_a_row_of_too_many_columns_is_named_and_the_others_are_read(folder: Path) -> None:
    (folder / "metadata.csv").write_text("path,text\na.wav,hello, you\nsub/b.mp3,two\n")
    corpus = data.read_corpus(folder, "mine", data.Options("speech", "en"))
    assert "line 2 has 3 columns, not 2: left out" in corpus.problems["metadata.csv"]
    assert texts(folder)["b"] == "two"


def test_a_table_that_was_not_read_is_named(folder: Path) -> None:
    (folder / "metadata.csv").write_text("path,text\na.wav,hello\n")
    (folder / "notes.csv").write_text("path,text\na.wav,other\n")
    assert data.read_corpus(folder, "m", data.Options("speech", "en")).problems["notes.csv"].startswith("not read")
    (folder / "metadata.csv").unlink()
    assert texts(folder)["a"] == "other"  # the only table is read, whatever its name


def test_the_column_of_texts_can_be_named(folder: Path) -> None:
    (folder / "metadata.csv").write_text("path,text,raw\na.wav,hello,HELLO!\n")
    assert texts(folder, text_column="raw")["a"] == "HELLO!"
    with pytest.raises(InvalidData, match="no column 'rav'; there are path, text, raw"):
        texts(folder, text_column="rav")


@pytest.mark.parametrize("written", ["EN", "en-US", "en_GB", "eng", " en "])
def test_locales_are_their_language(folder: Path, written: str) -> None:
    (folder / "metadata.csv").write_text(f"path,text,locale\na.wav,hello,{written}\n")
    (clip,) = [clip for clip in data.make(folder, "m")[0] if clip.text]
    assert clip.language == language_code(written) == "en"


def test_texts_of_no_language_ask_for_it(folder: Path) -> None:
    (folder / "metadata.csv").write_text("path,text\na.wav,hello\n")
    with pytest.raises(InvalidData, match=r"--language en of audiotok data make and score, --data FOLDER,language=en"):
        data.read_corpus(folder, "m", data.Options("speech"))
    assert data.load(f"speech:{folder},language=de-AT").clips[0].language == "de"


def test_a_language_that_is_no_code_is_one_row_of_the_report(folder: Path) -> None:
    (folder / "metadata.csv").write_text("path,text,language\na.wav,hello,English\nsub/b.mp3,two,en\n")
    corpus = data.read_corpus(folder, "m", data.Options("speech", "en"))
    assert "must be an ISO 639 code" in corpus.problems["metadata.csv"]
    assert len(corpus.manifest) == 3


def test_a_name_that_is_not_utf8_is_one_line_of_the_report(folder: Path) -> None:
    odd = os.fsdecode(os.fsencode(folder) + b"/na\xefve.wav")
    Path(odd).write_bytes((folder / "a.wav").read_bytes())
    manifest, problems = data.make(folder, "m", domain="music")
    assert len(manifest) == 3
    assert "not UTF-8: rename" in problems[r"na\xefve.wav"]
    manifest.save(folder / "m.jsonl")


def test_a_linked_folder_is_read_once(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "c.wav").write_bytes((folder / "a.wav").read_bytes())
    (folder / "linked").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(folder)
    (folder / "again").symlink_to(folder / "sub")
    (folder / "gone.wav").symlink_to(folder / "nothing.wav")
    manifest, problems = data.make(folder, "m", domain="music")
    assert sorted(clip.path for clip in manifest if clip.path.isascii()) == ["a.wav", "linked/c.wav", "sub/b.mp3"]
    assert "read already" in problems["again"]
    assert "read already" in problems["linked/back"]
    assert "not there" in problems["gone.wav"]


def test_channels_that_cancel_and_integers_as_floats_are_left_out(folder: Path) -> None:
    wave = 0.2 * np.sin(np.arange(4000) / 5)
    soundfile.write(folder / "anti.wav", np.stack([wave, -wave], axis=1), 8000)
    soundfile.write(folder / "loud.wav", 32768 * wave, 8000, subtype="FLOAT")
    manifest, problems = data.make(folder, "m", domain="music")
    assert len(manifest) == 3
    assert "average is silent" in problems["anti.wav"]
    assert "full scale" in problems["loud.wav"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            'a.wav,"yes, she said"\nb.wav,"5" nails"\nc.wav,"no, he said"\n',
            ["yes, she said", '"5" nails"', "no, he said"],
        ),
        ('a.wav,"hello there\nb.wav,world\nc.wav,bye"\n', ['"hello there', "world", 'bye"']),
        (
            'a.wav,"hello there\nb.wav,"yes, she said"\nc.wav,"two\nlines"\n',
            ['"hello there', "yes, she said", "two\nlines"],
        ),
        (
            'a.wav,"two\nlines, with a comma"\nb.wav,"5" nails"\nc.wav,x\n',
            ["two\nlines, with a comma", '"5" nails"', "x"],
        ),
        ('a.wav,"two\n\nlines"\nb.wav,"never closed\nc.wav,x\n', ["two\n\nlines", '"never closed', "x"]),
    ],
)
def test_one_quotation_mark_too_many_costs_its_own_row_alone(tmp_path: Path, content: str, expected: list[str]) -> None:
    (tmp_path / "t.csv").write_text("path,text\n" + content)
    table = read_table(tmp_path / "t.csv")
    assert [row["text"] for row in table.rows] == expected
    assert [row["path"] for row in table.rows] == ["a.wav", "b.wav", "c.wav"]
    assert table.odd == []


def test_rows_within_quotes_are_known_by_the_files_that_they_name(folder: Path) -> None:
    (folder / "metadata.csv").write_text('text,path\n"one\nthis, or that\ntwo",sub/b\n')
    assert texts(folder)["b"] == "one this, or that two"  # the path is the second cell
    (folder / "metadata.csv").write_text('text,path\n"one,a\ntwo,sub/b\nthree",c\n')
    assert texts(folder) == {"a": '"one', "b": "two", CAFE: None}
    (folder / "metadata.csv").write_text('path,text\na,"one\nsub/b,two\nc,three"\n')
    assert texts(folder) == {"a": '"one', "b": "two", CAFE: None}


@pytest.mark.parametrize("name", ["metadata.CSV", "METADATA.csv", "Metadata.Csv"])
def test_a_table_is_known_in_capitals(folder: Path, name: str) -> None:
    (folder / name).write_text("path,text\na.wav,hello\n")
    assert texts(folder)["a"] == "hello"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metadata.csv", "path,text,start,end\na.wav,one,0,0.2\na.wav,two,0.2,0.4\nsub/b.mp3,all,,\n"),
        ("metadata.tsv", "path\ttext\toffset\tduration\na.wav\tone\t0\t0.2\na.wav\ttwo\t0.2\t0.2\nsub/b\tall\t\t\n"),
        (
            "metadata.jsonl",
            '{"path": "a.wav", "text": "one", "end_time": 0.2}\n'
            '{"path": "a.wav", "text": "two", "start_time": 0.2, "end_time": 0.4, "duration": 0.2}\n'
            '{"path": "sub/b.mp3", "text": "all", "start": null}\n',
        ),
    ],
)
def test_rows_of_stretches_are_clips_of_their_own(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)
    (folder / "a.txt").write_text("a text of all of it")
    clips = [clip for clip in data.make(folder, "m", language="en")[0] if clip.text]
    assert [(clip.text, clip.start, clip.end) for clip in clips[:2]] == [("one", 0, 0.2), ("two", 0.2, 0.4)]
    assert (clips[2].text, clips[2].start) == ("all", 0)
    assert len({clip.id for clip in clips}) == 3


@pytest.mark.parametrize(
    ("columns", "values", "place", "reason"),
    [
        ("start,end", "0.2,9", "a.wav", "from 0.2 s to 9 s is not inside its file of 0.5 s"),
        ("start", "1:02", "metadata.csv", "start must be a number of seconds, got 1:02: a row is left out"),
        ("duration", "99", "a.wav", "its list says 99 s, the file has 0.5 s"),
        ("start,end,duration", "0.1,0.2,99", "a.wav", "its list says 99 s, the file has 0.5 s"),
    ],
)
def test_times_that_do_not_fit_the_file_are_named(
    folder: Path, columns: str, values: str, place: str, reason: str
) -> None:
    (folder / "metadata.csv").write_text(f"path,text,{columns}\na.wav,one,{values}\n")
    corpus = data.read_corpus(folder, "m", data.Options("speech", "en"))
    assert reason in corpus.problems[place]
    assert {clip.text for clip in corpus.manifest} == {None}
