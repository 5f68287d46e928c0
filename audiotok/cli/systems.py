"""Systems named on a command line: which of them can be had is known before work on the first begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from audiotok.errors import AssetCorrupt, AssetUnavailable, AudiotokError, MissingDependency

if TYPE_CHECKING:
    from audiotok.tasks.task import Task

SystemNames = Annotated[
    list[str],
    typer.Option("--tokenizer", "-t", help="Tokenizer, for example codec2:mode=2400; repeatable."),
]


def obtainable(identifiers: Sequence[str], device: str, tasks: Sequence[Task] = ()) -> list[str]:
    """The systems that can be loaded here, with options written out; the others are named on stderr with the reason.

    Known before work on the first is begun. Raises InvalidOption, also where one cannot be judged by one of `tasks`,
    UnknownName, and where nothing is left to work on
    what the first lacks: MissingDependency, AssetUnavailable, AssetCorrupt.
    """
    from audiotok import registry

    missing: dict[str, AudiotokError] = {}
    found = []
    for identifier in identifiers:
        try:
            found.append(registry.canonical(identifier))
        except MissingDependency as error:
            missing[identifier] = error
    for identifier in list(found):
        try:
            system = registry.load_system(identifier, device)
        except (MissingDependency, AssetUnavailable, AssetCorrupt) as error:
            missing[identifier] = error
            found.remove(identifier)
            continue
        for task in tasks:
            task.require(system)
    if not found:
        raise next(iter(missing.values()))
    for identifier, reason in missing.items():
        typer.secho(f"left out {identifier}: {reason}", fg="yellow", err=True)
    return found
