"""Manifests of other toolkits: NeMo's JSON lines, and Lhotse's recordings, supervisions and cuts."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audiotok.core.audio_file import printable
from audiotok.data.languages import language_code
from audiotok.data.layouts.base import FoundClip, Layout, Listing, Options, as_text, described, details
from audiotok.errors import InvalidData
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
        entries = (_of_cut(cut, cuts.parent, listing) for cut in _lines(cuts))
        listing.notes.append(f"{cuts.name}: Lhotse's cuts, with the text of their first supervision")
    elif recordings:
        entries = _of_supervisions(recordings, supervisions, listing)
        listing.notes.append(
            f"{recordings.name}: Lhotse's recordings" + (", a clip a supervision" if supervisions else "")
        )
    elif supervisions:
        raise InvalidData(f"{printable(path)}: Lhotse's supervisions need their recordings.jsonl beside them")
    else:
        entries = (_of_nemo(line, path, options, listing) for line in _lines(path))
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
    except (UnicodeDecodeError, gzip.BadGzipFile) as error:
        raise InvalidData(f"{printable(path)}: not JSON lines ({error})") from error


def _place(written: object, folder: Path, listing: Listing) -> Path | None:
    path = Path(os.path.abspath(folder / str(written)))
    if not path.is_file() and Path(str(written)).is_file():
        path = Path(str(written)).absolute()
    if not path.is_file():
        listing.problems[printable(Path(str(written)))] = "the audio file is not there"
        return None
    return path


def _of_nemo(line: dict[str, Any], manifest: Path, options: Options, listing: Listing) -> FoundClip | None:
    path = _place(line.get("audio_filepath"), manifest.parent, listing)
    if path is None:
        return None
    start = float(line.get("offset") or 0.0)
    end = start + float(line["duration"]) if line.get("offset") is not None and line.get("duration") else None
    return described(FoundClip(path, start=start, end=end), details(line, options, manifest.name))


def _of_cut(cut: dict[str, Any], folder: Path, listing: Listing) -> FoundClip | None:
    recording = cut.get("recording")
    if cut.get("type") == "MixedCut" or not isinstance(recording, dict):
        listing.problems[str(cut.get("id"))] = "a cut that is mixed or has no recording: left out"
        return None
    said = (cut.get("supervisions") or [{}])[0]
    start = float(cut.get("start", 0.0))
    return _of_lhotse(str(cut["id"]), recording, start, start + float(cut["duration"]), said, folder, listing)


def _of_supervisions(recordings: Path, supervisions: Path | None, listing: Listing) -> Iterator[FoundClip | None]:
    known = {str(recording["id"]): recording for recording in _lines(recordings)}
    if supervisions is None:
        for name, recording in known.items():
            yield _of_lhotse(name, recording, 0.0, None, {}, recordings.parent, listing)
        return
    for said in _lines(supervisions):
        found = known.get(str(said["recording_id"]))
        if found is None:
            listing.problems[str(said["id"])] = f"its recording {said['recording_id']} is not in {recordings.name}"
            continue
        start = float(said.get("start", 0.0))
        end = start + float(said["duration"])
        whole = start == 0 and abs(end - float(found.get("duration", 0))) < 1e-3
        yield _of_lhotse(str(said["id"]), found, start, None if whole else end, said, recordings.parent, listing)


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
        listing.problems[name] = "its recording is no single file: left out"
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
        text=as_text(said.get("text")),
        language=language_code(language) if language else None,
        speaker=as_text(said.get("speaker")),
    )


def _fits(folder: Path) -> bool:
    return _named(folder, "cuts") is not None or _named(folder, "recordings") is not None


LAYOUT = Layout("lhotse", "Lhotse's recordings, supervisions and cuts", _fits, read, domain="speech")
NEMO = Layout("nemo", "NeMo's JSON lines", lambda path: path.is_file() and foreign(path), read, domain="speech")
