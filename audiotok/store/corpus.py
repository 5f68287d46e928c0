"""The plan of a store: which clips of the corpus go into which shard, made in one pass over them.

Memory is that of one clip and of the list of shards, however many clips there are.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np

from audiotok.data import load
from audiotok.data.layouts.manifests import foreign
from audiotok.data.manifest import Clip, Manifest, ManifestFile, line_of, read_clips
from audiotok.errors import CannotWrite, InvalidData, InvalidOption
from audiotok.files.atomic import atomic_write
from audiotok.files.places import is_remote, place

#: The corpus' manifest in a store's folder.
CORPUS = "corpus.jsonl"
_COMPARED = 1 << 20  # hashes at a time


@dataclass(frozen=True)
class Shard:
    """Consecutive clips of the corpus, by where their lines are in its manifest."""

    number: int
    start: int  # bytes into the manifest
    size: int  # bytes
    clips: int
    seconds: float

    def read(self, store: Path) -> list[Clip]:
        return list(read_clips(store / CORPUS, self.start, self.size))


@dataclass(frozen=True)
class Plan:
    """A corpus, cut into shards."""

    sha256: str  # of the manifest in canonical form
    shards: tuple[Shard, ...]
    longest: float  # seconds of the longest clip

    @property
    def clips(self) -> int:
        return sum(shard.clips for shard in self.shards)


def open_corpus(name: str, split: str = "") -> Manifest | ManifestFile:
    """A corpus as `audiotok.data.load` gives it; a .jsonl manifest of our format is not held but read clip by clip.

    `name` may be the address of such a manifest on object storage, beside its audio: `s3://bucket/corpus/all.jsonl`.
    Raises as `data.load` and `place` do.
    """
    path = place(name)
    if is_remote(path):
        if path.suffix != ".jsonl":
            raise InvalidOption(f"{name}: on object storage a corpus is a manifest (.jsonl) beside its audio files")
        return ManifestFile(path, split)
    if path.suffix == ".jsonl" and path.is_file() and not foreign(path):
        return ManifestFile(path, split)
    manifest = load(name)
    return manifest.split(split) if split else manifest


def plan(corpus: Manifest | ManifestFile, shard_hours: float, *, write_to: Path | None = None) -> Plan:
    """Shards of about so many hours; the manifest is written to `write_to`, whole or not at all.

    Raises InvalidOption unless `shard_hours` is positive, InvalidData on a corpus that is empty or has two clips of one
    id, CannotWrite.
    """
    if not shard_hours > 0:
        raise InvalidOption(f"shard_hours must be positive, got {shard_hours}")
    digest, shards, longest = hashlib.sha256(), list[Shard](), 0.0
    try:
        with TemporaryFile() as ids, atomic_write(write_to) if write_to else nullcontext() as partial:
            with partial.open("wb") if partial else nullcontext() as file:
                for shard, line, clip in _cut(corpus, shard_hours * 3600):
                    digest.update(line)
                    if file:
                        file.write(line)
                    ids.write(np.int64(hash(clip.id)).tobytes())
                    longest = max(longest, clip.duration)
                    shards[shard.number :] = [shard]
            if not shards:
                raise InvalidData(f"{corpus.name} holds no clips; is the split spelt as in the manifest?")
            if isinstance(corpus, ManifestFile):  # a Manifest has made sure of it
                _check_unique(corpus, ids)
    except OSError as error:
        raise CannotWrite(f"{write_to or corpus.name}: the plan of the store cannot be written ({error})") from error
    return Plan(digest.hexdigest(), tuple(shards), longest)


def _cut(clips: Iterable[Clip], seconds: float) -> Iterator[tuple[Shard, bytes, Clip]]:
    """Each clip with its line and with its shard as far as that clip."""
    shard = Shard(0, 0, 0, 0, 0.0)
    for clip in clips:
        line = line_of(clip).encode()
        if shard.clips and shard.seconds + clip.duration > seconds:
            shard = Shard(shard.number + 1, shard.start + shard.size, 0, 0, 0.0)
        shard = Shard(shard.number, shard.start, shard.size + len(line), shard.clips + 1, shard.seconds + clip.duration)
        yield shard, line, clip


def _check_unique(corpus: ManifestFile, hashes: IO[bytes]) -> None:
    """`hashes`: int64 of every id, in a file, so that they are sorted outside of memory. Raises InvalidData."""
    hashes.flush()
    found = np.memmap(hashes, np.int64, "r+")
    found.sort()
    twice: set[int] = set()
    for start in range(0, len(found) - 1, _COMPARED):
        part = found[start : start + _COMPARED + 1]
        twice |= set(part[1:][part[1:] == part[:-1]].tolist())
    if twice:  # the hashes at least
        ids = Counter(clip.id for clip in corpus if hash(clip.id) in twice)
        if again := [clip for clip, count in ids.items() if count > 1]:
            raise InvalidData(f"manifest {corpus.name}: the clip id {again[0]!r} is there twice")
