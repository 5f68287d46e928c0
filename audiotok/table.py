"""Results as a table in the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from audiotok.results.record import Estimate, Result

ARROWS = {"higher": "↑", "lower": "↓", "none": ""}


def show(results: Iterable[Result], *, languages: bool = False) -> None:
    """Print one table per domain: a row per metric, a column per tokenizer (and language), failures as such."""
    results = list(results)
    console = Console()
    for domain in dict.fromkeys(result.domain for result in results):
        console.print(_table(domain, [r for r in results if r.domain == domain], languages))


def _table(domain: str, results: list[Result], languages: bool) -> Table:
    table = Table(title=domain, title_justify="left", header_style="bold")
    table.add_column("metric")
    cells: dict[str, dict[str, str]] = {}
    for result in results:
        row = cells.setdefault(result.metric, {})
        row[result.tokenizer] = _cell(result.estimate, result)
        if languages:
            row |= {f"{result.tokenizer} {group}": _cell(e, None) for group, e in result.groups.items()}
    columns = list(dict.fromkeys(column for row in cells.values() for column in row))
    for column in columns:
        table.add_column(column, justify="right", overflow="fold")
    heads = {result.metric: _head(result) for result in results}
    for name, row in cells.items():
        table.add_row(heads[name], *(row.get(column, "") for column in columns))
    return table


def _head(result: Result) -> str:
    unit = f" [{result.unit}]" if result.unit else ""
    return escape(f"{result.title or result.metric}{unit} {ARROWS[result.direction]}".rstrip())


def _cell(estimate: Estimate | None, result: Result | None) -> str:
    failed = f" ({len(result.failures)} failed)" if result and result.failures else ""
    if estimate is None:
        return f"failed{failed}"
    half = "" if estimate.low is None or estimate.high is None else f" ±{(estimate.high - estimate.low) / 2:.2g}"
    return f"{estimate.value:.4g}{half}{failed}"
