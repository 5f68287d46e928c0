"""A data set is a JSONL manifest, one clip a line; the audio is found by the sha256 of the file it is cut from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from audiotok.core.card import DOMAINS
from audiotok.errors import CannotWrite, InvalidData
from audiotok.files.atomic import atomic_write
from audiotok.files.json import json_lines
from audiotok.files.places import place
from audiotok.files.sealed import file_sha256

_LONGEST = 1e9  # seconds, 30 years: so that positions in samples are exact


@dataclass(frozen=True)
class Clip:
    """A stretch of a source file, and what is known of it."""

    id: str  # unique in the manifest; letters, digits, ".", "_", "-"
    source: str  # name of the source that holds the file ("asterisk-en"), or "folder"
    path: str  # of the file within the source; relative, "/" between folders, never ".."
    sha256: str  # of the file
    start: float  # seconds
    end: float  # seconds; end > start
    sample_rate: int  # Hz, of the file
    domain: str  # speech, music or audio
    split: str = "test"
    text: str | None = None  # what is said; of music and sounds, a caption
    language: str | None = None  # ISO 639-1
    speaker: str | None = None
    label: str | None = None  # class, for probes: "letter/a"
    group: str | None = None  # what a probe keeps on one side of a split: a kit, a line, a video; else the speaker
    licence: str = ""

    @property
    def duration(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class Manifest:
    """A named list of clips. Its hash names the data in every signature."""

    name: str
    clips: tuple[Clip, ...]
    root: Path | None = field(default=None, compare=False)  # where the files of the source "folder" are

    @cached_property
    def sha256(self) -> str:
        """sha256 of the canonical JSONL, so that a reordered key or a stray newline changes nothing."""
        return hashlib.sha256("".join(line_of(clip) for clip in self.clips).encode()).hexdigest()

    def __len__(self) -> int:
        return len(self.clips)

    def __iter__(self) -> Iterator[Clip]:
        return iter(self.clips)

    def domain(self, *domains: str) -> Manifest:
        return replace(self, clips=tuple(clip for clip in self.clips if clip.domain in domains))

    def split(self, split: str) -> Manifest:
        return replace(self, clips=tuple(clip for clip in self.clips if clip.split == split))

    def new_voices(self) -> Manifest:
        """Test clips of speakers that are not in the training split. Raises InvalidData where there are none."""
        heard = {clip.speaker for clip in self.split("train")}
        clips = [clip for clip in self.split("test") if clip.speaker is not None and clip.speaker not in heard]
        if not clips or not heard:
            raise InvalidData(f"{self.name} has no train split, or no test clip of a speaker outside of it")
        return Manifest.of(f"{self.name}-new-voices", clips, self.root)

    def named_from(self, folder: Path) -> Manifest:
        """The same files, by their paths below another folder. Raises InvalidData where they are not below it."""
        if self.root is None:
            return self
        root, folder = self.root.absolute(), folder.absolute()
        clips = []
        for clip in self:
            if clip.source == "folder":
                clip = replace(clip, path=path_below(root / clip.path, folder))
            clips.append(clip)
        return Manifest(self.name, tuple(clips), folder)

    def save(self, path: str | Path) -> None:
        """Whole or not at all. Raises CannotWrite."""
        path = Path(path)
        try:
            with atomic_write(path) as partial:
                partial.write_text("".join(line_of(clip) for clip in self.clips), encoding="utf-8")
        except OSError as error:
            raise CannotWrite(f"{path}: the manifest cannot be written ({error})") from error

    @classmethod
    def load(cls, path: str | Path) -> Manifest:
        """A .jsonl file; clips of the source "folder" are looked for beside it. Raises InvalidData with the line."""
        path = place(path)
        return cls.of(path.stem, read_clips(path), root=path.absolute().parent)

    @classmethod
    def of(cls, name: str, clips: Iterable[Clip], root: Path | None = None) -> Manifest:
        """Raises InvalidData where there are no clips, or two of one id."""
        clips = tuple(clips)
        seen: set[str] = set()
        for clip in clips:
            if clip.id in seen:
                raise InvalidData(f"manifest {name}: the clip id {clip.id!r} is there twice")
            seen.add(clip.id)
        if not clips:
            raise InvalidData(f"manifest {name} holds no clips")
        return cls(name, clips, root)


def path_below(path: Path, folder: Path) -> str:
    """As a manifest in that folder names the file. Raises InvalidData where the folder does not hold it."""
    try:
        return path.relative_to(folder).as_posix()
    except ValueError as error:
        raise InvalidData(
            f"{folder} does not hold {path}, and a manifest names files from the folder that it lies in: write it to a "
            "folder that holds them all"
        ) from error


def safe_path(path: str) -> bool:
    """Whether a path from a manifest stays inside its source's folder on every system."""
    parts = PurePosixPath(path).parts
    unfit = set(path) & set("\\:\0\n") or any("\ud800" <= character <= "\udfff" for character in path)  # not UTF-8
    return bool(parts) and not path.startswith("/") and ".." not in parts and not unfit


@dataclass(frozen=True)
class ManifestFile:
    """A .jsonl manifest that is read clip by clip whenever it is asked for, for corpora too large for a `Manifest`."""

    path: Path
    only_split: str = ""  # "" for all

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def root(self) -> Path:
        return self.path.absolute().parent

    def __iter__(self) -> Iterator[Clip]:
        """Raises InvalidData with the line; two clips of one id are not noticed here."""
        return (clip for clip in read_clips(self.path) if self.only_split in ("", clip.split))


def is_manifest(path: Path) -> bool:
    """Whether a file is a manifest of ours, by its first line."""
    try:
        with path.open("rb") as file:
            _, first = next(json_lines(file, path))
    except (OSError, StopIteration, InvalidData, UnicodeDecodeError):
        return False
    return {field.name for field in fields(Clip) if field.default is MISSING} <= first.keys()


def whole_file(path: Path, frames: int, sample_rate: int, **known: Any) -> Clip:
    """A file of its manifest's folder as a clip under the file's name; `known` are other fields of the clip."""
    return Clip(
        id=path.stem,
        source="folder",
        path=path.name,
        sha256=file_sha256(path),
        start=0.0,
        end=frames / sample_rate,
        sample_rate=sample_rate,
        **known,
    )


def read_clips(path: Path, start: int = 0, size: int | None = None) -> Iterator[Clip]:
    """The clips of a .jsonl manifest, or of the `size` bytes of it from `start` on; memory is that of a line.

    Raises InvalidData with the line, counted from `start`.
    """
    try:
        with path.open("rb") as file:
            file.seek(start)
            for number, values in json_lines(_within(file, size), path):
                try:
                    clip = _clip(values)
                except (TypeError, ValueError) as error:
                    raise InvalidData(f"{path}:{number}: {error}") from error
                yield clip
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidData(f"{path}: not a manifest that can be read ({error})") from error


def _within(file: Iterable[bytes], size: int | None) -> Iterator[bytes]:
    """The lines that begin in the first `size` bytes."""
    read = 0
    for line in file:
        if size is not None and read >= size:
            return
        read += len(line)
        yield line


def line_of(clip: Clip) -> str:
    """The clip as a line of a manifest; fields that have their default value are left out."""
    values = {f.name: getattr(clip, f.name) for f in fields(Clip) if getattr(clip, f.name) != f.default}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _clip(values: dict[str, Any]) -> Clip:
    known = {field.name for field in fields(Clip)}
    if unknown := sorted(set(values) - known):
        raise InvalidData(f"unknown field {', '.join(unknown)}; a clip has {', '.join(sorted(known))}")
    clip = Clip(**values)
    for name in ("id", "source", "path", "sha256", "split", "licence"):
        if not isinstance(getattr(clip, name), str):
            raise InvalidData(f"{name} must be text, got {getattr(clip, name)!r}")
    for name in ("text", "language", "speaker", "label", "group"):
        if not isinstance(getattr(clip, name), str | None):
            raise InvalidData(f"{name} must be text or absent, got {getattr(clip, name)!r}")
    if not clip.id or set(clip.id) - _ID_CHARACTERS or clip.id.startswith("."):
        raise InvalidData(f"id must be letters, digits, '.', '_' and '-', got {clip.id!r}")
    if not safe_path(clip.path):
        raise InvalidData(f"path must be relative and stay inside its source, got {clip.path!r}")
    if len(clip.sha256) != 64 or set(clip.sha256) - set("0123456789abcdef"):
        raise InvalidData(f"sha256 must be 64 lower-case hexadecimal digits, got {clip.sha256!r}")
    if clip.domain not in DOMAINS:
        raise InvalidData(f"domain must be one of {DOMAINS}, got {clip.domain!r}")
    if type(clip.sample_rate) is not int or not 0 < clip.sample_rate < 1 << 31:
        raise InvalidData(f"sample_rate must be a positive integer in Hz, got {clip.sample_rate!r:.40}")
    if any(type(seconds) not in (int, float) for seconds in (clip.start, clip.end)):
        raise InvalidData(f"start and end must be numbers of seconds, got {clip.start!r} and {clip.end!r}")
    if not 0 <= clip.start < clip.end < _LONGEST:
        raise InvalidData(
            f"start and end must be 0 <= start < end < {_LONGEST:g} in seconds, "
            f"got {clip.start!s:.40} and {clip.end!s:.40}"
        )
    check_characters(clip)
    return clip


def check_characters(clip: Clip) -> None:
    """Raises InvalidData where a text of the clip cannot be written to a manifest."""
    try:
        "".join(value for value in vars(clip).values() if isinstance(value, str)).encode()
    except UnicodeEncodeError as error:
        raise InvalidData("its text or another field holds half a character (a surrogate): mend it") from error


_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
