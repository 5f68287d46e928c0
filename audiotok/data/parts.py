"""The clips of a split that someone asked for by name, as `--split` and `--valid` of the recipes."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable

from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidData

_ALSO = {"valid": "validation", "validation": "valid"}  # as `small` calls it, and as manifests of folders do


def part(manifest: Manifest, split: str) -> Manifest:
    """The clips of a split; "valid" and "validation" are the same. Raises InvalidData where it has no clips.

    Warns where other splits have the same audio.
    """
    found = manifest.split(split)
    if not len(found) and split in _ALSO:
        found = manifest.split(_ALSO[split])
    if len(found):
        splits = {clip.split for clip in found}
        if shared := [pair for pair in in_two_splits(manifest) if splits & {clip.split for clip in pair}]:
            warnings.warn(f"{manifest.name}: {said_of(shared)}", stacklevel=2)
        return found
    there = Counter(clip.split for clip in manifest)
    counts = ", ".join(f"{name} ({count} clips)" for name, count in sorted(there.items())) or "no clips of this domain"
    raise InvalidData(
        f"{manifest.name} has no clips in its split {split!r}; it has {counts}. Name another split, or give clips a "
        "split: a column 'split' in metadata.csv, or folders train/ and valid/"
    )


def in_two_splits(clips: Iterable[Clip]) -> list[tuple[Clip, Clip]]:
    """Pairs of clips of different splits that have audio in common: stretches of equal files that overlap."""
    latest: dict[str, dict[str, Clip]] = {}  # file -> split -> of the clips so far, the one that ends last
    shared = []
    for clip in sorted(clips, key=lambda clip: clip.start):
        splits = latest.setdefault(clip.sha256, {})
        for split, before in splits.items():
            if split != clip.split and before.end > clip.start:
                shared.append((before, clip))
        if clip.split not in splits or splits[clip.split].end < clip.end:
            splits[clip.split] = clip
    return shared


def said_of(shared: list[tuple[Clip, Clip]]) -> str:
    """The pairs as a person is told of them."""
    one, other = shared[0]
    return (
        f"{len(shared)} clips have audio in common with a clip of another split, the first: {one.id} ({one.split}) and "
        f"{other.id} ({other.split}); results on them are no results on unseen audio"
    )
