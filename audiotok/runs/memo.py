"""Memoises results on disk: read again while they are what was written, and what they were made of is unchanged."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from audiotok.errors import AlteredFile
from audiotok.files.sealed import file_sha256, read_sealed, write_sealed
from audiotok.results import record
from audiotok.results.record import Result


def memoised(path: Path, inputs: str, make: Callable[[], Iterable[Result]]) -> list[Result]:
    """The results in `path`, sorted as `record.write` does; `make` is called only where they have to be made.

    `inputs`: the digest of all that they depend on. It is kept in `<path>.inputs` with the hash of the file; results
    that were altered since are made again, with a warning. There is no file where there are no results.
    """
    mark = path.with_suffix(".inputs")
    try:
        kept = read_sealed(mark, path.name)
        if kept is not None and kept["inputs"] == inputs:
            if kept["sha256"] == _sha256(path):
                return record.read(path) if path.exists() else []
            raise AlteredFile(f"{path}: was altered, its sha256 is {_sha256(path)}, expected {kept['sha256']}")
    except AlteredFile as error:
        warnings.warn(f"{error}; made again", stacklevel=2)
    results = list(make())
    path.parent.mkdir(parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    if results:
        record.write(path, results)
    else:
        path.unlink(missing_ok=True)
    write_sealed(mark, {"inputs": inputs, "sha256": _sha256(path)}, path.name)
    return record.read(path) if results else []


def digest(*parts: Any) -> str:
    """sha256 of values that JSON can hold, for `inputs`."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    return file_sha256(path) if path.exists() else "no file"
