"""Corpora of mixtures with their clean parts: VoiceBank-DEMAND and Libri2Mix, as their publishers unpack them."""

from __future__ import annotations

import re
from pathlib import Path

from audiotok.core.audio_file import printable
from audiotok.data.layouts.base import SPLITS, FoundClip, Layout, Listing, Options, audio_files

_VOICEBANK = re.compile(r"(clean|noisy)_(train|test)set(_28spk)?_wav")
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


LAYOUTS = (
    Layout("voicebank", "VoiceBank-DEMAND", _is_voicebank, _voicebank, domain="speech", language="en"),
    Layout("libri2mix", "Libri2Mix", _is_libri2mix, _libri2mix, domain="speech", language="en"),
)
