"""Corpora of speech with labels, as their publishers unpack them: VoxCeleb1, IEMOCAP and SLURP."""

from __future__ import annotations

import re
from pathlib import Path

from audiotok.core.audio_file import printable
from audiotok.data.layouts.base import FoundClip, Layout, Listing, Options, as_text, audio_files, summed_up
from audiotok.data.layouts.file_index import FileIndex
from audiotok.data.layouts.tables import read_table, read_text
from audiotok.errors import InvalidData

IDENTIFICATION, TRIALS = "iden_split.txt", "veri_test.txt"  # of VoxCeleb1
_PARTS = {"1": "train", "2": "validation", "3": "test"}  # of iden_split.txt
_SLURP = {"train": "train", "devel": "validation", "test": "test"}
_TURN = re.compile(r"^\[[^]]*\]\t(\S+)\t(\w+)\t", re.MULTILINE)  # [start - end], turn, emotion, [valence, …]


def voxceleb1_list(folder: Path, name: str) -> Path | None:
    """A list of VoxCeleb1's in the folder or in its meta/."""
    return next((path for path in (folder / name, folder / "meta" / name) if path.is_file()), None)


def _is_voxceleb1(folder: Path) -> bool:
    return any(voxceleb1_list(folder, name) for name in (IDENTIFICATION, TRIALS))


def _voxceleb1(folder: Path, options: Options) -> Listing:
    """…/SPEAKER/VIDEO/NUMBER.wav, parted by iden_split.txt, of which a video is on one side. Where only veri_test.txt
    is there, nothing is parted: who is trained on is known by the speakers.
    """
    table = voxceleb1_list(folder, IDENTIFICATION)
    if table is None and voxceleb1_list(folder, TRIALS) is None:
        raise InvalidData(f"{folder}: no {IDENTIFICATION} or {TRIALS} in it or in its meta/; VoxCeleb1's page has both")
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    there = {"/".join(path.parts[-3:]): path for path in paths}
    splits: dict[str, str | None] = dict.fromkeys(there)
    if table:
        rows = (line.split() for line in read_text(table).splitlines())
        splits = {row[1]: _PARTS[row[0]] for row in rows if len(row) == 2 and row[0] in _PARTS}
    for name, path in there.items():
        speaker, video, _ = name.split("/")
        if name not in splits:
            listing.problems[printable(path.relative_to(folder))] = f"not in {IDENTIFICATION}: left out"
            continue
        found = FoundClip(path, speaker=speaker, label=speaker, group=f"{speaker}/{video}", split=splits[name])
        listing.entries.append(found)
    if missing := sorted(set(splits) - set(there)):
        listing.problems[IDENTIFICATION] = f"{len(missing)} files are not there, the first: {missing[0]}"
    listing.notes.append(
        f"speakers and videos from the folders, {f'splits from {table.name}' if table else 'no split, only trials'}"
    )
    return listing


def _is_iemocap(folder: Path) -> bool:
    return any(folder.glob("Session*/dialog/EmoEvaluation"))


def _iemocap(folder: Path, options: Options) -> Listing:
    """Turns of dialogues with the emotion that most listeners heard. The first letter of a turn is who speaks, that of
    the dialogue who wears the markers.
    """
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    emotions: dict[str, str] = {}
    for table in sorted(folder.glob("Session*/dialog/EmoEvaluation/*.txt")):
        if not table.name.startswith("._"):
            emotions |= dict(_TURN.findall(read_text(table)))
    for path in (path for path in paths if "sentences" in path.parts):
        session, turn = path.name[:5], path.stem.rpartition("_")[2]
        listing.entries.append(FoundClip(path, speaker=f"{session}{turn[:1]}", label=emotions.get(path.stem)))
    listing.notes.append("emotions from EmoEvaluation/, speakers from the names of the turns")
    return listing


def _slurp_home(folder: Path) -> Path:
    return folder / "dataset" / "slurp" if (folder / "dataset" / "slurp").is_dir() else folder


def _is_slurp(folder: Path) -> bool:
    return all((_slurp_home(folder) / f"{name}.jsonl").is_file() for name in _SLURP)


def _slurp(folder: Path, options: Options) -> Listing:
    """Real recordings of the three lists: scenarios as labels, requests (slurp_id) as groups."""
    paths, problems = audio_files(folder, options.files)
    listing = Listing(problems=problems)
    index, home = FileIndex(folder, paths), _slurp_home(folder)
    missing: list[tuple[str, str]] = []
    for name, split in _SLURP.items():
        rows = read_table(home / f"{name}.jsonl").rows
        recordings = [(row, str(recording["file"])) for row in rows for recording in row.get("recordings") or ()]
        files, _ = index.resolve([file for _, file in recordings], folder)
        for (row, _), path in zip(recordings, files, strict=True):
            if path is None:
                missing.append((f"{name}.jsonl", "a recording is not there"))
                continue
            text, label, group = (as_text(row.get(key)) for key in ("sentence", "scenario", "slurp_id"))
            listing.entries.append(FoundClip(path, text=text, label=label, group=group, split=split))
    listing.problems |= summed_up(missing)
    listing.notes.append("texts, scenarios and splits from train.jsonl, devel.jsonl and test.jsonl")
    return listing


LAYOUTS = (
    Layout("voxceleb1", "VoxCeleb1", _is_voxceleb1, _voxceleb1, domain="speech"),
    Layout("iemocap", "IEMOCAP", _is_iemocap, _iemocap, domain="speech", language="en"),
    Layout("slurp", "SLURP", _is_slurp, _slurp, domain="speech", language="en"),
)
