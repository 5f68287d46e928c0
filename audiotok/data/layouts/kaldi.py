"""Kaldi's data folder: wav.scp, and where they are there text, utt2spk, utt2lang and segments.

A line of wav.scp that is a command (it ends in "|") is never run: such recordings are left out and named.
"""

from __future__ import annotations

import os
from pathlib import Path

from audiotok.core.audio_file import printable
from audiotok.data.languages import language_code
from audiotok.data.layouts.base import FoundClip, Layout, Listing, Options
from audiotok.data.layouts.tables import read_text
from audiotok.errors import InvalidData


def fits(folder: Path) -> bool:
    return (folder / "wav.scp").is_file()


def read(folder: Path, options: Options) -> Listing:
    listing = Listing()
    files = recordings(folder / "wav.scp", listing)
    known = {name: _pairs(folder / name) for name in ("text", "utt2spk", "utt2lang", "segments")}
    listing.notes.append("wav.scp with " + (", ".join(name for name, lines in known.items() if lines) or "no text"))
    segments = known["segments"] or dict.fromkeys(files, "")
    for utterance, where in segments.items():
        recording, start, end = _stretch(utterance, where, folder)
        if recording not in files:
            if known["segments"] and recording not in listing.problems:
                listing.problems[utterance] = f"its recording {recording} is not in wav.scp"
            continue
        language = known["utt2lang"].get(utterance)
        listing.entries.append(
            FoundClip(
                files[recording],
                id=utterance,
                start=start,
                end=end,
                text=known["text"].get(utterance),
                language=language_code(language) if language else None,
                speaker=known["utt2spk"].get(utterance),
            )
        )
    if lost := [name for name in known["text"] if name not in segments]:
        listing.problems["text"] = f"{len(lost)} lines without audio, the first: {lost[0]}"
    listing.root = _root(files)
    return listing


def recordings(scp: Path, listing: Listing) -> dict[str, Path]:
    """Id -> file of a list; what cannot be used goes to `listing.problems`."""
    files = {}
    for name, place in _pairs(scp).items():
        if place.endswith("|"):
            listing.problems[name] = f"a command, which is not run: {place:.80}; write its output to a file"
            continue
        # Relative paths are from where Kaldi's scripts are run: mostly some folders above data/NAME.
        places = (Path(base, place) for base in (scp.parent, *scp.parent.parents[:3], Path.cwd()))
        path = next((path for path in places if path.is_file()), None)
        if path is None:
            listing.problems[name] = f"{printable(Path(place))} of {scp.name} is not there"
        else:
            files[name] = Path(os.path.abspath(path))
    return files


def read_list(scp: Path) -> Listing:
    """The recordings of a list alone, without texts, speakers and segments."""
    listing = Listing()
    files = recordings(scp, listing)
    listing.entries = [FoundClip(path, id=name) for name, path in files.items()]
    listing.root = _root(files)
    return listing


def _root(files: dict[str, Path]) -> Path | None:
    return Path(os.path.commonpath([*(path.parent for path in files.values())])) if files else None


def _pairs(path: Path) -> dict[str, str]:
    """First word of each line -> the rest of it; {} where the file is not there."""
    if not path.is_file():
        return {}
    parted = (line.strip().split(maxsplit=1) for line in read_text(path).split("\n"))
    return {words[0]: words[1] if len(words) > 1 else "" for words in parted if words}


def _stretch(utterance: str, where: str, folder: Path) -> tuple[str, float, float | None]:
    """(recording, start, end) in seconds; the whole recording of its own name where there are no segments."""
    if not where:
        return utterance, 0.0, None
    try:
        recording, start, end = where.split()[:3]
        # A negative end counts as the recording's.
        return recording, float(start), float(end) if float(end) >= 0 else None
    except ValueError as error:
        raise InvalidData(
            f"{folder / 'segments'}: expected RECORDING START END behind {utterance}, got {where!r}"
        ) from error


LAYOUT = Layout("kaldi", "Kaldi's wav.scp, text, utt2spk, segments", fits, read, domain="speech")
