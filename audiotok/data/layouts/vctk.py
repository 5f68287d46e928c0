"""VCTK: wav48_silence_trimmed/p225/p225_001_mic1.flac or wav48/p225/p225_001.wav, with txt/p225/p225_001.txt.

Of two microphones the first is taken, as papers do; a speaker without texts (p315) is kept without.
"""

from __future__ import annotations

from pathlib import Path

from audiotok.data.layouts.base import FoundClip, Layout, Listing, Options, audio_files
from audiotok.data.layouts.tables import read_text

_AUDIO = ("wav48_silence_trimmed", "wav48", "wav16", "wav24")


def fits(folder: Path) -> bool:
    return (folder / "txt").is_dir() and any((folder / name).is_dir() for name in _AUDIO)


def read(folder: Path, options: Options) -> Listing:
    place = next(folder / name for name in _AUDIO if (folder / name).is_dir())
    paths, problems = audio_files(place, options.files)
    listing = Listing(problems=problems)
    second, there = 0, set(paths)
    for path in paths:
        name, _, microphone = path.stem.partition("_mic")
        if microphone == "2" and path.with_stem(f"{name}_mic1") in there:
            second += 1
            continue
        text = folder / "txt" / path.parent.name / f"{name}.txt"
        said = read_text(text) if text.is_file() else None
        listing.entries.append(FoundClip(path, text=said, speaker=path.parent.name))
    listing.notes.append(f"audio from {place.name}/, texts from txt/, speakers from the folders")
    if second:
        listing.notes.append(f"left out: {second} recordings of the second microphone")
    return listing


LAYOUT = Layout("vctk", "VCTK", fits, read, domain="speech", language="en")
