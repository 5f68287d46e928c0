"""Tables and lists that are broken in a row or two: the other rows are read, and a line of the report names each."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from audiotok.data import Options, read_corpus
from audiotok.data import folders as folders_module
from audiotok.data.folders import Corpus
from audiotok.errors import InvalidData

SECONDS = 0.1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in "abc":
        soundfile.write(tmp_path / f"{name}.wav", 0.1 * np.random.default_rng(0).standard_normal(1600), 16000)
    return tmp_path


def corpus(place: Path) -> Corpus:
    return read_corpus(place, "test", Options(None, "en"), default_domain="speech")


def texts(place: Path) -> dict[str, str | None]:
    return {clip.path: clip.text for clip in corpus(place).manifest}


def lines(*rows: Any) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metadata.tsv", "path\tsentence\ra.wav\thello\rb.wav\tthere\r"),
        ("metadata.csv", "file,text\ra.wav,hello\rb.wav,there\r"),
        ("metadata.jsonl", '\ufeff{"file": "a.wav", "text": "hello"}\n{"file": "b.wav", "text": "there"}\n'),
        ("x.trans.txt", "a hello\rb there\r"),
    ],
)
def test_lines_that_end_in_carriage_returns_and_byte_order_marks(name: str, content: str, folder: Path) -> None:
    (folder / name).write_bytes(content.encode())
    assert texts(folder) == {"a.wav": "hello", "b.wav": "there", "c.wav": None}


def test_kaldis_lists_of_carriage_returns(folder: Path) -> None:
    (folder / "wav.scp").write_bytes(b"a a.wav\rb b.wav\r")
    (folder / "text").write_bytes(b"a hello\rb there\r")
    assert texts(folder) == {"a.wav": "hello", "b.wav": "there"}


def test_a_row_without_the_column_of_paths_is_one_line_of_the_report(folder: Path) -> None:
    (folder / "metadata.jsonl").write_text(lines({"file": "a.wav", "text": "x"}, {"sentence": "y"}, {}))
    made = corpus(folder)
    assert made.manifest.clips[0].text == "x"
    assert "names no audio file" in made.problems["metadata.jsonl"]


def test_a_table_of_common_voice_without_paths_is_an_error_that_names_its_columns(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    soundfile.write(tmp_path / "clips" / "a.wav", np.full(1600, 0.1), 16000)
    (tmp_path / "test.tsv").write_text("client_id\tsentence\n1\thello\n")
    with pytest.raises(InvalidData, match=r"test\.tsv: no column 'path'; there are client_id, sentence"):
        corpus(tmp_path)


def test_a_file_of_another_purpose_stops_nothing(folder: Path) -> None:
    (folder / "log.jsonl").write_text("{not JSON\n")
    (folder / "train.csv").write_bytes("file,text\na.wav,hällo\n".encode("latin-1"))
    problems = corpus(folder).problems
    assert "not read: " in problems["log.jsonl"]
    assert "not UTF-8" in problems["train.csv"]


def test_a_column_that_is_there_twice_is_said(folder: Path) -> None:
    (folder / "metadata.csv").write_text("file,text,text\na.wav,one,two\n")
    made = corpus(folder)
    assert made.manifest.clips[0].text == "two"
    assert "more than one column text: the last counts" in made.problems["metadata.csv"]


def test_a_header_alone_describes_nothing(folder: Path) -> None:
    (folder / "metadata.csv").write_text("file,text\n")
    assert set(texts(folder).values()) == {None}


def test_half_a_character_leaves_out_its_row(folder: Path) -> None:
    (folder / "metadata.jsonl").write_text('{"file": "a.wav", "text": "x\\ud800"}\n{"file": "\\ud800.wav"}\n')
    made = corpus(folder)
    assert [clip.path for clip in made.manifest] == ["b.wav", "c.wav"]
    assert "half a character" in made.problems["a.wav"]


ROWS: list[tuple[dict[str, Any] | str, str]] = [
    ({"audio_filepath": "b.wav", "offset": [0], "duration": 1}, "not as the format asks"),
    ({"audio_filepath": "b.wav", "offset": 0.0, "duration": "x"}, "not as the format asks"),
    ('{"audio_filepath": "b.wav", "offset": 0.0, "duration": 1' + "0" * 400 + "}", "not as the format asks"),
    ('{"audio_filepath": "b.wav", "offset": 0.0, "duration": NaN}', "not inside its file"),
    ({"audio_filepath": "b.wav", "offset": -1, "duration": 0.05}, "not inside its file"),
    ({"audio_filepath": "b.wav", "duration": 100}, "its list says 100 s, the file has 0.1 s"),
    ({"audio_filepath": "b.wav", "lang": "klingonese"}, "ISO 639"),
    ({"audio_filepath": "x" * 5000}, "cannot be opened"),
    ({"audio_filepath": None}, "is not there"),
    ({"audio_filepath": "\ud800.wav"}, "is not there"),
    ({"audio_filepath": "/etc/hostname"}, "not readable as audio"),
]


@pytest.mark.parametrize(("row", "reason"), ROWS)
def test_a_row_of_nemo_that_is_broken_stops_no_others(row: Any, reason: str, folder: Path) -> None:
    (folder / "nemo.jsonl").write_text(lines({"audio_filepath": "a.wav", "duration": SECONDS, "text": "x"}, row))
    made = corpus(folder / "nemo.jsonl")
    assert [clip.text for clip in made.manifest] == ["x"]
    assert reason in next(iter(made.problems.values()))
    assert made.manifest.named_from(folder).clips[0].path == "a.wav"


RECORDING = {"id": "r", "sources": [{"type": "file", "source": "a.wav"}], "duration": SECONDS}
GOOD = {"id": "s", "recording_id": "r", "start": 0, "duration": 0.05, "text": "x"}


@pytest.mark.parametrize(
    "row",
    [
        {"id": "t"},
        {"id": "t", "recording_id": "r"},
        {"id": "t", "recording_id": "other", "duration": 1},
        {"id": "t", "recording_id": "r", "start": [], "duration": 1},
        {"id": "t", "recording_id": "r", "duration": 0.05, "language": 7},
    ],
)
def test_a_supervision_of_lhotse_that_is_broken_stops_no_others(row: Any, folder: Path) -> None:
    (folder / "recordings.jsonl").write_text(lines(RECORDING, {"sources": 5}))
    (folder / "supervisions.jsonl").write_text(lines(GOOD, row))
    made = corpus(folder)
    assert [clip.text for clip in made.manifest] == ["x"]
    assert "left out" in made.problems["t"]


@pytest.mark.parametrize("row", [{"id": "t"}, {"id": "t", "supervisions": ["x"]}, {"id": "t", "duration": None}])
def test_a_cut_of_lhotse_that_is_broken_stops_no_others(row: Any, folder: Path) -> None:
    cut = {"recording": RECORDING, "start": 0, "duration": 0.05}
    good = {"id": "s", **cut, "supervisions": [{"text": "x"}]}
    (folder / "cuts.jsonl").write_text(lines(good, {**cut, **row} if len(row) > 1 else row))
    made = corpus(folder)
    assert [clip.text for clip in made.manifest] == ["x"]
    assert "left out" in made.problems["t"]


def test_lists_of_kaldi_with_broken_lines(folder: Path) -> None:
    (folder / "wav.scp").write_text(f"r a.wav\nr b.wav\nlong {'x' * 5000}\nnul a\0.wav\n")
    (folder / "segments").write_text("s r 0 0.05\nnan r nan 0.05\nword r x y\nless r -1 0.05\nlang r 0 0.05\n")
    (folder / "utt2lang").write_text("lang klingonese\n")
    made = corpus(folder)
    assert [(clip.id, clip.path) for clip in made.manifest] == [("s", "a.wav")]
    assert "the first line counts" in made.problems["wav.scp, r"]
    assert all(name in made.problems for name in ("long", "nul", "nan", "word", "less", "lang"))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("m.jsonl", b'{"audio_filepath": "a.wav",}\n', "m.jsonl:1: not JSON"),
        ("m.json", b'[{"audio_filepath": "a.wav"}]', "m.json:1: expected an object, got list"),
        ("m.jsonl", b'{"wav": "a.wav"}\n', "its first line has none of audio_filepath"),
        ("m.jsonl", b"", "its first line has none of audio_filepath"),
        ("m.jsonl.gz", gzip.compress(b'{"audio_filepath": "a.wav"}\n' * 99, mtime=0)[:-20], "not JSON lines"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_an_error_that_says_why(
    name: str, content: bytes, reason: str, folder: Path
) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(InvalidData, match=reason):
        corpus(folder / name)


def test_a_file_that_vanishes_or_may_not_be_read_stops_no_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def vanished(path: Path) -> tuple[int, int]:
        if path.name == "b.wav":
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return probe(path)

    probe = folders_module.probe
    monkeypatch.setattr(folders_module, "probe", vanished)
    made = corpus(folder)
    assert [clip.path for clip in made.manifest] == ["a.wav", "c.wav"]
    assert "No such file" in made.problems["b.wav"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX only")
def test_pipes_and_links_that_lead_nowhere_are_named(folder: Path) -> None:
    os.mkfifo(folder / "fifo.wav")
    (folder / "loop.wav").symlink_to("loop.wav")
    problems = corpus(folder).problems
    assert problems["fifo.wav"] == "is not a regular file"
    assert problems["loop.wav"] == "a link to a file that is not there"


def test_every_row_of_one_file_that_fails_is_named(folder: Path) -> None:
    rows = [{"audio_filepath": "a.wav", "offset": start, "duration": 0.05, "text": "x"} for start in (0, 5, "x", -1)]
    (folder / "nemo.jsonl").write_text(lines(*rows))
    problems = corpus(folder / "nemo.jsonl").problems
    assert list(problems) == ["a.wav", "a.wav (2)", "a.wav (3)"]
    assert all(any(reason in why for why in problems.values()) for reason in ("from 5 s", "got x", "from -1 s"))


def test_many_rows_of_one_file_are_as_many_clips(folder: Path) -> None:
    rows = [{"audio_filepath": "a.wav", "offset": n / 100, "duration": 0.01, "text": str(n)} for n in range(9)]
    (folder / "nemo.jsonl").write_text(lines(*rows))
    assert [clip.text for clip in corpus(folder / "nemo.jsonl").manifest] == [str(n) for n in range(9)]


@pytest.mark.parametrize(
    "error",
    [TypeError("odd"), ZeroDivisionError("odd"), RuntimeError("odd"), av.error.ExitError(5, "odd"), MemoryError("odd")],
)
def test_a_file_on_which_a_decoder_breaks_stops_no_others(
    folder: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    class SoundFile(soundfile.SoundFile):
        def __init__(self, file: Any, *args: Any, **kwargs: Any) -> None:
            if "b.wav" in str(getattr(file, "name", file)):
                raise error
            super().__init__(file, *args, **kwargs)

    monkeypatch.setattr(soundfile, "SoundFile", SoundFile)
    made = corpus(folder)
    assert [clip.path for clip in made.manifest] == ["a.wav", "c.wav"]
    assert "odd" in made.problems["b.wav"]


def test_headers_that_lead_nowhere_stop_no_other_files(folder: Path) -> None:
    caf, w64 = folder / "caf.caf", folder / "w64.w64"
    for path in (caf, w64):
        soundfile.write(path, np.full(1600, 0.1), 16000)
    content = bytearray(caf.read_bytes())
    content[12:20] = b"\x7f" + b"\xff" * 7  # the size of the first chunk
    caf.write_bytes(content)
    content = bytearray(w64.read_bytes())
    content[56:64] = b"\xff" * 7 + b"\x7f"
    w64.write_bytes(content)
    made = corpus(folder)
    assert [clip.path for clip in made.manifest] == ["a.wav", "b.wav", "c.wav"]
    assert {"caf.caf", "w64.w64"} <= set(made.problems)


def test_a_name_as_long_as_names_may_be_is_read(folder: Path) -> None:
    (folder / "a.wav").rename(folder / ("a" * 250 + ".wav"))
    assert len(corpus(folder).manifest) == 3
