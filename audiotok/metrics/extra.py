"""Packages that the `metrics` extra brings, opened where they are used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from filelock import FileLock

from audiotok.errors import MissingDependency
from audiotok.files.assets import cache_folder
from audiotok.files.download import lock

_IMPORT_LIBROSA = ("librosa", "resemblyzer", "speechmos")
_compiled: set[str] = set()  # by this process


def needs(module: str) -> Any:
    """The imported module. Raises MissingDependency with the command that installs it."""
    try:
        with compiling(module) if module.split(".")[0] in _IMPORT_LIBROSA else nullcontext():
            return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f'this metric needs {error.name}, which is not installed: pip install "audiotok[metrics]"'
        ) from error


@contextmanager
def compiling(what: str) -> Iterator[None]:
    """Around code that numba compiles where it is first used: the first time in a process, no other is in any such.

    numba keeps what it compiled in files beside the package. Two processes that write them at once can leave one
    type's code under another's name, with which every later process crashes.
    """
    if what in _compiled:
        yield
        return
    with _lock(cache_folder()):
        yield
    _compiled.add(what)


@cache
def _lock(folder: Path) -> FileLock:
    """One object for the process, which may take it again while it has it: librosa is imported while pYIN is used."""
    return lock(folder, "compiling")
