"""Speech Commands v0.02: its 35 words by the publisher's two lists, or twelve classes by its archive for tests.

The twelve classes (V2-12) are ten words, other words and silence, in about equal numbers in
speech_commands_test_set_v0.02, all of which is for testing. Which clips are trained on is left open by the publisher.
Here these are

- the ten words of the other archive, without what its two lists hold;
- of its 25 other words one file for ten of these, by the order of hashes of the files' names;
- each full second of its background noises as silence: the archive for tests has clips of the same noises.

For validation, ten words and other ones alike, without silence.

Source: Warden, "Speech Commands: a dataset for limited-vocabulary speech recognition", 2018, section 7.1, which draws
clips of silence from the noises; TensorFlow's example, which draws as many other words (unknown_percentage 10).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from audiotok.core.audio_file import printable
from audiotok.data.layouts.base import FoundClip, Layout, Listing, Options, audio_files
from audiotok.data.layouts.tables import read_text
from audiotok.errors import InvalidData

_LISTS = {"validation_list.txt": "validation", "testing_list.txt": "test"}
_TEN_WORDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go")
_NOISES, _SILENCE, _UNKNOWN = "_background_noise_", "_silence_", "_unknown_"
_WORDS_PER_UNKNOWN = 10


def _has_lists(folder: Path) -> bool:
    return all((folder / name).is_file() for name in _LISTS)


def _listed(folder: Path) -> dict[str, str]:
    """Files of the two lists -> their split."""
    return {file: split for name, split in _LISTS.items() for file in read_text(folder / name).split()}


def _speaker(path: Path) -> str | None:
    speaker, marked, _ = path.stem.partition("_nohash_")
    return speaker if marked else None


def _read(folder: Path, options: Options) -> Listing:
    """A folder a word; what is in neither list is for training. The background noises are no words."""
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    splits = _listed(folder)
    words = {path.relative_to(folder).as_posix(): path for path in paths if not path.parent.name.startswith("_")}
    for name, path in words.items():
        word, split = path.parent.name, splits.get(name, "train")
        listing.entries.append(FoundClip(path, text=word, speaker=_speaker(path), label=word, split=split))
    if missing := sorted(set(splits) - set(words)):
        listing.problems[f"{' and '.join(_LISTS)}"] = f"{len(missing)} files are not there, the first: {missing[0]}"
    listing.notes.append("words from the folders, splits from the two lists, speakers from the names")
    return listing


def _homes(folder: Path) -> tuple[Path, Path] | None:
    """The folders of the words and of the archive for tests, side by side in `folder`."""
    places = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    words = next((place for place in places if _has_lists(place)), None)
    others = (place for place in places if place != words)
    tests = next((place for place in others if all((place / name).is_dir() for name in (_SILENCE, _UNKNOWN))), None)
    return (words, tests) if words and tests else None


def _read_12(folder: Path, options: Options) -> Listing:
    homes = _homes(folder)
    if homes is None:
        raise InvalidData(
            f"{printable(folder)}: expected two folders in it, the words with {' and '.join(_LISTS)}, and the archive "
            f"for tests with {_SILENCE} and {_UNKNOWN}"
        )
    (paths, problems), (tested, more) = (audio_files(home, options.files) for home in homes)
    listing = Listing(problems=problems | more)
    for path in paths:
        if path.parent.name == _NOISES:
            listing.entries.append(FoundClip(path, label="silence", split="train", piece_seconds=1.0))
    splits = _listed(homes[0])
    spoken = {path.relative_to(homes[0]).as_posix(): path for path in paths if path.parent.name != _NOISES}
    for split in ("train", "validation"):
        names = {name: path for name, path in spoken.items() if splits.get(name, "train") == split}
        words = [name for name, path in names.items() if path.parent.name in _TEN_WORDS]
        others = sorted(set(names) - set(words), key=lambda name: hashlib.sha256(name.encode()).digest())
        kept = words + sorted(others[: -(-len(words) // _WORDS_PER_UNKNOWN)])
        listing.entries += [_of_class(names[name], split) for name in kept]
    listing.entries += [_of_class(path, "test") for path in tested]
    listing.notes.append(
        f"tested is {homes[1].name}/; trained on are, of {homes[0].name}/, ten words outside the lists, one other word "
        f"for {_WORDS_PER_UNKNOWN} of these as unknown, and the noises in pieces of 1 s as silence"
    )
    return listing


def _of_class(path: Path, split: str) -> FoundClip:
    word = path.parent.name
    if word in _TEN_WORDS:
        return FoundClip(path, text=word, speaker=_speaker(path), label=word, split=split)
    return FoundClip(path, speaker=_speaker(path), label="silence" if word == _SILENCE else "unknown", split=split)


LAYOUTS = tuple(
    Layout(name, title, fits, read, domain="speech", language="en")
    for name, title, fits, read in (
        ("speechcommands", "Speech Commands", _has_lists, _read),
        ("speechcommands-12", "Speech Commands, twelve classes", lambda f: _homes(f) is not None, _read_12),
    )
)
