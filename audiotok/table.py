"""Results as tables in the terminal: one per domain and question, a row per tokenizer, failures shown as such."""

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
    made = tabulate(results)
    table = Table(title=title, title_justify="left", header_style="bold")
    table.add_column(no_wrap=True)
    rows = {tokenizer: [escape(tokenizer)] for tokenizer in made.rows}
    for i, column in enumerate(made.columns):
        unit = f" [{column.unit}]" if column.unit else ""
        table.add_column(escape(f"{column.title}{unit} {ARROWS[column.direction]}".rstrip()), justify="right")
        cells = {tokenizer: row[i] for tokenizer, row in made.rows.items()}
        groups = sorted({group for result in cells.values() if result for group in result.groups}) if languages else []
        for group in groups:
            table.add_column(group, justify="right")
        for tokenizer, result in cells.items():
            values = [result.groups.get(group) if result else None for group in groups]
            rows[tokenizer] += [escape(cell(result)), *(estimate(value) if value else "" for value in values)]
    for row in rows.values():
        table.add_row(*row)
    return table
