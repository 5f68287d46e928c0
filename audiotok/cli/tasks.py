"""Running one task on several systems, as `audiotok run --recipe` and the scripts in recipes/ do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from audiotok import registry, tasks
from audiotok.errors import InvalidOption
from audiotok.results.record import Result
from audiotok.tasks.task import Context, Task


def run_task(
    name: str,
    identifiers: Sequence[str],
    data_name: str = "",
    budget: str = "",
    runs: Path = Path("runs"),
    device: str = "cpu",
    workers: int = 1,
    retry: bool = False,
) -> list[Result]:
    """A task by its name, under its default options or those of a budget. Raises UnknownName, InvalidOption."""
    task = tasks.get(name)
    if budget and budget not in task.budgets:
        raise InvalidOption(f"{name} has no budget {budget!r}; it has {', '.join(task.budgets) or 'none'}")
    options = task.budgets[budget] if budget else task.options
    return run(task, identifiers, data_name, Context(runs, device, workers, retry, options))


def run(task: Task, identifiers: Iterable[str], data_name: str, context: Context) -> list[Result]:
    """The results of every system, on the task's own data where none is named.

    A system that cannot be judged is refused before work on the first is begun. Raises InvalidOption.
    """
    if not (data_name or task.dataset):
        raise InvalidOption(f"{task.name} needs data of yours: name it with --data")
    identifiers = list(identifiers)
    for identifier in identifiers:  # loaded one at a time, here and below: all of them may not fit into memory
        task.require(registry.load_system(identifier, context.device))
    loaded = task.load(data_name or task.dataset)
    found: list[Result] = []
    for identifier in identifiers:
        found += task.run(registry.load_system(identifier, context.device), loaded, context)
    return found
