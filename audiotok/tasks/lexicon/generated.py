"""Data that is generated from a seed: there is one set of each name, and its results lie below that name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from audiotok.core.identifier import slug
from audiotok.doors import unknown
from audiotok.tasks.task import System


def load(own: str, what: str, name: str) -> str:
    """The name, where it is the set's own. Raises UnknownName, which says `what` there is no other of."""
    if name != own:
        raise unknown(what, name, [own])
    return name


def folder_of(system: System, name: str, runs: Path) -> Path:
    """The folder of a system's results on a set, which has a folder for each of the conditions they were made under."""
    return runs / name / slug(system.identifier)


def outputs(system: System, name: str, runs: Path) -> Iterable[Path]:
    """Result files under whatever conditions."""
    return sorted(folder_of(system, name, runs).glob("*/results.jsonl"))
