"""Suites: tasks and data sets by which rows of the leaderboard are compared; suites.json lists every version.

A version of a suite is frozen. A metric that a task gets later is a column that older rows lack: they show "–" there
and take no part in its ranks. To require it of new rows is a new version of the suite, beside which the rows of the
older one stay. A suite may be given further optional parts at any time, since no row needs them. What turns out not to
measure what it says is withdrawn: it is asked of nobody, and a score of an older row is accepted and shown nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from audiotok import tasks
from audiotok.doors import unknown
from audiotok.results.record import Result
from audiotok.results.signature import parse


@dataclass(frozen=True)
class SuitePart:
    """A task on a data set, and the metrics that a row has of it."""

    task: str
    data: str
    columns: tuple[str, ...]
    #: Metric -> why its scores are read no longer: rows that hold some keep them, new rows and the board have none.
    withdrawn: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def file(self) -> str:
        """The file of a submission that holds an optional part."""
        return f"{self.task}.jsonl"


@dataclass(frozen=True)
class Suite:
    """A version of a named list of tasks and data sets: the unit that the leaderboard has a tab for."""

    name: str
    version: int
    required: tuple[SuitePart, ...]  # of every row
    optional: tuple[SuitePart, ...]  # that a row may add: they take hours

    @property
    def signature(self) -> str:
        return f"{self.name}.v{self.version}"

    @property
    def parts(self) -> tuple[SuitePart, ...]:
        return (*self.required, *self.optional)

    @property
    def datasets(self) -> tuple[str, ...]:
        """Data that every row is scored on."""
        return tuple(dict.fromkeys(part.data for part in self.required))

    @property
    def optional_files(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.file for part in self.optional))

    @property
    def sampled(self) -> tuple[str, ...]:
        """Optional tasks that a row may hold audio of."""
        return tuple(dict.fromkeys(part.task for part in self.optional if tasks.get(part.task).samples))


def _read() -> dict[str, Suite]:
    """By signature, a newer version after an older one."""
    listed = json.loads((files("audiotok.tasks") / "suites.json").read_text(encoding="utf-8"))
    suites = [
        Suite(one["name"], one["version"], *(_parts(one[kind]) for kind in ("required", "optional"))) for one in listed
    ]
    return {suite.signature: suite for suite in sorted(suites, key=lambda suite: suite.version)}


def _parts(listed: list[dict[str, object]]) -> tuple[SuitePart, ...]:
    return tuple(SuitePart(**{**one, "columns": tuple(one["columns"])}) for one in listed)  # type: ignore[arg-type]


#: "mini.v1" -> that version, in the order of suites.json.
VERSIONS = _read()
#: "mini" -> its newest version, which new rows are made for.
SUITES = {suite.name: suite for suite in VERSIONS.values()}
#: Files of optional tasks that any suite takes, those of tasks with many items, and the tasks that have samples.
OPTIONAL_FILES = tuple(dict.fromkeys(name for suite in VERSIONS.values() for name in suite.optional_files))
MANY_ITEMS = tuple(name for name in OPTIONAL_FILES if tasks.get(name.removesuffix(".jsonl")).many_items)
SAMPLED = tuple(dict.fromkeys(name for suite in VERSIONS.values() for name in suite.sampled))

REQUIRED = "required"


def why_withdrawn(result: Result) -> str:
    """Why a score is read no longer, as a suite says of its metric on its data; "" of any other."""
    signed = parse(result.signature)
    for part in (part for one in VERSIONS.values() for part in one.parts if part.withdrawn):
        if (signed.task, signed.data) == (part.task, part.data) and result.metric in part.withdrawn:
            return part.withdrawn[result.metric]
    return ""


def family(result: Result) -> tuple[str, ...]:
    """The key that results share whose p-values are corrected together where two systems are compared.

    A family is of one data set and domain: all tasks that suites require, or one other task. What a row adds changes no
    p-value of the others.
    """
    of = parse(result.signature)
    required = any(of.task == part.task for one in VERSIONS.values() for part in one.required)
    return (REQUIRED if required else of.task, of.data, result.domain)


def suite(name: str) -> Suite:
    """The newest version of a suite, or the one that is named, as in "mini.v1". Raises UnknownName."""
    found = SUITES.get(name) or VERSIONS.get(name)
    if found is None:
        raise unknown("suite", name, SUITES)
    return found
