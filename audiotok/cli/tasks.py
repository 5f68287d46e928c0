"""Running one task on several systems, as the scripts in recipes/ do."""

from __future__ import annotations

from collections.abc import Iterable

from audiotok import registry
from audiotok.errors import InvalidOption
from audiotok.results.record import Result
from audiotok.tasks.task import Context, Task


def run(task: Task, identifiers: Iterable[str], data_name: str, context: Context) -> list[Result]:
    """The results of every system, on the task's own data where none is named.

    A system that cannot be judged is refused before work on the first is begun. Raises InvalidOption.
    """
    if not (data_name or task.dataset):
        raise InvalidOption(f"{task.name} needs your own data: name it with --data")
    identifiers = list(identifiers)
    for identifier in identifiers:  # loaded one at a time, here and below: all of them may not fit into memory
        task.require(registry.load_system(identifier, context.device))
    loaded = task.load(data_name or task.dataset)
    found: list[Result] = []
    for identifier in identifiers:
        found += task.run(registry.load_system(identifier, context.device), loaded, context)
    return found
