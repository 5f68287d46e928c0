"""A data set is a JSONL manifest, one clip a line; the audio is found by the sha256 of the file it is cut from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from audiotok.card import DOMAINS
from audiotok.errors import InvalidData


@dataclass(frozen=True)
class Clip:
    """A stretch of a source file, and what is known of it."""

    id: str  # unique in the manifest; letters, digits, ".", "_", "-"
    source: str  # name of the source that holds the file ("asterisk-en"), or "folder"
    path: str  # of the file within the source
    sha256: str  # of the file
    start: float  # seconds
    end: float  # seconds; end > start
    sample_rate: int  # Hz, of the file
    domain: str  # speech, music or audio
    split: str = "test"
    text: str | None = None  # what is said
    language: str | None = None  # ISO 639-1
    speaker: str | None = None
    label: str | None = None  # class, for probes
    licence: str = ""

    @property
    def duration(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class Manifest:
    """A named list of clips. Its hash names the data in every signature."""

    name: str
    clips: tuple[Clip, ...]

    @property
    def sha256(self) -> str:
        """Of the canonical JSONL, so that a reordered key or a stray newline changes nothing."""
        return hashlib.sha256("".join(_line(clip) for clip in self.clips).encode()).hexdigest()

    def __len__(self) -> int:
        return len(self.clips)

    def __iter__(self) -> Iterator[Clip]:
        return iter(self.clips)

    def domain(self, *domains: str) -> Manifest:
        return Manifest(self.name, tuple(clip for clip in self.clips if clip.domain in domains))

    def split(self, split: str) -> Manifest:
        return Manifest(self.name, tuple(clip for clip in self.clips if clip.split == split))

    def save(self, path: str | Path) -> None:
        Path(path).write_text("".join(_line(clip) for clip in self.clips), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Manifest:
        """Raises InvalidData with file, line and field."""
        path = Path(path)
        clips = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                clips.append(_clip(json.loads(line)))
            except (TypeError, ValueError) as error:
                raise InvalidData(f"{path}:{number}: {error}") from error
        return cls.of(path.stem, clips)

    @classmethod
    def of(cls, name: str, clips: Iterable[Clip]) -> Manifest:
        clips = tuple(clips)
        seen: set[str] = set()
        for clip in clips:
            if clip.id in seen:
                raise InvalidData(f"manifest {name}: the clip id {clip.id!r} is there twice")
            seen.add(clip.id)
        if not clips:
            raise InvalidData(f"manifest {name} holds no clips")
        return cls(name, clips)


def _line(clip: Clip) -> str:
    return json.dumps(asdict(clip), ensure_ascii=False, sort_keys=True) + "\n"


def _clip(values: dict[str, object]) -> Clip:
    known = {field.name for field in fields(Clip)}
    if unknown := sorted(set(values) - known):
        raise InvalidData(f"unknown field {', '.join(unknown)}; a clip has {', '.join(sorted(known))}")
    clip = Clip(**values)  # type: ignore[arg-type]  # checked below
    if not isinstance(clip.id, str) or not clip.id or set(clip.id) - _ID_CHARACTERS or clip.id.startswith("."):
        raise InvalidData(f"id must be letters, digits, '.', '_' and '-', got {clip.id!r}")
    if clip.domain not in DOMAINS:
        raise InvalidData(f"domain must be one of {DOMAINS}, got {clip.domain!r}")
    if not 0 <= clip.start < clip.end:
        raise InvalidData(f"start and end must be 0 <= start < end in seconds, got {clip.start} and {clip.end}")
    return clip


_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
