"""A table of results, a row per tokenizer and a column per metric, and how its cells are said in words.

A cell whose clips all failed is "failed (40/40)", never a number. One that some failed on has its value, its failures
and the mark of what is not ranked.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from audiotok.errors import InvalidResult
from audiotok.results.record import Direction, Estimate, Result
from audiotok.results.signature import require_comparable

ARROWS = {"higher": "↑", "lower": "↓", "none": ""}
MARK = "†"
ABSENT = "–"


@dataclass(frozen=True)
class Column:
    """The metric, data and domain of the results below it."""

    metric: str
    domain: str
    title: str
    unit: str
    direction: Direction

    @property
    def heading(self) -> str:
        unit = f" [{self.unit}]" if self.unit else ""
        return f"{self.title or self.metric}{unit}, {self.domain} {ARROWS[self.direction]}".rstrip()


@dataclass(frozen=True)
class Table:
    """`rows`: tokenizer -> one result per column, None where it was not measured."""

    columns: tuple[Column, ...]
    rows: dict[str, tuple[Result | None, ...]]


def tabulate(results: Iterable[Result]) -> Table:
    """Columns and rows in the order in which they first come.

    Raises InvalidResult where results of a column were not measured alike, or a cell has two.
    """
    cells: dict[tuple[str, str], dict[str, Result]] = {}
    tokenizers: dict[str, None] = {}
    for result in results:
        column = cells.setdefault((result.metric, result.domain), {})
        if result.tokenizer in column:
            raise InvalidResult(f"{result.tokenizer} has two results for {result.metric} on {result.domain}")
        column[result.tokenizer] = result
        tokenizers[result.tokenizer] = None
    for column in cells.values():
        require_comparable({name: result.signature for name, result in column.items()})
    firsts = [next(iter(column.values())) for column in cells.values()]
    columns = tuple(Column(r.metric, r.domain, r.title, r.unit, r.direction) for r in firsts)
    return Table(columns, {name: tuple(column.get(name) for column in cells.values()) for name in tokenizers})


def failed(result: Result) -> str:
    """ "failed (3/40)", "" where nothing failed."""
    scored = result.estimate.n if result.estimate else 0
    return f"failed ({len(result.failures)}/{scored + len(result.failures)})" if result.failures else ""


def cell(result: Result | None) -> str:
    """ "2.37 [2.20, 2.54]", with MARK where it may not be ranked, and its failures."""
    if result is None:
        return ABSENT
    if result.estimate is None:
        return failed(result) or "undefined"
    mark = MARK if marked(result) else ""
    return f"{estimate(result.estimate)}{mark} {failed(result)}".rstrip()


def marked(result: Result) -> bool:
    """Whether it has a value that may not be ranked; `ranking.why_unranked` says why."""
    return bool(result.estimate and (result.failures or result.unranked))


def estimate(value: Estimate) -> str:
    """ "2.37 [2.20, 2.54]": as many digits as the interval's half width bears, two of its own."""
    if value.low is None or value.high is None:
        return number(value.value)
    half_width = (value.high - value.low) / 2
    return f"{number(value.value, half_width)} [{number(value.low, half_width)}, {number(value.high, half_width)}]"


def number(value: float, precision: float = 0.0) -> str:
    """To two digits of `precision`, or four significant ones where it is 0.

    >>> number(2.3712, 0.17), number(6000.0), number(-0.001, 0.5)
    ('2.37', '6000', '0.00')
    """
    scale = precision / 10 if precision > 0 else abs(value) / 1000
    decimals = max(0, min(6, -math.floor(math.log10(scale)))) if scale > 0 else 0
    text = f"{value:.{decimals}f}"
    if precision <= 0 and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.removeprefix("-") if float(text) == 0 else text


def printable(text: str) -> str:
    """Without what a terminal, a browser or a typesetter would act upon: controls, line breaks, bidirectional marks."""
    return "".join(character if character.isprintable() else " " for character in text)


def align(lines: Sequence[Sequence[str]], words: Collection[int] = (0,)) -> str:
    """Plain text columns: those in `words` aligned to the left, the others, numbers, to the right."""
    lines = [[printable(text) for text in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (
        "  ".join(
            text.ljust(width) if i in words else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
    return "\n".join(padded) + "\n"
