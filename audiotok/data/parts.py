"""The clips of a split that someone asked for by name, as `--split` and `--valid` of the recipes."""

from __future__ import annotations

from collections import Counter

from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData

_ALSO = {"valid": "validation", "validation": "valid"}  # as `small` calls it, and as manifests of folders do


def part(manifest: Manifest, split: str) -> Manifest:
    """The clips of a split; "valid" and "validation" are the same. Raises InvalidData where it has no clips."""
    found = manifest.split(split)
    if not len(found) and split in _ALSO:
        found = manifest.split(_ALSO[split])
    if len(found):
        return found
    there = Counter(clip.split for clip in manifest)
    counts = ", ".join(f"{name} ({count} clips)" for name, count in sorted(there.items())) or "no clips of this domain"
    raise InvalidData(
        f"{manifest.name} has no clips in its split {split!r}; it has {counts}. Name another split, or give clips a "
        "split: a column 'split' in metadata.csv, or folders train/ and valid/"
    )
