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
    known = {name: _pairs(folder / name, listing) for name in ("text", "utt2spk", "utt2lang", "segments")}
    listing.notes.append("wav.scp with " + (", ".join(name for name, lines in known.items() if lines) or "no text"))
    segments = known["segments"] or dict.fromkeys(files, "")
    for utterance, where in segments.items():
        language = known["utt2lang"].get(utterance)
        try:
            recording, start, end = _stretch(utterance, where, folder)
            language = language_code(language) if language else None
        except InvalidData as error:
            listing.report(utterance, str(error))
            continue
        if recording not in files:
            if known["segments"] and recording not in listing.problems:
                listing.report(utterance, f"its recording {recording} is not in wav.scp")
            continue
        listing.entries.append(
            FoundClip(
                files[recording],
                id=utterance,
                start=start,
                end=end,
                text=known["text"].get(utterance),
                language=language,
                speaker=known["utt2spk"].get(utterance),
            )
        )
    if lost := [name for name in known["text"] if name not in segments]:
        listing.report("text", f"{len(lost)} lines without audio, the first: {lost[0]}")
    listing.root = _root(files)
    return listing


def recordings(scp: Path, listing: Listing) -> dict[str, Path]:
    """Id -> file of a list; what cannot be used goes to `listing.problems`."""
    files = {}
    for name, place in _pairs(scp, listing).items():
        if place.endswith("|"):
            listing.report(name, f"a command, which is not run: {place:.80}; write its output to a file")
            continue
        # Relative paths are from where Kaldi's scripts are run: mostly some folders above data/NAME.
        places = (Path(base, place) for base in (scp.parent, *scp.parent.parents[:3], Path.cwd()))
        path = next((path for path in places if _is_file(path)), None)
        if path is None:
            listing.report(name, f"{printable(Path(place))} of {scp.name} is not there")
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


def _pairs(path: Path, listing: Listing) -> dict[str, str]:
    """First word of each line -> the rest of it; {} where the file is not there. The first line of a word counts."""
    if not path.is_file():
        return {}
    pairs: dict[str, str] = {}
    for words in (line.strip().split(maxsplit=1) for line in read_text(path).split("\n")):
        if words and words[0] in pairs:
            listing.report(f"{path.name}, {words[0]}", "there more than once: the first line counts")
        elif words:
            pairs[words[0]] = words[1] if len(words) > 1 else ""
    return pairs


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # the name is too long, or a folder is not ours
        return False


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
