"""Results as a table in the terminal: a row per metric, a column per tokenizer, so that long lists of metrics fit."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from audiotok.results.record import Result
from audiotok.results.table import cell, estimate, tabulate


def show(results: Iterable[Result], *, languages: bool = False) -> None:
    """Print it; with `languages`, a line per language under each metric that has them. Failures show as such."""
    made = tabulate(results)
    table = Table(header_style="bold")
    table.add_column("metric")
    for tokenizer in made.rows:
        table.add_column(escape(tokenizer), justify="right", overflow="fold")
    for i, column in enumerate(made.columns):
        row = [results[i] for results in made.rows.values()]
        table.add_row(escape(column.heading), *(escape(cell(result)) for result in row))
        groups = sorted({group for result in row if result for group in result.groups}) if languages else ()
        for group in groups:
            values = [result.groups.get(group) if result else None for result in row]
            table.add_row(f"  {group}", *(estimate(value) if value else "" for value in values))
    Console().print(table)
