"""Systems named on a command line: which they are, and which can be had, known before work on the first begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from audiotok.cli.question import split_names
from audiotok.errors import AssetCorrupt, AssetUnavailable, AudiotokError, InvalidOption, MissingDependency

if TYPE_CHECKING:
    from audiotok.tasks.task import Task

SystemNames = Annotated[
    list[str],
    typer.Option("--tokenizer", "-t", help="Tokenizer, for example codec2:mode=2400; repeatable."),
]


def identifiers(names: Sequence[str], codebooks: str) -> list[str]:
    """Each tokenizer with each number of codebooks; anchors, which have none, as they are. Raises InvalidOption."""
    if not codebooks:
        return list(names)
    from audiotok import registry
    from audiotok.core.identifier import Identifier

    counts = split_names([codebooks])
    if wrong := [count for count in counts if not count.isdecimal() or int(count) < 1]:
        raise InvalidOption(f"--codebooks takes whole numbers from 1 on, as in 1,2,4,8; got {wrong[0]!r}")
    expanded = []
    for name in names:
        if registry.parse(name).name in registry.anchors():
            expanded.append(name)
            continue
        of_each = (str(Identifier.parse(name).with_options(num_codebooks=int(count))) for count in counts)
        expanded += [registry.canonical(identifier) for identifier in of_each]
    return list(dict.fromkeys(expanded))


def obtainable(identifiers: Sequence[str], device: str, tasks: Sequence[Task] = ()) -> list[str]:
    """The systems that can be loaded here, with options written out; the others are named on stderr with the reason.

    A system that is named twice, also in two spellings, is one system. Known before work on the first is begun. Raises
    InvalidOption, also where one cannot be judged by one of `tasks`, UnknownName, and where nothing is left to work on
    what the first lacks: MissingDependency, AssetUnavailable, AssetCorrupt.
    """
    from audiotok import registry

    missing: dict[str, AudiotokError] = {}
    found: list[str] = []
    for identifier in identifiers:
        try:
            canonical = registry.canonical(identifier)
        except MissingDependency as error:
            missing[identifier] = error
        else:
            found += [] if canonical in found else [canonical]
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
