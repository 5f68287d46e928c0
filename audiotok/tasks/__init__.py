"""Tasks by name: ours are the modules of this package that have a TASK, other packages' come by an entry point."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from audiotok import doors
from audiotok.doors import Door, claimed_twice

if TYPE_CHECKING:
    from audiotok.tasks.task import Task

DOOR = Door("audiotok.tasks", "task")


def names() -> tuple[str, ...]:
    """The tasks of this package, then those that other packages offer."""
    return (*_own(), *(name for name in DOOR.names() if name not in _own()))


def get(name: str) -> Task:
    """A task by its name. Raises UnknownName with the names there are, MissingDependency, BrokenPackage."""
    if name in _own():
        if points := DOOR.points(name):
            raise claimed_twice("task", name, points)
        return _own()[name]
    from audiotok.tasks import task as declaration

    task = DOOR.load(name, names())
    if not isinstance(task, declaration.Task) or task.name != name:
        raise DOOR.mismatch(name, f"a Task called {name!r}", task)
    return task


def usable() -> list[Task]:
    """All tasks; those that packages break are left out, with the reason on stderr."""
    return [task for _, task in doors.usable(names(), get)]


@cache
def _own() -> dict[str, Task]:
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return {task.name: task for module in modules if (task := getattr(module, "TASK", None))}
