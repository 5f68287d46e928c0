"""Item files of ABX tasks: which stretches of which recordings hold which phone, between which others.

    #file onset offset #phone prev-phone next-phone speaker
    6295-244435-0009 0.3925 0.4325 L NG K 6295

Seconds; columns are apart by white space and may come in any order, further ones are passed over.
Source: Schatz et al., "Evaluating speech features with the Minimal-Pair ABX task", Interspeech 2013 (ABXpy); the files
of ZeroSpeech 2021 and Libri-Light are laid out so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from audiotok.data.folders import make
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidData

COLUMNS = ("#file", "onset", "offset", "#phone", "prev-phone", "next-phone", "speaker")

T = TypeVar("T")


@dataclass(frozen=True)
class ABXItem:
    """A phone that someone said."""

    file: str  # as the item file calls it; `recordings` makes it a clip's id
    onset: float  # seconds
    offset: float
    phone: str
    context: tuple[str, str]  # the phones before and after
    speaker: str


def read_items(path: str | Path) -> list[ABXItem]:
    """Raises InvalidData with the line."""
    path = Path(path).expanduser()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidData(f"{path}: cannot be read as an item file ({error})") from error
    header = lines[0].split() if lines else []
    if missing := [name for name in COLUMNS if name not in header]:
        raise InvalidData(f"{path}: its first line lacks {' '.join(missing)}; expected {' '.join(COLUMNS)}")
    places = [header.index(name) for name in COLUMNS]
    items = []
    for number, line in enumerate(lines[1:], start=2):
        values = line.split()
        if not values:
            continue
        if len(values) != len(header):
            raise InvalidData(f"{path}:{number}: expected {len(header)} columns, got {len(values)}")
        file, onset, offset, phone, before, after, speaker = (values[place] for place in places)
        try:
            item = ABXItem(file, float(onset), float(offset), phone, (before, after), speaker)
        except ValueError as error:
            raise InvalidData(f"{path}:{number}: onset and offset must be seconds ({error})") from error
        if not 0 <= item.onset < item.offset < float("inf"):
            raise InvalidData(f"{path}:{number}: expected 0 <= onset < offset in seconds, got {onset} and {offset}")
        items.append(item)
    if not items:
        raise InvalidData(f"{path}: holds no items")
    return items


def recordings(items: list[ABXItem], folder: str | Path, name: str) -> tuple[Manifest, list[ABXItem]]:
    """The audio below `folder` that the items are cut from, and the items with its clips' ids for their files.

    A file may be named by its path below the folder or by its last part alone, without a suffix. Raises InvalidData
    where one is not there, cannot be read, could be two, or ends before an item begins.
    """
    manifest, problems = make(folder, name)
    clips = _named({clip.path: clip for clip in manifest})
    broken = _named(problems)
    wanted: dict[str, Clip] = {}
    found = []
    for item in items:
        fitting = clips.get(item.file, [])
        if len(fitting) != 1:
            why = f"{len(fitting)} recordings have this name, expected 1"
            if not fitting and item.file in broken:
                why = broken[item.file][0]
            raise InvalidData(f"{folder}, {item.file}: {why}")
        (clip,) = fitting
        if item.onset >= clip.duration:
            raise InvalidData(f"{item.file} ends after {clip.duration} s, an item begins at {item.onset} s")
        wanted[clip.id] = clip
        found.append(replace(item, file=clip.id))
    return Manifest.of(name, (clip for clip in manifest if clip.id in wanted), manifest.root), found


def _named(by_path: Mapping[str, T]) -> dict[str, list[T]]:
    """By path without suffix, and by its last part."""
    named: defaultdict[str, list[T]] = defaultdict(list)
    for path, value in by_path.items():
        whole = path.rpartition(".")[0]
        for key in {whole, whole.rpartition("/")[2]}:
            named[key].append(value)
    return named
