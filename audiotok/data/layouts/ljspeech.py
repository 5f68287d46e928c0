"""LJSpeech: wavs/ID.wav and metadata.csv of `ID|text|normalised text` without a header, as many TTS corpora copy it."""

from __future__ import annotations

from pathlib import Path

from audiotok.data.layouts.base import FoundClip, Layout, Listing, Options, audio_files
from audiotok.data.layouts.file_index import FileIndex
from audiotok.data.layouts.folder import from_rows
from audiotok.data.layouts.tables import read_table, read_text


def fits(folder: Path) -> bool:
    table = folder / "metadata.csv"
    if not (folder / "wavs").is_dir() or not table.is_file():
        return False
    first = read_text(table).lstrip().partition("\n")[0].split("|")
    return len(first) in (2, 3) and first[0].strip().lower() not in ("path", "file", "file_name", "filename", "id")


def read(folder: Path, options: Options) -> Listing:
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    first = read_text(folder / "metadata.csv").lstrip().partition("\n")[0]
    header = ["file", "raw_transcription", "text"] if first.count("|") == 2 else ["file", "text"]
    table = read_table(folder / "metadata.csv", header=header, delimiter="|")
    known = from_rows(table, "file", FileIndex(folder, paths), options, listing, "metadata.csv")
    listing.entries = [entry for path in paths for entry in known.get(path, [FoundClip(path)])]
    return listing


LAYOUT = Layout("ljspeech", "LJSpeech", fits, read, domain="speech")
