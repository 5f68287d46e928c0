"""Installed packages, whose metadata is read once while the folders that packages lie in stay as they are."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import lru_cache
from importlib import metadata


def state() -> tuple[tuple[str, int], ...]:
    """Changes when a package comes or goes: (folder of the path, when something in it was made or removed) of each."""
    found = []
    for folder in sys.path:
        with suppress(OSError):
            found.append((folder, os.stat(folder or ".").st_mtime_ns))
    return tuple(found)


def version(package: str) -> str:
    """The version of a distribution. Raises importlib.metadata.PackageNotFoundError."""
    return _version(package, state())


@lru_cache(maxsize=256)
def _version(package: str, _: tuple[tuple[str, int], ...]) -> str:
    return metadata.version(package)
