"""Manifests of the audio that lies in a folder: anyone's own, or a corpus in its publisher's layout."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Container, Iterator
from pathlib import Path

from tqdm import tqdm

from audiotok.data.manifest import Clip, Manifest, safe_path
from audiotok.data.reading import probe
from audiotok.errors import InvalidAudio, InvalidData
from audiotok.files.assets import file_sha256

SUFFIXES = {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".g722", ".gsm"}
#: What the columns of a metadata.csv or .tsv may be called, in lower case, nearest first (Common Voice's among them).
_COLUMNS = {
    "path": ("path", "file_name", "filename", "file", "audio"),
    "text": ("text", "transcript", "transcription", "sentence"),
    "speaker": ("speaker", "speaker_id", "client_id"),
    "language": ("language", "lang", "locale"),
    "label": ("label", "class", "category"),
    "split": ("split",),
}


def make(
    folder: str | Path, name: str, *, domain: str = "speech", language: str | None = None, files: str = "*"
) -> tuple[Manifest, dict[str, str]]:
    """A manifest of every audio file below `folder` whose name fits `files`, and what was wrong: path -> reason.

    Texts come from a metadata.csv or metadata.tsv in `folder`, from LibriSpeech's *.trans.txt, or from a .txt beside
    the audio of the same name. A file that is not audio, empty or cut is left out and reported; speech without a text
    is kept and reported, since only the metrics of words need one. Raises InvalidData where nothing can be used.
    """
    folder = Path(folder).expanduser().absolute()
    if not folder.is_dir():
        raise InvalidData(f"{folder}: no such folder")
    paths = sorted(path for path in folder.rglob(files) if path.suffix.lower() in SUFFIXES and path.is_file())
    if not paths:
        raise InvalidData(f"{folder} holds no audio ({', '.join(sorted(SUFFIXES))})")
    known = _metadata(folder) | _librispeech_texts(folder)
    clips: dict[str, Clip] = {}
    problems: dict[str, str] = {}
    for path in tqdm(paths, desc=f"data {name}", unit="file", disable=None):
        relative = path.relative_to(folder).as_posix()
        details = known.get(relative) or known.get(relative.removesuffix(path.suffix)) or {}
        try:
            clip_id = _id(relative.removesuffix(path.suffix), clips)
            clips[clip_id] = _clip_of(clip_id, folder, relative, domain, {"language": language} | details)
        except (InvalidAudio, InvalidData) as error:
            problems[relative] = str(error)
            continue
        if domain == "speech" and clips[clip_id].text is None:
            problems[relative] = "no transcript found: kept, but left out of the metrics of words"
    if not clips:
        raise InvalidData(
            f"{folder}: none of {len(paths)} files can be used; the first: {next(iter(problems.values()))}"
        )
    return Manifest.of(name, clips.values(), folder), problems


def librispeech(folder: str | Path) -> Manifest:
    """LibriSpeech as unpacked: SUBSET/SPEAKER/CHAPTER/SPEAKER-CHAPTER-UTTERANCE.flac with a .trans.txt a chapter.

    `folder` is a subset ("…/LibriSpeech/dev-clean") or the folder above. Every file is read once for its hash and
    length. Raises InvalidData where the layout is another, or a file is unreadable or has no transcript.
    """
    folder = Path(folder).expanduser().absolute()
    if not any(folder.glob("**/*.trans.txt")):
        raise InvalidData(f"{folder}: no *.trans.txt below it; expected SUBSET/SPEAKER/CHAPTER as LibriSpeech unpacks")
    manifest, problems = make(folder, f"librispeech-{folder.name}", language="en")
    if problems:
        path, reason = next(iter(problems.items()))
        raise InvalidData(f"{folder}: {len(problems)} files cannot be used; the first: {path}: {reason}")
    return manifest


def _clip_of(clip_id: str, folder: Path, relative: str, domain: str, details: dict[str, str | None]) -> Clip:
    path = folder / relative
    if not safe_path(relative):
        raise InvalidData("a manifest cannot name a path with a backslash, colon or line break: rename the file")
    frames, rate = probe(path)
    text = details.get("text")
    beside = path.with_suffix(".txt")
    if text is None and beside.is_file():
        text = _text(beside)
    return Clip(
        id=clip_id,
        source="folder",
        path=relative,
        sha256=file_sha256(path),
        start=0.0,
        end=round(frames / rate, 6),
        sample_rate=rate,
        domain=domain,
        split=details.get("split") or "test",
        text=" ".join(text.split()) or None if text else None,
        language=details.get("language"),
        speaker=details.get("speaker"),
        label=details.get("label"),
    )


def _id(path: str, taken: Container[str]) -> str:
    """The path with "_" for what an id may not hold; a hash keeps apart what that makes equal."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", path).lstrip(".")
    return f"{plain}-{hashlib.sha256(path.encode()).hexdigest()[:8]}" if plain in taken or not plain else plain


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidData(f"{path}: not UTF-8 text ({error})") from error


def _metadata(folder: Path) -> dict[str, dict[str, str | None]]:
    """Path as the table gives it -> its fields."""
    found: dict[str, dict[str, str | None]] = {}
    for table, delimiter in ((folder / "metadata.csv", ","), (folder / "metadata.tsv", "\t")):
        if not table.is_file():
            continue
        rows = list(csv.reader(_text(table).splitlines(), delimiter=delimiter))
        columns = {field: _column(rows[0], names) for field, names in _COLUMNS.items()} if rows else {}
        if columns.get("path") is None:
            raise InvalidData(f"{table}: its first line must name a column {' or '.join(_COLUMNS['path'])}")
        for row in rows[1:]:
            fields = {field: row[i] or None for field, i in columns.items() if i is not None and i < len(row)}
            if path := fields.pop("path", None):
                found[path] = fields
    return found


def _column(header: list[str], names: tuple[str, ...]) -> int | None:
    titles = [title.strip().lower() for title in header]
    return next((titles.index(name) for name in names if name in titles), None)


def _librispeech_texts(folder: Path) -> dict[str, dict[str, str | None]]:
    """SPEAKER/CHAPTER/SPEAKER-CHAPTER-UTTERANCE -> text and speaker."""
    return dict(_utterances(folder))


def _utterances(folder: Path) -> Iterator[tuple[str, dict[str, str | None]]]:
    for table in sorted(folder.rglob("*.trans.txt")):
        for line in _text(table).splitlines():
            utterance, _, text = line.strip().partition(" ")
            path = (table.parent / utterance).relative_to(folder).as_posix()
            yield path, {"text": text, "speaker": utterance.partition("-")[0]}
