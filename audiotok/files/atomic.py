"""Files that are whole or not there: what a killed process, a full disk or an error leaves behind is never read."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path, suffix: str = ".partial") -> Iterator[Path]:
    """A file beside `path` to write to. It takes the place of `path` where the block ends well, and is gone otherwise.

    `suffix` is its own, for writers that go by it. Raises OSError, also where `path` is a device or a pipe, which
    replacing would take away from everybody.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "there is something else than a file of this name", str(path))
    partial = path.with_name(f".{path.name}.{os.getpid()}{suffix}")
    try:
        partial.touch()
        rights = stat.S_IMODE(partial.stat().st_mode)
        yield partial
        partial.chmod(rights)  # safetensors puts a file in its place that is its owner's alone
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
