"""A problem of a submission: the file, the field in it, and the reason in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_PROBLEMS = 100  # that are collected and printed; nobody reads on
MAX_REASON = 500  # characters


@dataclass(frozen=True, order=True)
class Problem:
    """One reason why a submission is refused. `str` is one line that no terminal acts upon."""

    file: str  # relative to the folder, "." for the folder itself
    field: str  # "pesq_wb/speech: estimate.low", "paper"; "" where it is the file as a whole
    reason: str  # what was expected and what came

    def __str__(self) -> str:
        text = ": ".join(part for part in (self.file[:200], self.field[:200], self.reason[:MAX_REASON]) if part)
        return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def first(problems: Iterable[Problem]) -> list[Problem]:
    """At most MAX_PROBLEMS different ones, sorted; no more are looked for."""
    found: set[Problem] = set()
    for problem in problems:
        found.add(problem)
        if len(found) == MAX_PROBLEMS:
            break
    return sorted(found)
