"""LibriSpeech as unpacked: SUBSET/SPEAKER/CHAPTER/SPEAKER-CHAPTER-UTTERANCE.flac with a .trans.txt a chapter.

The subset's name begins with the split: train-clean-100, dev-clean, test-other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from audiotok.core.audio_file import printable
from audiotok.data.layouts.base import FoundClip, Layout, Listing, Options, audio_files, files_below, split_of
from audiotok.data.layouts.file_index import FileIndex
from audiotok.data.layouts.tables import read_text
from audiotok.errors import InvalidData


def fits(folder: Path) -> bool:
    """Whether some chapter has its texts; a chapter, a speaker, a subset or all of it may be given."""
    return any(files_below(folder, "*-*.trans.txt"))


def read(folder: Path, options: Options) -> Listing:
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    tables = sorted(files_below(folder, "*.trans.txt"))
    if not tables:
        raise InvalidData(f"{folder}: no *.trans.txt below it; expected SUBSET/SPEAKER/CHAPTER as LibriSpeech unpacks")
    index = FileIndex(folder, paths)
    known = {path: text for path, text, _ in described_files(tables, index, folder, listing)}
    listing.notes.append(f"texts from {len(tables)} *.trans.txt, speakers from the names")
    for path in paths:
        speaker, subset = path.name.partition("-")[0], path.parents[2].name if len(path.parents) > 2 else ""
        listing.entries.append(FoundClip(path, text=known.get(path), speaker=speaker, split=split_of(subset)))
    counts = Counter(entry.split or "test (no subset names another)" for entry in listing.entries)
    listing.notes.append(f"splits from the subsets: {', '.join(f'{n} {name}' for name, n in sorted(counts.items()))}")
    return listing


def described_files(
    tables: Iterable[Path], index: FileIndex, folder: Path, listing: Listing
) -> Iterator[tuple[Path, str, str]]:
    """(file, text, speaker) of each line of the tables; lines without a file are named in `listing`."""
    for table in tables:
        said = list(_utterances(table))
        files, _ = index.resolve([name for name, _, _ in said], table.parent)
        for (name, text, speaker), path in zip(said, files, strict=True):
            if path is None:
                listing.problems[printable(table.parent.relative_to(folder) / name)] = (
                    "has a text, but there is no audio"
                )
            else:
                yield path, text, speaker


def _utterances(table: Path) -> Iterator[tuple[str, str, str]]:
    """(name, text, speaker) of each line."""
    for line in read_text(table).splitlines():
        name, _, text = line.strip().partition(" ")
        if name:
            yield name, text, name.partition("-")[0]


LAYOUT = Layout("librispeech", "LibriSpeech", fits, read, domain="speech", language="en")
