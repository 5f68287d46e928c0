"""Folders that may lie on object storage: `s3://bucket/folder`, `hf://datasets/name`, whatever fsspec opens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

from audiotok.errors import InvalidOption, MissingDependency, reason


def is_address(name: str | Path) -> bool:
    """Whether `name` is an address ("s3://…") and no path of this machine."""
    return isinstance(name, str) and re.match(r"[a-z][a-z0-9+.-]*://", name) is not None


def place(name: str | Path) -> Path:
    """A path; of an address, an object of universal_pathlib, which has a Path's methods and reads object storage.

    Raises MissingDependency where universal_pathlib or the package of the protocol is missing, InvalidOption where the
    protocol is unknown.
    """
    if not isinstance(name, str):
        return name
    if not is_address(name):
        return Path(name)
    try:
        from upath import UPath

        found = UPath(name)
        _ = found.fs  # loads the protocol's package
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f'{name} needs the package {error.name}; install it with: pip install "audiotok[store]"'
        ) from error
    except ImportError as error:  # fsspec says what to install
        raise MissingDependency(f"{name}: {reason(error)}") from error
    except ValueError as error:
        raise InvalidOption(f"{name}: {reason(error)}") from error
    return cast(Path, found)


def is_remote(path: Path) -> bool:
    """Whether `place` has made it of an address."""
    return not isinstance(path, Path)
