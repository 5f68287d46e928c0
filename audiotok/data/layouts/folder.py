"""Any folder of audio: texts from a table, from *.trans.txt, or from a .txt or .lab beside the audio of that name.

Hugging Face's audiofolder is one: metadata.csv, .tsv, .jsonl or .parquet in the folder or below it, splits as folders.
A row with a start or an end is a clip of its own. Outside of speech, where no table says otherwise, the folder that a
file lies in is its label.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

from audiotok.core.audio_file import RAW, printable
from audiotok.data.layouts.base import (
    COLUMNS,
    SPLITS,
    SUFFIXES,
    FoundClip,
    Layout,
    Listing,
    Options,
    audio_files,
    described,
    details,
    files_below,
    summed_up,
    times,
)
from audiotok.data.layouts.file_index import FileIndex
from audiotok.data.layouts.librispeech import described_files
from audiotok.data.layouts.tables import TABLES, MetadataTable, read_table, read_text
from audiotok.data.manifest import is_manifest
from audiotok.errors import InvalidData, MachineTrouble

_BESIDE = (".normalized.txt", ".txt", ".lab")


def read(folder: Path, options: Options) -> Listing:
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    known = from_tables(folder, paths, options, listing)
    known |= {path: [entry] for path, entry in _from_chapters(folder, paths, listing).items() if path not in known}
    beside: Counter[str] = Counter()
    for path in paths:
        for entry in known.get(path, [FoundClip(path)]):
            if entry.text is None and not entry.start and entry.end is None:
                entry = _with_text_beside(entry, folder, listing, beside)
            listing.entries.append(replace(entry, split=entry.split or _split(path, folder)))
    listing.notes += [f"{count} texts from {suffix} files beside the audio" for suffix, count in beside.items()]
    listing.notes += _passed_over(folder, paths)
    if options.domain not in (None, "speech"):
        _labels_of_folders(folder, listing)
    return listing


def from_tables(folder: Path, paths: list[Path], options: Options, listing: Listing) -> dict[Path, list[FoundClip]]:
    """The entries of the folder's tables on its files; a table that was not read is named in `listing`."""
    index = FileIndex(folder, paths)
    found: dict[Path, list[FoundClip]] = {}
    tables = sorted(path for path in files_below(folder) if path.suffix.lower() in TABLES)
    own = [path for path in tables if path.suffix.lower() == ".jsonl" and is_manifest(path)]
    if own:  # what was made of this folder before says what it held then
        names = ", ".join(printable(path.relative_to(folder)) for path in own)
        listing.notes.append(f"passed over, since they are manifests of audiotok and no tables: {names}")
        tables = [path for path in tables if path not in own]
    named = [path for path in tables if path.stem.lower() == "metadata"]
    for path in tables:
        name = printable(path.relative_to(folder))
        if path not in named and (named or path.parent != folder):
            listing.problems[name] = "not read: rename it to metadata" + path.suffix + " if it describes the audio"
            continue
        try:
            table = read_table(path, names_file=index.names)
        except (InvalidData, MachineTrouble) as error:
            if path in named:
                raise
            listing.problems[name] = f"not read: {error}"  # it may have nothing to do with the audio
            continue
        column = _path_column(table)
        if column is None and path in named:
            raise InvalidData(f"{path}: its first line must name a column {' or '.join(COLUMNS['path'])}")
        if column is None:
            listing.problems[name] = f"not read: it has no column {' or '.join(COLUMNS['path'])}"
            continue
        rows = from_rows(table, column, index, options, listing, name, split=SPLITS.get(path.stem.lower()))
        found |= {path: entry for path, entry in rows.items() if path not in found}
    return found


def from_rows(
    table: MetadataTable,
    column: str,
    index: FileIndex,
    options: Options,
    listing: Listing,
    name: str,
    split: str | None = None,
) -> dict[Path, list[FoundClip]]:
    """The entries of a table's rows, and in `listing` what it was taken for and which rows could not be used.

    A file has several where rows describe stretches of it. Raises InvalidData where the table has no such column.
    """
    if column not in table.columns:
        raise InvalidData(f"{printable(table.path)}: no column {column!r}; there are {', '.join(table.columns)}")
    found: dict[Path, list[FoundClip]] = {}
    taken: set[FoundClip] = set()  # stretches, without what is said of them
    odd = [(name, reason) for reason in table.odd]
    references = [str(row.get(column) or "") for row in table.rows]
    files, how = index.resolve(references, table.path.parent)
    lost = next((written for written, path in zip(references, files, strict=True) if path is None), "")
    for row, path in zip(table.rows, files, strict=True):
        if path is None:
            odd.append((name, f"a row names no audio file of the folder: {lost}"))
            continue
        try:
            start, end, seconds = times(row)
        except InvalidData as error:
            odd.append((name, f"{error}: a row is left out"))
            continue
        stretch = FoundClip(path, start=start, end=end)
        if stretch in taken:
            odd.append((name, "a row names a file that an earlier row has described"))
            continue
        taken.add(stretch)
        try:
            of_row = details(row, options, name)
        except InvalidData as error:
            if "no column" in str(error):
                raise
            odd.append((name, str(error)))
            of_row = details({**row, **dict.fromkeys(_columns(row, "language"))}, options, name)
        entry = described(replace(stretch, file_seconds=seconds), {**of_row, "split": of_row["split"] or split})
        found.setdefault(path, []).append(entry)
    texts = sum(entry.text is not None for entries in found.values() for entry in entries)
    column_of_text = options.text_column or next(iter(_columns(dict.fromkeys(table.columns), "text")), None)
    said = f"{texts} texts from its column {column_of_text!r}" if column_of_text else "no column of texts"
    listing.notes.append(f"{name}: describes {len(found)} of the files; {'; '.join(filter(None, (said, how)))}")
    listing.problems |= summed_up(odd)
    return found


def _path_column(table: MetadataTable) -> str | None:
    return next(iter(_columns(dict.fromkeys(table.columns), "path")), None)


def _columns(row: dict[str, object], field: str) -> list[str]:
    """Names of the row's columns that can hold the field, nearest first."""
    return [name for known in COLUMNS[field] for name in row if name and name.strip().lower() == known]


def _from_chapters(folder: Path, paths: list[Path], listing: Listing) -> dict[Path, FoundClip]:
    tables = sorted(files_below(folder, "*.trans.txt"))
    if not tables:
        return {}
    index = FileIndex(folder, paths)
    found: dict[Path, FoundClip] = {}
    for path, text, speaker in described_files(tables, index, folder, listing):
        found[path] = FoundClip(path, text=text, speaker=speaker)
    listing.notes.append(f"{len(found)} texts from {len(tables)} *.trans.txt")
    return found


def _with_text_beside(entry: FoundClip, folder: Path, listing: Listing, beside: Counter[str]) -> FoundClip:
    for suffix in _BESIDE:
        candidate = entry.path.with_suffix(suffix)
        if os.path.isfile(candidate):  # Path.is_file raises OSError where the name is too long
            beside[suffix] += 1
            try:
                return replace(entry, text=read_text(candidate))
            except (InvalidData, MachineTrouble) as error:
                listing.problems[printable(candidate.relative_to(folder))] = str(error)
                return entry
    return entry


def _split(path: Path, folder: Path) -> str | None:
    parts = path.relative_to(folder).parts[:-1]
    return next((SPLITS[part.lower()] for part in parts[:2] if part.lower() in SPLITS), None)


def _passed_over(folder: Path, paths: list[Path]) -> list[str]:
    """A note on the files that are neither audio by their suffix, nor tables, nor texts beside audio."""
    texts = {path.with_suffix(suffix) for path in paths for suffix in _BESIDE}
    others: dict[str, list[str]] = {}
    for path in sorted(files_below(folder), key=os.fsencode):
        suffix, inside = path.suffix.lower(), path.relative_to(folder)
        told = path in texts or suffix in {*SUFFIXES, *RAW, *TABLES} or path.name.endswith(".trans.txt")
        if not told and not any(part.startswith(".") for part in inside.parts):
            others.setdefault(suffix, []).append(printable(inside))
    counted = (f"{len(names)} {suffix or 'without a suffix'} ({names[0]})" for suffix, names in others.items())
    return [f"passed over, since they are no audio by their suffix: {', '.join(counted)}"] if others else []


def _labels_of_folders(folder: Path, listing: Listing) -> None:
    places = {entry.path.parent for entry in listing.entries if entry.path.parent.name.lower() not in SPLITS}
    if len(places) < 2 or folder in places or any(entry.label for entry in listing.entries):
        return
    listing.entries = [replace(entry, label=entry.path.parent.name) for entry in listing.entries]
    listing.notes.append(f"labels from the names of {len(places)} folders")


LAYOUT = Layout("folder", "any folder of audio", lambda folder: True, read)
