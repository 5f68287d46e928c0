"""Atomic file writes: a reader sees the old file or the complete new one, whatever happens to the writer."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from audiotok.files.places import is_remote


@contextmanager
def atomic_write(path: Path, suffix: str = ".partial", *, new: bool = False) -> Iterator[Path]:
    """A hidden file beside `path` to write to, which replaces `path` if the block ends well and is removed otherwise.

    Its content is on the disk before it is renamed. `suffix` ends its name, for writers that choose a format by it.
    `new`: raises FileExistsError where `path` exists, so that one of several writers succeeds; on object storage and on
    file systems without hard links, two that end at the same moment may both succeed. On object storage the file is
    written to the temporary folder first, and put in place by one upload. Raises OSError, also where `path` is a
    device, a pipe or a folder, which must not be replaced.
    """
    if is_remote(path):
        with TemporaryDirectory() as folder:
            partial = Path(folder) / f"upload{suffix}"
            partial.touch()
            yield partial
            remote: Any = path
            if new and path.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
            remote.fs.put_file(str(partial), remote.path)
        return
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "a file is expected under this name, but something else exists there", str(path))
    partial = path.with_name(f".{_digest(path)}.{os.getpid()}-{threading.get_ident()}{suffix}")
    try:
        partial.touch()
        rights = stat.S_IMODE(partial.stat().st_mode)
        yield partial
        partial.chmod(rights)  # safetensors replaces the file by one that only its owner may read
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        if new:
            _link_new(partial, path)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _link_new(partial: Path, path: Path) -> None:
    """Raises FileExistsError where `path` exists."""
    try:
        os.link(partial, path)
    except FileExistsError:
        raise
    except OSError as error:  # a file system without hard links
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error


def remove_partials(folder: Path) -> None:
    """Remove what killed writers have left in a folder. Only for who holds the folder's lock."""
    for left in folder.glob(".*.*-*.*"):
        left.unlink(missing_ok=True)


def remove_partials_of(path: Path) -> None:
    """Remove what killed writers of this one file have left. Only for who alone writes it."""
    if not is_remote(path):
        for left in path.parent.glob(f".{_digest(path)}.*-*.*"):
            left.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    """Not the name itself: with anything added, a name of 250 bytes would be longer than file systems take."""
    return hashlib.sha256(path.name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
