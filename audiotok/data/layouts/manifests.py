"""Manifests of other toolkits: NeMo's JSON lines, and Lhotse's recordings, supervisions and cuts."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from audiotok.core.audio_file import printable
from audiotok.data.languages import language_code
from audiotok.data.layouts.base import FoundClip, Layout, Listing, Options, as_text, described, details, times
from audiotok.errors import InvalidData, reason
from audiotok.files.json import json_lines

SUFFIXES = (".jsonl", ".jsonl.gz", ".json")


def foreign(path: Path) -> bool:
    """Whether a file of JSON lines is NeMo's or Lhotse's, by its first line."""
    try:
        first = next(_lines(path), {})
    except InvalidData:
        return False
    return bool({"audio_filepath", "recording", "recording_id", "sources"} & first.keys())


def read(path: Path, options: Options) -> Listing:
    """`path`: a manifest, or a folder with Lhotse's recordings.jsonl(.gz), supervisions or cuts."""
    listing = Listing()
    if path.is_dir():
        cuts, recordings, supervisions = (_named(path, name) for name in ("cuts", "recordings", "supervisions"))
    else:
        kind = next(_lines(path), {})
        cuts = path if "recording" in kind else None
        recordings = path if "sources" in kind else None
        supervisions = path if "recording_id" in kind else None
        if supervisions and not recordings:
            recordings = _named(path.parent, "recordings")
        elif recordings:
            supervisions = _named(path.parent, "supervisions")
    entries: Iterator[FoundClip | None]
    if cuts:
        entries = (_tried(listing, cut, lambda cut: _of_cut(cut, cuts.parent, listing)) for cut in _lines(cuts))
        listing.notes.append(f"{cuts.name}: Lhotse's cuts, with the text of their first supervision")
    elif recordings:
        entries = _of_supervisions(recordings, supervisions, listing)
        listing.notes.append(
            f"{recordings.name}: Lhotse's recordings" + (", a clip a supervision" if supervisions else "")
        )
    elif supervisions:
        raise InvalidData(f"{printable(path)}: Lhotse's supervisions need their recordings.jsonl beside them")
    elif not foreign(path):
        raise InvalidData(
            f"{printable(path)}: its first line has none of audio_filepath (NeMo), recording, recording_id and sources "
            "(Lhotse): a manifest of one of these is expected"
        )
    else:
        entries = (_tried(listing, row, lambda row: _of_nemo(row, path, options, listing)) for row in _lines(path))
        listing.notes.append(f"{path.name}: NeMo's manifest")
    listing.entries = [entry for entry in entries if entry is not None]
    if listing.entries:
        listing.root = Path(os.path.commonpath([*(entry.path.parent for entry in listing.entries)]))
    return listing


def _named(folder: Path, name: str) -> Path | None:
    return next((p for s in SUFFIXES for p in sorted(folder.glob(f"*{name}*{s}")) if p.is_file()), None)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield from (row for _, row in json_lines(file, printable(path)))
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InvalidData(f"{printable(path)}: not JSON lines ({error})") from error


def _tried(
    listing: Listing, row: dict[str, Any], entry: Callable[[dict[str, Any]], FoundClip | None]
) -> FoundClip | None:
    """The entry of a row; None, and a line of the report, where fields of it are missing or of another type."""
    try:
        return entry(row)
    except InvalidData as error:
        why = str(error)
    except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        why = f"not as the format asks: {reason(error)}"
    listing.report(f"{row.get('id', row.get('audio_filepath'))!s:.80}", f"{why}; left out")
    return None


def _place(written: object, folder: Path, listing: Listing) -> Path | None:
    path = Path(os.path.abspath(folder / str(written)))
    try:
        if not path.is_file() and Path(str(written)).is_file():
            path = Path(str(written)).absolute()
        if path.is_file():
            return path
    except OSError as error:
        listing.report(f"{written!s:.80}", f"the audio file cannot be opened ({error.strerror})")
        return None
    listing.report(printable(Path(str(written))), "the audio file is not there")
    return None


def _of_nemo(line: dict[str, Any], manifest: Path, options: Options, listing: Listing) -> FoundClip | None:
    path = _place(line.get("audio_filepath"), manifest.parent, listing)
    if path is None:
        return None
    start, end, seconds = times({name: line.get(name) for name in ("offset", "duration")})
    entry = FoundClip(path, start=start, end=end, file_seconds=seconds)
    return described(entry, details(line, options, manifest.name))


def _of_cut(cut: dict[str, Any], folder: Path, listing: Listing) -> FoundClip | None:
    recording = cut.get("recording")
    if cut.get("type") == "MixedCut" or not isinstance(recording, dict):
        listing.report(str(cut.get("id")), "a cut that is mixed or has no recording: left out")
        return None
    said = (cut.get("supervisions") or [{}])[0]
    start = float(cut.get("start", 0.0))
    return _of_lhotse(str(cut["id"]), recording, start, start + float(cut["duration"]), said, folder, listing)


def _of_supervisions(recordings: Path, supervisions: Path | None, listing: Listing) -> Iterator[FoundClip | None]:
    known = {str(recording.get("id")): recording for recording in _lines(recordings)}

    def of_recording(recording: dict[str, Any]) -> FoundClip | None:
        return _of_lhotse(str(recording["id"]), recording, 0.0, None, {}, recordings.parent, listing)

    def of_supervision(said: dict[str, Any]) -> FoundClip | None:
        found = known.get(str(said["recording_id"]))
        if found is None:
            raise InvalidData(f"its recording {said['recording_id']} is not in {recordings.name}")
        start = float(said.get("start", 0.0))
        end = start + float(said["duration"])
        whole = start == 0 and abs(end - float(found.get("duration", 0))) < 1e-3
        return _of_lhotse(str(said["id"]), found, start, None if whole else end, said, recordings.parent, listing)

    if supervisions is None:
        yield from (_tried(listing, recording, of_recording) for recording in known.values())
    else:
        yield from (_tried(listing, said, of_supervision) for said in _lines(supervisions))


def _of_lhotse(
    name: str,
    recording: dict[str, Any],
    start: float,
    end: float | None,
    said: dict[str, Any],
    folder: Path,
    listing: Listing,
) -> FoundClip | None:
    sources = recording.get("sources") or [{}]
    if len(sources) != 1 or sources[0].get("type") != "file":
        listing.report(name, "its recording is no single file: left out")
        return None
    path = _place(sources[0].get("source"), folder, listing)
    language = as_text(said.get("language"))
    if path is None:
        return None
    return FoundClip(
        path,
        id=name,
        start=start,
        end=end,
        file_seconds=float(recording["duration"]) if end is None and recording.get("duration") else None,
        text=as_text(said.get("text")),
        language=language_code(language) if language else None,
        speaker=as_text(said.get("speaker")),
    )


def _fits(folder: Path) -> bool:
    return _named(folder, "cuts") is not None or _named(folder, "recordings") is not None


LAYOUT = Layout("lhotse", "Lhotse's recordings, supervisions and cuts", _fits, read, domain="speech")
NEMO = Layout(
    "nemo", "NeMo's JSON lines", lambda path: path.is_file() and path.name.endswith(SUFFIXES), read, domain="speech"
)
