"""Common Voice: a release's folder of one language (clips/ with train.tsv, dev.tsv, test.tsv …), or clips/ alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from audiotok.core.audio_file import printable
from audiotok.data.layouts.base import SPLITS, FoundClip, Layout, Listing, Options, audio_files
from audiotok.data.layouts.file_index import FileIndex
from audiotok.data.layouts.folder import from_rows
from audiotok.data.layouts.tables import read_table

#: Tables in which a clip's row may stand, the one that decides first.
_TABLES = ("train", "dev", "test", "validated", "other")


def fits(folder: Path) -> bool:
    home = _home(folder)
    return (home / "clips").is_dir() and any((home / f"{name}.tsv").is_file() for name in _TABLES)


def _home(folder: Path) -> Path:
    return folder.parent if folder.name == "clips" else folder


def read(folder: Path, options: Options) -> Listing:
    home = _home(folder)
    paths, problems = audio_files(folder if folder.name == "clips" else home / "clips", options.files)
    listing = Listing(problems=problems)
    index = FileIndex(home, paths)
    known: dict[Path, list[FoundClip]] = {}
    for name in _TABLES:
        if (home / f"{name}.tsv").is_file():
            rows = from_rows(read_table(home / f"{name}.tsv"), "path", index, options, listing, f"{name}.tsv")
            for path, entries in rows.items():
                known.setdefault(path, [replace(entry, split=SPLITS.get(name, name)) for entry in entries])
    if (home / "invalidated.tsv").is_file():
        rejected = {str(row.get("path")) for row in read_table(home / "invalidated.tsv").rows}
        out = [path for path in paths if path.name in rejected and path not in known]
        if out:
            listing.problems["invalidated.tsv"] = f"{len(out)} clips that Common Voice's listeners rejected: left out"
            paths = [path for path in paths if path not in set(out)]
    others = sorted({path.name for path in home.glob("*.tsv")} - {f"{name}.tsv" for name in (*_TABLES, "invalidated")})
    if others:
        listing.notes.append(f"not read, since they describe no clips: {', '.join(others)}")
    unknown = [path for path in paths if path not in known]
    for path in unknown:
        listing.problems[printable(path.relative_to(folder))] = "in no table: left out"
    listing.entries = [entry for path in paths for entry in known.get(path, [])]
    return listing


LAYOUT = Layout("commonvoice", "Common Voice", fits, read, domain="speech")
