"""Layouts: ways in which people lay out audio, texts and labels in a folder, and how each is recognised."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from audiotok.core.audio_file import RAW, printable
from audiotok.data.languages import language_code
from audiotok.errors import InvalidData

#: Suffixes of audio. Whether a file can be read shows when it is opened, and one that cannot is named.
SUFFIXES = {
    *(".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".caf", ".w64", ".rf64"),
    *(".wave", ".aifc", ".snd", ".sph", ".g722", ".gsm", ".amr", ".3gp", ".m4a", ".mp4", ".aac", ".webm", ".mka"),
    *(".wma", ".spx", ".wv", ".mp1", ".mp2", ".mpa", ".mpga", ".m4b", ".m4r", ".m4v", ".mov", ".mkv", ".ogv", ".ogx"),
    *(".tta", ".ape", ".tak", ".shn", ".mpc", ".ac3", ".eac3", ".ec3", ".dts", ".adts", ".awb", ".3gpp", ".3g2"),
    *(".nist", ".sds", ".htk", ".voc", ".8svx", ".svx", ".iff", ".avr", ".paf", ".pvf", ".ircam", ".sf", ".ra", ".rm"),
    *(".avi", ".flv", ".asf", ".wmv", ".mpg", ".mpeg", ".vob", ".nut", ".dsf", ".dff", ".mlp", ".qcp"),
}
#: Names that the columns of a table may have, in lower case, the likeliest first.
COLUMNS = {
    "path": ("path", "file_name", "filename", "file", "audio", "audio_path", "audio_file", "audio_filepath", "wav"),
    "text": ("text", "transcript", "transcription", "sentence", "normalized_text", "raw_transcription"),
    "speaker": ("speaker", "speaker_id", "client_id"),
    "language": ("language", "lang", "locale"),
    "label": ("label", "class", "category", "genre"),
    "split": ("split", "subset"),
}
_TIMES = {"start": ("start", "offset", "start_time"), "end": ("end", "end_time"), "duration": ("duration",)}
SPLITS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev", "development"), "validation"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}
_SAME_LENGTH = 0.05  # seconds


@dataclass(frozen=True)
class Options:
    """The user's settings for a folder, which come before its layout's."""

    domain: str | None = None
    language: str | None = None
    text_column: str | None = None
    files: str = "*"  # pattern of the names of audio files


@dataclass(frozen=True)
class FoundClip:
    """A clip-to-be: a file or a stretch of it, and what is known of it."""

    path: Path  # absolute
    id: str | None = None  # None: made of the path
    start: float = 0.0  # seconds
    end: float | None = None  # None: of the file
    file_seconds: float | None = None  # of the whole file, as a list says
    piece_seconds: float | None = None  # a whole file: cut into clips of this length
    text: str | None = None
    language: str | None = None
    speaker: str | None = None
    label: str | None = None
    group: str | None = None  # what a probe keeps on one side of a split; None: the speaker
    split: str | None = None


@dataclass
class Listing:
    """The findings of a layout: entries in their order, what was taken for what, and what could not be used."""

    entries: list[FoundClip] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)  # file or table -> reason
    _numbers: dict[str, int] = field(default_factory=dict, repr=False)
    root: Path | None = None  # the folder that paths are relative to, where it is another than the one read

    def report(self, name: str, reason: str) -> None:
        """Add a problem. Another problem of that name, as of a second row on one file, is kept: `a.wav (2)`."""
        key, number = name, self._numbers.get(name, 1)
        while self.problems.get(key, reason) != reason:
            number += 1
            key = f"{name} ({number})"
        self._numbers[name] = number
        self.problems[key] = reason


@dataclass(frozen=True)
class Layout:
    """One way of laying out a corpus; each module of this room declares one."""

    name: str  # as in `--data NAME:FOLDER`
    title: str
    fits: Callable[[Path], bool]
    read: Callable[[Path, Options], Listing]
    domain: str | None = None  # None: the user says
    language: str | None = None  # of every clip, where the corpus has one


def audio_files(folder: Path, pattern: str = "*") -> tuple[list[Path], dict[str, str]]:
    """Audio below a folder, sorted, and what was passed over: path -> reason. Linked folders are entered once."""
    problems: dict[str, str] = {}
    found = []
    for place in _places(folder, problems):
        for path in place.glob(pattern):
            if path.suffix.lower() not in SUFFIXES | RAW or path.name.startswith("._"):  # macOS writes such
                continue
            name = printable(path.relative_to(folder))
            if path.suffix.lower() in RAW:
                problems[name] = "has no header that says its rate and format: convert it to WAV or FLAC"
                continue
            try:
                if path.is_file():
                    found.append(path)
                elif path.is_symlink():
                    problems[name] = "a link to a file that is not there"
                elif not path.is_dir():
                    problems[name] = "is not a regular file"
            except OSError as error:
                problems[name] = f"cannot be opened ({error.strerror})"
    return sorted(found, key=os.fsencode), problems


def files_below(folder: Path, pattern: str = "*") -> Iterator[Path]:
    """Files of these names below a folder, in the folders that `audio_files` enters."""
    return (path for place in _places(folder, {}) for path in place.glob(pattern) if path.is_file())


def _places(folder: Path, problems: dict[str, str]) -> list[Path]:
    """The folder and those below it; linked ones are entered once, and those read already go to `problems`."""
    real: dict[str, Path] = {}
    links: list[Path] = []
    for place in _folders(folder, links, problems):
        real[os.path.realpath(place)] = place
    for link in links:  # grows while linked folders hold links
        target = os.path.realpath(link)
        if target in real:
            name = printable(link.relative_to(folder))
            problems[name] = f"a link to {printable(real[target])}, which is read already"
            continue
        for place in _folders(link, links, problems):
            real.setdefault(os.path.realpath(place), place)
    return list(real.values())


def _folders(top: Path, links: list[Path], problems: dict[str, str]) -> Iterator[Path]:
    """`top` and the folders below it; links to folders are only collected, and those that cannot be listed."""

    def unreadable(error: OSError) -> None:
        problems[printable(Path(error.filename))] = f"cannot be listed ({error.strerror})"

    for place, names, _ in os.walk(top, onerror=unreadable):
        yield Path(place)
        links += [Path(place, name) for name in sorted(names) if Path(place, name).is_symlink()]


def split_of(name: str) -> str | None:
    """The split that a publisher's name of one begins with; None where it begins with no split.

    >>> split_of("train-clean-100"), split_of("validation.other"), split_of("eval"), split_of("all")
    ('train', 'validation', 'test', None)
    """
    return SPLITS.get(re.split("[-._]", name.lower())[0])


def details(row: dict[str, Any], options: Options, what: str) -> dict[str, str | None]:
    """text, language, speaker, label and split of a table's row by the names of its columns.

    Raises InvalidData where `options.text_column` is no column, or a language is no code.
    """
    by_name = {name.strip().lower(): value for name, value in row.items() if name is not None}
    names = dict(COLUMNS)
    if options.text_column is not None:
        if options.text_column.lower() not in by_name:
            raise InvalidData(f"{what}: no column {options.text_column!r}; there are {', '.join(map(str, row))}")
        names["text"] = (options.text_column.lower(),)
    found = {field: next((as_text(by_name[n]) for n in known if n in by_name), None) for field, known in names.items()}
    found.pop("path")
    if found["language"] is not None:
        found["language"] = language_code(found["language"])
    if found["split"] is not None:
        found["split"] = SPLITS.get(found["split"].lower(), found["split"])
    return found


def times(row: dict[str, Any]) -> tuple[float, float | None, float | None]:
    """(start, end, length of the file) in seconds, by the names of the row's columns; None: the row does not say.

    A duration is the stretch's where there is a start alone, as in NeMo's manifests, or where it is that from start to
    end; else it is the file's. Raises InvalidData where one of them is no number.
    """
    by_name = {name.strip().lower(): value for name, value in row.items() if name is not None}
    said: dict[str, float | None] = {}
    for what, known in _TIMES.items():
        values = [
            (name, by_name[name]) for name in known if by_name.get(name) is not None and str(by_name[name]).strip()
        ]
        try:
            said[what] = float(values[0][1]) if values else None
        except (TypeError, ValueError, OverflowError) as error:
            name, value = values[0]
            raise InvalidData(
                f"not as the format asks: {name} must be a number of seconds, got {value!s:.40}"
            ) from error
    start, end, seconds = said["start"] or 0.0, said["end"], said["duration"] or None
    if end is None and said["start"] is not None and seconds is not None:
        return start, start + seconds, None
    if end is not None and seconds is not None and abs(end - start - seconds) < _SAME_LENGTH:
        return start, end, None
    return start, end, seconds


def described(entry: FoundClip, values: dict[str, str | None]) -> FoundClip:
    """The entry with what `details` found."""
    return replace(
        entry,
        text=values["text"],
        language=values["language"],
        speaker=values["speaker"],
        label=values["label"],
        split=values["split"],
    )


def as_text(value: Any) -> str | None:
    """A cell as text; None where it is empty."""
    return str(value).strip() or None if value is not None and value == value else None  # NaN differs from itself


def summed_up(reasons: list[tuple[str, str]]) -> dict[str, str]:
    """(table, reason) of rows -> one line per table and reason, with how many rows it holds for."""
    counted = Counter(reasons)
    lines: dict[str, list[str]] = {}
    for (table, reason), count in counted.items():
        lines.setdefault(table, []).append(reason if count == 1 else f"{reason} (and {count - 1} rows more alike)")
    return {table: "; ".join(said) for table, said in lines.items()}
