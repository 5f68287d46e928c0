"""Files named by their sha256, whoever gives them: weights and data come from the first source that answers.

    asset = Asset("model.bin", sha256="d01c…", sources=(Hub("Systran/faster-whisper-base", "model.bin", "ebe4…"),))
    path = fetch(asset)

Asked in this order: the cache (`AUDIOTOK_CACHE`, default ~/.cache/audiotok), the folders of `AUDIOTOK_ASSETS`, then
the asset's sources as listed. Only the hash decides what is accepted, so a source need not be trusted. Nothing that is
fetched is executed: packages are unpacked, never installed or built.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audiotok.errors import AssetCorrupt, AssetMissing, AssetUnavailable, CannotWrite, InvalidData
from audiotok.files.download import NotThere, SourceFailed, lock, transient
from audiotok.files.sealed import file_sha256
from audiotok.files.sources import Debian, Hub, PyPI, Source, Url

__all__ = ["Asset", "Debian", "Hub", "PyPI", "Url", "cache_folder", "fetch", "file_sha256", "folder_of", "verified"]


@dataclass(frozen=True)
class Asset:
    """One file: what it is called, what it must be, where it can be had."""

    name: str  # file name with its suffix; also what is looked for in AUDIOTOK_ASSETS
    sha256: str  # 64 hexadecimal digits, lower case; or git's 40 of the blob, where nobody says more
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        if len(self.sha256) not in (64, 40) or set(self.sha256) - set("0123456789abcdef"):
            raise InvalidData(
                f"{self.name}: sha256 must be 64 lower-case hexadecimal digits (a git blob's 40), got {self.sha256!r}"
            )
        if not self.name or self.name != Path(self.name).name or "\\" in self.name or self.name.startswith("."):
            raise InvalidData(f"an asset's name is a plain file name, got {self.name!r}")


def cache_folder() -> Path:
    """Where fetched files are kept: `AUDIOTOK_CACHE`, or ~/.cache/audiotok."""
    return Path(os.environ.get("AUDIOTOK_CACHE") or Path.home() / ".cache" / "audiotok").expanduser().absolute()


def assets_folders() -> list[Path]:
    """The folders of `AUDIOTOK_ASSETS`, which are asked before any source."""
    folders = os.environ.get("AUDIOTOK_ASSETS", "").split(os.pathsep)
    return [Path(folder).expanduser().absolute() for folder in folders if folder]


def fetch(asset: Asset) -> Path:
    """The asset's file, verified; from the cache where it is there, else from the first source that has it.

    Processes that ask for one asset at once wait for the first of them. Raises AssetCorrupt where the only files that
    came have another hash, AssetMissing with all that was tried where none has it, AssetUnavailable where one of them
    cannot be reached, CannotWrite where the cache has no room.
    """
    kept = cache_folder() / "files" / f"{asset.sha256}{Path(asset.name).suffix}"
    if kept.is_file() and verified(kept, asset.sha256):
        return kept
    tried: dict[str, bool] = {}  # what was tried -> whether it has no such file
    wrong: list[str] = []
    with locked(asset.sha256):
        if kept.is_file():
            if verified(kept, asset.sha256):
                return kept
            kept.unlink()  # damaged on disk: fetched again below
        for place, path in _candidates(asset, tried):
            actual = _hash_like(asset.sha256, path)
            if actual == asset.sha256:
                _place(path, kept)
                return kept
            wrong.append(f"{place} gave {_named(actual)}")
            if path.parent == transient(cache_folder()):
                path.unlink()
    if wrong:
        raise AssetCorrupt("\n  ".join([f"{asset.name}: expected {_named(asset.sha256)}, but", *wrong, *tried]))
    raise (AssetMissing if all(tried.values()) else AssetUnavailable)(_how_to_get(asset, tried))


def keep(path: Path, asset: Asset) -> None:
    """Move a file that was fetched into the cache as the asset that it is. Raises AssetUnavailable, CannotWrite."""
    _place(path, _writable(cache_folder()) / "files" / f"{asset.sha256}{Path(asset.name).suffix}")


def folder_of(name: str, assets: tuple[Asset, ...]) -> Path:
    """A folder in the cache that holds the assets under their own names, for libraries that open a folder.

    Raises as `fetch` does.
    """
    digest = hashlib.sha256("".join(sorted(asset.sha256 + asset.name for asset in assets)).encode()).hexdigest()
    folder = cache_folder() / "folders" / f"{name}-{digest[:16]}"
    with _cache_written():
        folder.mkdir(parents=True, exist_ok=True)
    for asset in assets:
        path, wanted = fetch(asset), folder / asset.name
        if not wanted.is_file() or not verified(wanted, asset.sha256):
            _place(path, wanted)
    return folder


def _writable(cache: Path) -> Path:
    with _cache_written():
        (cache / "files").mkdir(parents=True, exist_ok=True)
    return cache


@contextmanager
def locked(name: str) -> Iterator[None]:
    """A lock that one process holds at a time. Raises AssetUnavailable where the cache cannot be written."""
    with _cache_written():
        held = lock(_writable(cache_folder()), name)
        held.acquire()
    try:
        yield
    finally:
        held.release()


@contextmanager
def _cache_written() -> Iterator[None]:
    """Around what writes to the cache, of which all may be there but the right to."""
    try:
        yield
    except AssetUnavailable:
        raise
    except OSError as error:
        raise AssetUnavailable(
            f"{cache_folder()}: cannot be written ({error}); set AUDIOTOK_CACHE to another folder"
        ) from error


def _hash_like(known: str, path: Path) -> str:
    """The file's sha256, or the hash under which git keeps it, where that is what is known of it."""
    if len(known) == 64:
        return file_sha256(path)
    blob = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: blob).hexdigest()


def _named(digest: str) -> str:
    return f"{'sha256' if len(digest) == 64 else 'git blob'} {digest}"


def _candidates(asset: Asset, tried: dict[str, bool]) -> Iterator[tuple[str, Path]]:
    """Files that may be the asset, from near to far; why a source has none goes into `tried`."""
    found = [path for folder in assets_folders() for path in _find(folder, asset)]
    yield from ((str(path), path) for path in found)
    if not found:
        folders = os.environ.get("AUDIOTOK_ASSETS", "")
        tried[f"AUDIOTOK_ASSETS={folders}: no file of that name" if folders else "AUDIOTOK_ASSETS: not set"] = True
    for source in asset.sources:
        try:
            yield str(source), source.get(cache_folder())
        except (SourceFailed, OSError) as error:  # OSError: no room to unpack or join what came
            tried[f"{source}: {error}"] = isinstance(error, NotThere)


def _find(folder: Path, asset: Asset) -> list[Path]:
    """By name, or by hash as another machine's cache has it."""
    index = _index(folder)
    return [*index.get(asset.sha256 + Path(asset.name).suffix, ()), *index.get(asset.name, ())]


@functools.lru_cache(maxsize=8)
def _index(folder: Path) -> dict[str, tuple[Path, ...]]:
    """File name -> paths. Read once per process: a data set asks for thousands of files."""
    index: dict[str, tuple[Path, ...]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            index[path.name] = (*index.get(path.name, ()), path)
    return index


def verified(path: Path, sha256: str) -> bool:
    """Whether the file has this hash; hashed again only when it has changed since this process last looked."""
    state = path.stat()
    return _hash_of_state(path, sha256, state.st_size, state.st_mtime_ns) == sha256


@functools.lru_cache(maxsize=65536)
def _hash_of_state(path: Path, known: str, size: int, mtime_ns: int) -> str:
    return _hash_like(known, path)


def _place(path: Path, target: Path) -> None:
    """Make `target` appear, whole or not at all."""
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        if path.parent == transient(cache_folder()):
            path.replace(target)
            return
        if not path.is_relative_to(cache_folder()):
            shutil.copyfile(path, partial)  # a link would let a later change to the source reach into the cache
        else:
            _link(path, partial)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise CannotWrite(f"{target}: cannot be written ({error}); set AUDIOTOK_CACHE to another disk") from error


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(path, target)


def _how_to_get(asset: Asset, tried: Iterable[str]) -> str:
    hints = [hint for source in asset.sources if (hint := source.hint())]
    return "\n  ".join(
        [
            f"{asset.name} ({_named(asset.sha256)}) could not be obtained. Tried:",
            *tried,
            "On a machine with network access, download it with one of:",
            *hints,
            "then copy the file into a folder on this machine and set AUDIOTOK_ASSETS to that folder.",
        ]
    )
