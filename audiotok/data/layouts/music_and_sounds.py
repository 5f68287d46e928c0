"""Corpora of music and sounds as their publishers lay them out: MUSDB18, GTZAN, ESC-50, AudioSet and its captions."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

from audiotok.core.audio_file import printable
from audiotok.data.layouts.base import SPLITS, FoundClip, Layout, Listing, Options, audio_files
from audiotok.data.layouts.file_index import FileIndex
from audiotok.data.layouts.folder import from_rows
from audiotok.data.layouts.tables import read_table, read_text

PIECE_SECONDS = 5.0
_GENRES = {"blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"}


def _is_musdb(folder: Path) -> bool:
    return any(folder.glob("*/mixture.wav")) or any(folder.glob("*/*/mixture.wav")) or any(folder.rglob("*.stem.mp4"))


def _musdb(folder: Path, options: Options) -> Listing:
    """The mixtures: stems are no music of their own, and an .mp4's first stream is the mixture."""
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    mixtures = [path for path in paths if path.name == "mixture.wav" or path.name.endswith(".stem.mp4")]
    for path in mixtures:
        split = next((SPLITS[part] for part in path.parts[::-1] if part in ("train", "test")), None)
        listing.entries.append(FoundClip(path, split=split))
    listing.notes.append(f"mixtures alone; left out: {len(paths) - len(mixtures)} stems")
    return listing


def _musdb_pieces(folder: Path, options: Options) -> Listing:
    """The mixtures in the pieces of VERSA's `prepare_musdb.py`, under its names. A song's pieces are of one speaker:
    intervals are over songs."""
    listing = _musdb(folder, options)
    for i, entry in enumerate(listing.entries):
        song = entry.path.parent.name if entry.path.name == "mixture.wav" else entry.path.name.removesuffix(".stem.mp4")
        name = song.replace(" ", "_")
        listing.entries[i] = replace(entry, id=name, speaker=name, piece_seconds=PIECE_SECONDS)
    listing.notes.append(f"in pieces of {PIECE_SECONDS:g} s, songs as groups (the field speaker)")
    return listing


def _is_gtzan(folder: Path) -> bool:
    return _gtzan_home(folder) is not None


def _gtzan_home(folder: Path) -> Path | None:
    places = (folder, folder / "genres", folder / "genres_original", folder / "Data" / "genres_original")
    return next((place for place in places if sum((place / genre).is_dir() for genre in _GENRES) > 1), None)


def _gtzan(folder: Path, options: Options) -> Listing:
    paths, problems = audio_files(_gtzan_home(folder) or folder, options.files)
    listing = Listing([FoundClip(path, label=path.parent.name) for path in paths], problems=problems)
    listing.notes.append("genres from the folders")
    return listing


def _is_esc50(folder: Path) -> bool:
    return (folder / "meta" / "esc50.csv").is_file() and (folder / "audio").is_dir()


def _esc50(folder: Path, options: Options) -> Listing:
    paths, problems = audio_files(folder / "audio", options.files)
    listing = Listing(problems=problems)
    table = read_table(folder / "meta" / "esc50.csv")
    known = from_rows(table, "filename", FileIndex(folder, paths), options, listing, "meta/esc50.csv")
    folds = {str(row["filename"]): row.get("fold") for row in table.rows}
    for path in paths:
        entry = known.get(path, [FoundClip(path)])[0]
        # Its five folds never share a recording, so that they are what must be kept apart.
        listing.entries.append(FoundClip(path, label=entry.label, speaker=f"fold{folds.get(path.name)}"))
    listing.notes.append("classes from the column 'category', folds as groups (the field speaker)")
    return listing


def _audioset_lists(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.csv") if b"YTID" in path.read_bytes()[:2000])


def _audioset(folder: Path, options: Options) -> Listing:
    """Lists of `YTID, start, end, "label,label"`; audio named by the id, with or without "Y" and the times."""
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    by_id = _by_video(paths)
    names = _class_names(folder)
    found: dict[Path, FoundClip] = {}
    for table in _audioset_lists(folder):
        lines = (line for line in read_text(table).split("\n") if line.strip() and not line.startswith("#"))
        rows = [row for row in csv.reader(lines, skipinitialspace=True) if len(row) == 4 and row[0] != "YTID"]
        missing = 0
        for video, _, _, labels in rows:
            audio = by_id.get(video)
            missing += audio is None
            if audio is not None:
                label = ",".join(names.get(label, label) for label in labels.split(","))
                split = SPLITS["test" if "eval" in table.name else "train"]
                found.setdefault(audio, FoundClip(audio, id=video.lstrip("."), label=label, split=split))
        listing.notes.append(f"{table.name}: classes of {len(rows) - missing} files")
        if missing:
            listing.problems[table.name] = f"{missing} of {len(rows)} rows have no audio here"
    return _of_lists(listing, found, paths, folder)


def _by_video(paths: list[Path]) -> dict[str, Path]:
    """Files by the id of their video, with which their names begin, with or without "Y" before and times behind."""
    by_id: dict[str, Path] = {}
    for path in paths:
        for name in {path.stem, re.sub(r"_[0-9.]+(_[0-9.]+)?$", "", path.stem)}:
            by_id.setdefault(name, path)
            by_id.setdefault(name.removeprefix("Y"), path)
    return by_id


def _of_lists(listing: Listing, found: dict[Path, FoundClip], paths: list[Path], folder: Path) -> Listing:
    """The listing with the files that lists have named, in the order of their paths; the others are problems."""
    for path in set(paths) - set(found):
        listing.problems[printable(path.relative_to(folder))] = "in no list: left out"
    listing.entries = [found[path] for path in paths if path in found]
    return listing


def _caption_tables(folder: Path, video: str) -> list[Path]:
    """Lists of captions of videos whose ids stand in the column `video`."""
    return sorted(path for path in folder.glob("*.csv") if {video.encode(), b"caption"} <= _header(path))


def _has_captions(folder: Path, video: str) -> bool:
    return bool(_caption_tables(folder, video))


def _header(table: Path) -> set[bytes]:
    with table.open("rb") as file:
        return {name.strip().strip(b'"') for name in file.readline(2000).removeprefix(b"\xef\xbb\xbf").split(b",")}


def _captioned(folder: Path, options: Options, video: str) -> Listing:
    """Audio named by the video or by `audiocap_id`; of several captions of a video the first is taken."""
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    by_id = _by_video(paths)
    found: dict[Path, FoundClip] = {}
    for table in _caption_tables(folder, video):
        rows = read_table(table).rows
        missing = more = 0
        for row in rows:
            names = [str(row[column]) for column in (video, "audiocap_id") if row.get(column)]
            audio = next((by_id[name] for name in names if name in by_id), None)
            missing += audio is None
            more += audio in found
            if audio is not None and audio not in found:
                text = str(row["caption"] or "").strip() or None
                found[audio] = FoundClip(audio, text=text, language="en", split=_split_of(row, table))
        listing.notes.append(f"{table.name}: captions of {len(rows) - missing - more} files")
        if more:
            listing.notes.append(f"{table.name}: left out: {more} more captions of files that have one")
        if missing:
            listing.problems[table.name] = f"{missing} of {len(rows)} rows have no audio here"
    return _of_lists(listing, found, paths, folder)


def _split_of(row: dict[str, object], table: Path) -> str | None:
    """MusicCaps says which videos are of AudioSet's evaluation, AudioCaps has a list a split."""
    if "is_audioset_eval" in row:
        return SPLITS["test" if str(row["is_audioset_eval"]).lower() == "true" else "train"]
    return SPLITS.get(table.stem.lower())


def _class_names(folder: Path) -> dict[str, str]:
    """AudioSet's machine identifiers -> names, where its class_labels_indices.csv is there."""
    table = folder / "class_labels_indices.csv"
    return {str(row["mid"]): str(row["display_name"]) for row in read_table(table).rows} if table.is_file() else {}


LAYOUTS = (
    Layout("musdb", "MUSDB18 and MUSDB18-HQ, mixtures", _is_musdb, _musdb, domain="music"),
    # By its name alone, since a folder does not say that pieces of it are wanted.
    Layout("musdb-5s", "MUSDB18, mixtures in pieces of 5 s", lambda f: False, _musdb_pieces, domain="music"),
    Layout("gtzan", "GTZAN", _is_gtzan, _gtzan, domain="music"),
    Layout("esc50", "ESC-50", _is_esc50, _esc50, domain="audio"),
    *(
        Layout(name, title, partial(_has_captions, video=video), partial(_captioned, video=video), domain=domain)
        for name, title, video, domain in (
            ("audiocaps", "AudioCaps' lists of captions", "youtube_id", "audio"),
            ("musiccaps", "MusicCaps' list of captions", "ytid", "music"),
        )
    ),
    Layout("audioset", "AudioSet's lists of segments", lambda f: bool(_audioset_lists(f)), _audioset, domain="audio"),
)
