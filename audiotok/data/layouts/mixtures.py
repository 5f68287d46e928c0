"""Corpora of mixtures with their clean parts as their publishers unpack them: VoiceBank-DEMAND, Libri2Mix, MUSDB18-HQ,
FUSS.
"""

from __future__ import annotations

import re
from pathlib import Path

from audiotok.core.audio_file import printable
from audiotok.data.layouts.base import SPLITS, FoundClip, Layout, Listing, Options, audio_files
from audiotok.data.layouts.music_and_sounds import PIECE_SECONDS

_VOICEBANK = re.compile(r"(clean|noisy)_(train|test)set(_28spk)?_wav")
_STEMS = {"mixture", "vocals", "drums", "bass", "other"}
_FUSS_SOURCE = re.compile(r"(background0|foreground\d)_sound")
_LIBRI2MIX = {"mix_clean": "mixture", "s1": "first", "s2": "second"}


def _is_voicebank(folder: Path) -> bool:
    return all((folder / f"{kind}_testset_wav").is_dir() for kind in ("clean", "noisy"))


def _voicebank(folder: Path, options: Options) -> Listing:
    """Files of one name in clean_…set_wav/ and noisy_…set_wav/; of the training sets that of 28 speakers."""
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    for path in paths:
        match = _VOICEBANK.fullmatch(path.parent.name)
        if not match or (match[2] == "train") != bool(match[3]):
            listing.problems[printable(path.relative_to(folder))] = "in none of the four folders: left out"
            continue
        part = "mixture" if match[1] == "noisy" else "speech"
        speaker = path.stem.partition("_")[0]
        found = FoundClip(path, speaker=speaker, label=part, group=path.stem, split=match[2])
        listing.entries.append(found)
    listing.notes.append("noisy and clean files by their names, speakers from the names")
    return listing


def _is_libri2mix(folder: Path) -> bool:
    return any(all((place / name).is_dir() for name in _LIBRI2MIX) for place in folder.glob("*"))


def _libri2mix(folder: Path, options: Options) -> Listing:
    """wav16k/min: train-100, dev and test, each with mix_clean/, s1/ and s2/; a mixture's name holds both readers'."""
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    for path in paths:
        part, subset = _LIBRI2MIX.get(path.parent.name), path.parent.parent.name
        split = SPLITS.get(subset.partition("-")[0])
        if part is None or split is None or subset == "train-360":
            listing.problems[printable(path.relative_to(folder))] = "no part of train-100, dev or test: left out"
            continue
        readers = [name.partition("-")[0] for name in path.stem.split("_")]
        speaker = readers[-1] if part == "second" else readers[0]
        listing.entries.append(FoundClip(path, speaker=speaker, label=part, group=f"{subset}/{path.stem}", split=split))
    listing.notes.append("mixtures and readers from mix_clean/, s1/ and s2/")
    return listing


def _musdb_stems(folder: Path, options: Options) -> Listing:
    """train/ and test/, each with a folder a song of mixture.wav and its four stems; in pieces, songs as groups."""
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    for path in paths:
        split = path.parent.parent.name
        if split not in ("train", "test") or path.stem not in _STEMS or path.suffix != ".wav":
            listing.problems[printable(path.relative_to(folder))] = "no mixture or stem of MUSDB18-HQ: left out"
            continue
        song = path.parent.name
        listing.entries.append(
            FoundClip(path, piece_seconds=PIECE_SECONDS, speaker=song, label=path.stem, group=song, split=split)
        )
    listing.notes.append(f"mixtures and stems in pieces of {PIECE_SECONDS:g} s, songs as groups")
    return listing


def _is_fuss(folder: Path) -> bool:
    return any(folder.glob("*/example*_sources"))


def _fuss(folder: Path, options: Options) -> Listing:
    """ssdata or ssdata_reverb: train, validation and eval, each with exampleN.wav and exampleN_sources/."""
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    for path in paths:
        source = _FUSS_SOURCE.fullmatch(path.stem)
        within = path.parent.name.endswith("_sources")
        subset = (path.parents[1] if within else path.parent).name
        split = SPLITS.get(subset)
        if split is None or bool(source) != within:
            listing.problems[printable(path.relative_to(folder))] = "no example of FUSS and no source of one: left out"
            continue
        label = source[1].replace("background0", "background") if source else "mixture"
        example = path.parent.name.removesuffix("_sources") if source else path.stem
        listing.entries.append(FoundClip(path, label=label, group=f"{subset}/{example}", split=split))
    listing.notes.append("mixtures and their one to four sources from the examples' names")
    return listing


LAYOUTS = (
    Layout("voicebank", "VoiceBank-DEMAND", _is_voicebank, _voicebank, domain="speech", language="en"),
    Layout("libri2mix", "Libri2Mix", _is_libri2mix, _libri2mix, domain="speech", language="en"),
    # By its name alone: most people take the mixtures.
    Layout("musdb-stems", "MUSDB18-HQ, mixtures and stems in pieces of 5 s", lambda f: False, _musdb_stems, "music"),
    Layout("fuss", "FUSS", _is_fuss, _fuss, domain="audio"),
)
