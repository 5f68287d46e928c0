"""Results as tables in the terminal: one per domain and question, failures shown as such."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from audiotok.results.record import Result
from audiotok.results.table import ARROWS, cell, estimate, tabulate


def show(results: Iterable[Result], *, languages: bool = False) -> None:
    """Print them; with `languages`, a column per language beside each metric that has several."""
    results = list(results)
    console = Console()
    for domain, question in dict.fromkeys((result.domain, result.question) for result in results):
        of_table = [result for result in results if (result.domain, result.question) == (domain, question)]
        console.print(_table(f"{domain}: {question}", of_table, languages))


def _table(title: str, results: list[Result], languages: bool) -> Table:
    """A row per tokenizer, or per metric where that makes fewer columns: a terminal is narrow."""
    made = tabulate(results)
    grid = [["", *made.rows]]
    for i, column in enumerate(made.columns):
        unit = f" [{column.unit}]" if column.unit else ""
        cells = [row[i] for row in made.rows.values()]
        grid.append([f"{column.title}{unit} {ARROWS[column.direction]}".rstrip(), *map(cell, cells)])
        for group in sorted({group for result in cells if result for group in result.groups}) if languages else []:
            values = [result.groups.get(group) if result else None for result in cells]
            grid.append([group, *(estimate(value) if value else "" for value in values)])
    if len(grid) <= len(grid[0]):
        grid = [list(row) for row in zip(*grid, strict=True)]
    table = Table(title=title, title_justify="left", header_style="bold")
    for i, heading in enumerate(grid[0]):
        table.add_column(escape(heading), justify="right" if i else "left", no_wrap=not i)
    for row in grid[1:]:
        table.add_row(*map(escape, row))
    return table
