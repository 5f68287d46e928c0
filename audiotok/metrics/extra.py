"""Packages that the `metrics` extra brings, opened where they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from audiotok.errors import MissingDependency


def needs(module: str) -> Any:
    """The imported module. Raises MissingDependency with the command that installs it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f'this metric needs {error.name}, which is not installed: pip install "audiotok[metrics]"'
        ) from error
