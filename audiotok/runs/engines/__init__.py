"""Engines: who does the jobs of a stage, and where. Ours are the modules of this package.

An engine is a function like `perform` of these modules; another package names its own by an entry point in
"audiotok.engines". Whichever runs, the bytes are the same: what comes of a job depends on the job alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, cast

from audiotok.doors import Door, claimed_twice
from audiotok.runs.stage import Stage

#: (stage, jobs, workers) -> what came of each job, as it is finished.
Engine = Callable[[Stage[Any, Any], Sequence[Any], int], Iterator[Any]]

DOOR = Door("audiotok.engines", "engine")
_OWN = tuple(module.name for module in iter_modules(__path__))


def names() -> tuple[str, ...]:
    """The engines of this package, then those that other packages offer."""
    return (*_OWN, *(name for name in DOOR.names() if name not in _OWN))


def get(name: str) -> Engine:
    """An engine by its name. Raises UnknownName with the names there are, MissingDependency, BrokenPackage."""
    if name not in _OWN:
        engine = DOOR.load(name, names())
        if not callable(engine):
            raise DOOR.mismatch(name, "a function like audiotok.runs.engines.local.perform", engine)
        return partial(_complete, name, cast("Engine", engine))
    if points := DOOR.points(name):
        raise claimed_twice("engine", name, points)
    own: Engine = import_module(f"{__name__}.{name}").perform
    return own


def _complete(name: str, engine: Engine, stage: Stage[Any, Any], jobs: Sequence[Any], workers: int) -> Iterator[Any]:
    """Results of an engine of another package. Raises BrokenPackage unless there is one for each job."""
    done = 0
    for outcome in engine(stage, jobs, workers):
        done += 1
        yield outcome
    if done != len(jobs):
        raise DOOR.mismatch(name, f"one result for each of {len(jobs)} jobs", done)
