"""Manifests of the audio that lies in a folder: anyone's own, or a corpus in its publisher's layout."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import NamedTuple

from audiotok.core.audio_file import printable
from audiotok.core.card import DOMAINS
from audiotok.data.languages import language_code
from audiotok.data.layouts import LAYOUTS, FoundClip, Layout, Listing, Options
from audiotok.data.layouts.base import SUFFIXES
from audiotok.data.manifest import Clip, Manifest, check_characters, path_below, safe_path
from audiotok.data.parts import in_two_splits, said_of
from audiotok.data.reading import probe
from audiotok.errors import InvalidAudio, InvalidData, UnknownName, machine_trouble_at, reason
from audiotok.files.assets import file_sha256
from audiotok.files.progress import progress_bar

NO_TEXT = "no transcript found: kept, but left out of the metrics of words"
_ROUNDING = 0.05  # seconds that a segment may end after its file
_SHORTEST_PIECE = 1.0  # seconds
_OTHER_LENGTH = 0.5  # seconds by which a whole file may differ from what a list says, as decoders of MP3 do


class Corpus(NamedTuple):
    """A manifest, what was wrong (file or table -> reason), and what was taken for what."""

    manifest: Manifest
    problems: dict[str, str]
    notes: list[str]


def make(
    folder: str | Path,
    name: str,
    *,
    domain: str | None = None,
    language: str | None = None,
    files: str = "*",
) -> tuple[Manifest, dict[str, str]]:
    """`read_corpus` without its notes, in the layout "folder": the manifest, and what was wrong, path -> reason."""
    options = Options(domain or "speech", language, files=files)
    manifest, problems, _ = read_corpus(folder, name, options, layout="folder")
    return manifest, problems


def read_corpus(
    folder: str | Path,
    name: str,
    options: Options | None = None,
    layout: str | None = None,
    *,
    default_domain: str | None = None,
    named_from: Path | None = None,
) -> Corpus:
    """A manifest of the corpus in `folder`, every file of which is read once for its hash and length.

    `layout`: one of `audiotok.data.layouts`, by default the first that fits. What the user says in `options` comes
    before what the layout says; `default_domain` is for folders of which neither says a domain; `named_from`: where the
    manifest is to lie, which is an error before files are read if it does not hold them all. A file that is not
    audio, empty or cut is left out and reported; speech without a text is kept and reported, since only the metrics of
    words need one. Raises InvalidData where nothing can be used, or where there are texts of a language that nobody
    names, MachineTrouble where a folder or table may not be read.
    """
    options = options or Options()
    folder = Path(folder).expanduser().absolute()
    if not folder.exists():
        raise InvalidData(f"{printable(folder)}: no such folder")
    with machine_trouble_at(printable(folder)):
        chosen = _layout(layout, folder)
    domain = options.domain or chosen.domain or default_domain
    if domain not in DOMAINS:
        raise InvalidData(
            f"{folder} is a folder of no known layout: say what it holds, speech:{folder}, music:{folder} or "
            f"audio:{folder} (in audiotok data make: --domain)"
            if domain is None
            else f"domain must be one of {', '.join(DOMAINS)}, got {domain!r}"
        )
    with machine_trouble_at(printable(folder)):
        listing = chosen.read(folder, replace(options, domain=domain))
    if not listing.entries and not listing.problems:
        raise InvalidData(f"{printable(folder)} holds no audio ({', '.join(sorted(SUFFIXES))})")
    if named_from:
        for entry in listing.entries:
            path_below(entry.path, named_from)
    listing.notes.insert(0, f"read as {chosen.name}: {chosen.title}")
    return corpus_of(listing, folder, name, domain, options.language or chosen.language)


def corpus_of(listing: Listing, folder: Path, name: str, domain: str, language: str | None) -> Corpus:
    """The corpus of what a layout found; `language` holds for clips that name none. Raises as `read_corpus` does."""
    clips = _clips(listing, folder, name, domain, language_code(language) if language else None)
    if shared := in_two_splits(clips):
        listing.notes.append(f"warning: {said_of(shared)}")
    if domain == "speech":
        _ask_for_language(clips, folder)
        if without := sum(clip.language is None for clip in clips):
            listing.notes.append(f"{without} clips are of no known language (--language): no metric of words has them")
    return Corpus(Manifest.of(name, clips, listing.root or folder), listing.problems, listing.notes)


def _layout(name: str | None, folder: Path) -> Layout:
    if name is None:
        return next(layout for layout in LAYOUTS if layout.fits(folder))
    found = next((layout for layout in LAYOUTS if layout.name == name), None)
    if found is None:
        raise UnknownName(f"no layout {name!r}; there are {', '.join(layout.name for layout in LAYOUTS)}")
    return found


def _clips(listing: Listing, folder: Path, name: str, domain: str, language: str | None) -> list[Clip]:
    """Clips of the entries that can be used; the others, and speech without a text, go to `listing.problems`."""
    clips: dict[str, Clip] = {}
    root = listing.root or folder
    hashed: Counter[str] = Counter()
    files: dict[Path, tuple[int, int, str]] = {}  # frames, rate, sha256: read once, however many segments it has
    for entry in progress_bar(listing.entries, desc=f"data {name}", unit="clip", disable=None):
        relative = entry.path.relative_to(root).as_posix()
        shown = entry.id or printable(Path(relative))
        try:
            if not safe_path(relative):
                raise InvalidData(
                    "a manifest cannot name a path with a backslash, colon or line break, or one that is not UTF-8: "
                    "rename the file"
                )
            if entry.path not in files:
                files[entry.path] = (*probe(entry.path), file_sha256(entry.path))
            frames, rate, _ = files[entry.path]
            for part in _pieces(replace(entry, id=entry.id or relative.removesuffix(entry.path.suffix)), frames / rate):
                clip_id = _id(part.id or "", clips, hashed)
                clips[clip_id] = _clip_of(clip_id, part, relative, files[entry.path], domain, language)
        except (InvalidAudio, InvalidData) as error:
            listing.report(shown, str(error))
            continue
        except (OSError, MemoryError) as error:  # one that is gone, not ours or too large stops no others
            listing.report(shown, reason(error))
            continue
        if domain == "speech" and clips[clip_id].text is None:
            listing.report(shown, NO_TEXT)
    if not clips:
        path, why = next(iter(listing.problems.items()))
        raise InvalidData(
            f"{printable(folder)}: none of {len(listing.entries)} files can be used; the first: {path}: {why}"
        )
    return list(clips.values())


def _pieces(entry: FoundClip, seconds: float) -> Iterator[FoundClip]:
    """The entry of a file of this length, or the pieces that it is to be cut into: `<id>_0.0_5.0`, `<id>_5.0_10.0`.

    Raises InvalidData where the file is too short for one. What is left of less than a second is in none.
    """
    length = entry.piece_seconds
    if length is None:
        yield entry
        return
    if seconds < _SHORTEST_PIECE:
        raise InvalidData(f"{seconds:g} s are too short for a piece of at least {_SHORTEST_PIECE:g} s")
    for i in range(ceil(seconds / length)):
        start, end = i * length, min((i + 1) * length, seconds)
        if end - start >= _SHORTEST_PIECE:
            yield replace(entry, id=f"{entry.id}_{start}_{round(end, 6)}", start=start, end=end)


def _clip_of(
    clip_id: str, entry: FoundClip, relative: str, file: tuple[int, int, str], domain: str, language: str | None
) -> Clip:
    frames, rate, sha256 = file
    seconds = frames / rate
    end = seconds if entry.end is None else min(entry.end, seconds)
    if not (0 <= entry.start < end and (entry.end or 0.0) <= seconds + _ROUNDING):  # so that NaN is refused
        raise InvalidData(f"from {entry.start:g} s to {entry.end or end:g} s is not inside its file of {seconds:g} s")
    if round(round(end, 6) * rate) <= round(entry.start * rate):  # as they are read
        raise InvalidData(f"from {entry.start:g} s to {end:g} s is less than a sample at {rate} Hz")
    if entry.file_seconds is not None and not abs(entry.file_seconds - seconds) <= _OTHER_LENGTH:
        raise InvalidData(f"its list says {entry.file_seconds:g} s, the file has {seconds:g} s: is it another, or cut?")
    clip = Clip(
        id=clip_id,
        source="folder",
        path=relative,
        sha256=sha256,
        start=entry.start,
        end=round(end, 6),
        sample_rate=rate,
        domain=domain,
        split=entry.split or "test",
        text=" ".join(entry.text.split()) or None if entry.text else None,
        language=entry.language or language,
        speaker=entry.speaker,
        label=entry.label,
        group=entry.group,
    )
    check_characters(clip)
    return clip


def _ask_for_language(clips: list[Clip], folder: Path) -> None:
    """Raises InvalidData where texts have no language: the metrics of words would be undefined on all of them."""
    without = sum(clip.text is not None and clip.language is None for clip in clips)
    if without:
        raise InvalidData(
            f"{printable(folder)}: {without} texts are of no known language; name it (--language en of audiotok data "
            "make and score, --data FOLDER,language=en elsewhere), or give each file's in a column 'language' (und: it "
            "is unknown)"
        )


def _id(path: str, taken: Container[str], hashed: Counter[str]) -> str:
    """The path with "_" for what an id may not hold; a hash keeps apart what that makes equal, and clips of one file.

    `hashed`: how often each path was hashed before.
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", path).lstrip(".")
    named = plain
    while not named or named in taken:
        again = f"\0{hashed[path]}" if hashed[path] else ""
        named = f"{plain}-{hashlib.sha256((path + again).encode('utf-8', 'backslashreplace')).hexdigest()[:8]}"
        hashed[path] += 1
    return named
