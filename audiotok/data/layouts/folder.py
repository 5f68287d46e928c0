"""Any folder of audio: texts from a table, from *.trans.txt, or from a .txt or .lab beside the audio of that name.

Hugging Face's audiofolder is one: metadata.csv, .tsv, .jsonl or .parquet in the folder or below it, splits as folders.
Outside of speech, where no table says otherwise, the folder that a file lies in is its label.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from audiotok.core.audio_file import printable
from audiotok.data.layouts.base import (
    COLUMNS,
    SPLITS,
    FoundClip,
    Layout,
    Listing,
    Options,
    audio_files,
    described,
    details,
    summed_up,
)
from audiotok.data.layouts.file_index import FileIndex
from audiotok.data.layouts.librispeech import NO_AUDIO, utterances
from audiotok.data.layouts.tables import TABLES, MetadataTable, read_table, read_text
from audiotok.errors import InvalidData, MachineTrouble

_BESIDE = (".normalized.txt", ".txt", ".lab")


def read(folder: Path, options: Options) -> Listing:
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    known = from_tables(folder, paths, options, listing)
    known |= {path: entry for path, entry in _from_chapters(folder, paths, listing).items() if path not in known}
    beside: Counter[str] = Counter()
    for path in paths:
        entry = known.get(path) or FoundClip(path)
        if entry.text is None:
            entry = _with_text_beside(entry, folder, listing, beside)
        listing.entries.append(replace(entry, split=entry.split or _split(path, folder)))
    listing.notes += [f"{count} texts from {suffix} files beside the audio" for suffix, count in beside.items()]
    if options.domain not in (None, "speech"):
        _labels_of_folders(folder, listing)
    return listing


def from_tables(folder: Path, paths: list[Path], options: Options, listing: Listing) -> dict[Path, FoundClip]:
    """The entries of the folder's tables on its files; a table that was not read is named in `listing`."""
    index = FileIndex(folder, paths)
    found: dict[Path, FoundClip] = {}
    tables = sorted(path for path in folder.rglob("*") if path.suffix in TABLES and path.is_file())
    named = [path for path in tables if path.stem == "metadata"]
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
) -> dict[Path, FoundClip]:
    """The entries of a table's rows, and in `listing` what it was taken for and which rows could not be used.

    Raises InvalidData where the table has no such column.
    """
    if column not in table.columns:
        raise InvalidData(f"{printable(table.path)}: no column {column!r}; there are {', '.join(table.columns)}")
    found: dict[Path, FoundClip] = {}
    odd = [(name, reason) for reason in table.odd]
    references = [str(row.get(column) or "") for row in table.rows]
    files, how = index.resolve(references, table.path.parent)
    for row, written, path in zip(table.rows, references, files, strict=True):
        if path is None:
            odd.append((name, f"a row names no audio file of the folder{': ' * (not odd)}{written * (not odd)}"))
        elif path in found:
            odd.append((name, "a row names a file that an earlier row has described"))
        else:
            try:
                of_row = details(row, options, name)
            except InvalidData as error:
                if "no column" in str(error):
                    raise
                odd.append((name, str(error)))
                of_row = details({**row, **dict.fromkeys(_columns(row, "language"))}, options, name)
            found[path] = described(FoundClip(path), {**of_row, "split": of_row["split"] or split})
    texts = sum(entry.text is not None for entry in found.values())
    column_of_text = options.text_column or next(iter(_columns(dict.fromkeys(table.columns), "text")), None)
    taken = f"{texts} texts from its column {column_of_text!r}" if column_of_text else "no column of texts"
    listing.notes.append(f"{name}: describes {len(found)} of the files; {'; '.join(filter(None, (taken, how)))}")
    listing.problems |= summed_up(odd)
    return found


def _path_column(table: MetadataTable) -> str | None:
    return next(iter(_columns(dict.fromkeys(table.columns), "path")), None)


def _columns(row: dict[str, object], field: str) -> list[str]:
    """Names of the row's columns that can hold the field, nearest first."""
    return [name for known in COLUMNS[field] for name in row if name and name.strip().lower() == known]


def _from_chapters(folder: Path, paths: list[Path], listing: Listing) -> dict[Path, FoundClip]:
    tables = sorted(folder.rglob("*.trans.txt"))
    if not tables:
        return {}
    index = FileIndex(folder, paths)
    found: dict[Path, FoundClip] = {}
    for table in tables:
        said = list(utterances(table))
        files, _ = index.resolve([name for name, _, _ in said], table.parent)
        for (name, text, speaker), path in zip(said, files, strict=True):
            if path is None:
                listing.problems[printable(table.parent.relative_to(folder) / name)] = NO_AUDIO
            else:
                found[path] = FoundClip(path, text=text, speaker=speaker)
    listing.notes.append(f"{len(found)} texts from {len(tables)} *.trans.txt")
    return found


def _with_text_beside(entry: FoundClip, folder: Path, listing: Listing, beside: Counter[str]) -> FoundClip:
    for suffix in _BESIDE:
        candidate = entry.path.with_suffix(suffix)
        if candidate.is_file():
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


def _labels_of_folders(folder: Path, listing: Listing) -> None:
    places = {entry.path.parent for entry in listing.entries if entry.path.parent.name.lower() not in SPLITS}
    if len(places) < 2 or folder in places or any(entry.label for entry in listing.entries):
        return
    listing.entries = [replace(entry, label=entry.path.parent.name) for entry in listing.entries]
    listing.notes.append(f"labels from the names of {len(places)} folders")


LAYOUT = Layout("folder", "any folder of audio", lambda folder: True, read)
