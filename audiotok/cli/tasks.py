"""Running one task on several systems, as the scripts in recipes/ do."""

from __future__ import annotations

from collections.abc import Sequence

from audiotok import registry
from audiotok.cli.question import data_of
from audiotok.cli.systems import obtainable
from audiotok.results.record import Result
from audiotok.tasks.task import Context, Task


def run(task: Task, identifiers: Sequence[str], data_name: str, context: Context) -> list[Result]:
    """All results of every system, on the task's own data where none is named. Raises as `obtainable` does."""
    data = data_of(task, data_name)
    names = obtainable(identifiers, context.device, [task])
    loaded = task.load(data)
    found: list[Result] = []
    for name in names:  # loaded one at a time: all of them may not fit into memory
        found += task.run(registry.load_system(name, context.device), loaded, context)
    return found
