"""Packages that the `metrics` extra brings, opened where they are used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from audiotok.assets import cache_folder
from audiotok.download import lock
from audiotok.errors import MissingDependency

_IMPORT_LIBROSA = ("librosa", "resemblyzer", "speechmos")
_compiled: set[str] = set()  # by this process


def needs(module: str) -> Any:
    """The imported module. Raises MissingDependency with the command that installs it."""
    try:
        if module.split(".")[0] in _IMPORT_LIBROSA and module not in sys.modules:
            with compiling("librosa"):
                return import_module(module)
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f'this metric needs {error.name}, which is not installed: pip install "audiotok[metrics]"'
        ) from error


@contextmanager
def compiling(what: str) -> Iterator[None]:
    """Around code that numba compiles where it is first used: the first time in a process, no other is in here.

    numba keeps what it compiled in files beside the package. Two processes that write them at once can leave one
    type's code under another's name, with which every later process crashes.
    """
    if what in _compiled:
        yield
        return
    with lock(cache_folder(), f"compiling-{what}"):
        yield
    _compiled.add(what)
