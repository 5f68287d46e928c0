"""FMA (Free Music Archive): fma_metadata/tracks.csv beside fma_small/000/000002.mp3, or another of its four sizes.

The table has two lines of column names, ("track", "genre_top"), and a third for that of the index. Its split keeps an
artist's tracks on one side. Tracks that the publisher's wiki lists as cut short are left out.

Source: Defferrard et al., "FMA: a dataset for music analysis", ISMIR 2017; mdeff/fma, the wiki's page on excerpts that
are shorter than 30 s.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from audiotok.core.audio_file import printable
from audiotok.data.layouts.base import SPLITS, FoundClip, Layout, Listing, Options, audio_files, summed_up
from audiotok.data.layouts.tables import csv_rows
from audiotok.errors import InvalidData

_TABLE = Path("fma_metadata", "tracks.csv")
_SPLIT, _GENRE, _ARTIST = ("set", "split"), ("track", "genre_top"), ("artist", "id")
#: Of fma_small, with what is left of their 30 s.
_FAULTY = {98565: 1.6, 98567: 0.5, 98569: 1.5, 99134: 0.0, 108925: 0.0, 133297: 0.0}


def fits(folder: Path) -> bool:
    return (folder / _TABLE).is_file()


def read(folder: Path, options: Options) -> Listing:
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    tracks = dict(_tracks(folder / _TABLE))
    missing: list[tuple[str, str]] = []
    for path in paths:
        shown = printable(path.relative_to(folder))
        track = int(path.stem) if path.stem.isdigit() else -1
        if track in _FAULTY:
            listing.problems[shown] = f"known to be faulty, {_FAULTY[track]:g} s of 30: left out"
            continue
        split, genre, artist = tracks.get(track, ("", "", ""))
        if split not in SPLITS:
            missing.append((path.parent.name, "no split of it in tracks.csv: left out"))
            continue
        found = FoundClip(path, label=genre or None, speaker=f"artist {artist}", split=SPLITS[split])
        listing.entries.append(found)
    listing.problems |= summed_up(missing)
    listing.notes.append("genres and splits from fma_metadata/tracks.csv, artists as groups (the field speaker)")
    return listing


def _tracks(table: Path) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Number of a track -> its split, genre ("" for several) and artist. Raises InvalidData."""
    rows = csv_rows(table)
    columns = list(zip(next(rows, []), next(rows, []), strict=False))
    if absent := [name for name in (_SPLIT, _GENRE, _ARTIST) if name not in columns]:
        raise InvalidData(
            f"{printable(table)}: no column {'/'.join(absent[0])} in its first two lines; expected it as published"
        )
    wanted = [columns.index(name) for name in (_SPLIT, _GENRE, _ARTIST)]
    for row in rows:
        if row[0].isdigit() and len(row) == len(columns):
            split, genre, artist = (row[column] for column in wanted)
            yield int(row[0]), (split, genre, artist)


LAYOUT = Layout("fma", "FMA", fits, read, domain="music")
