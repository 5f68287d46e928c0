"""Results as tables in the terminal: a summary per recipe, or one per domain and question; failures shown as such."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from audiotok.metrics import catalogue
from audiotok.results.record import Result
from audiotok.results.signature import parse
from audiotok.results.table import ABSENT, ARROWS, MARK, cell, estimate, failed, marked, number, tabulate

#: Metrics of every summary beside the headline ones of the board: what the tokens cost.
_COSTS = ("bitrate", "token_rate")
_FEW = 4  # systems that fit beside each other into a narrow terminal


def show(results: Iterable[Result], *, languages: bool = False) -> None:
    """Print them; with `languages`, a column per language beside each metric that has several."""
    results = list(results)
    console = Console()
    for domain, question in dict.fromkeys((result.domain, result.question) for result in results):
        of_table = [result for result in results if (result.domain, result.question) == (domain, question)]
        console.print(_table(f"{domain}: {question}", of_table, languages))


def show_summary(results: Iterable[Result]) -> None:
    """Print one table per recipe: what the board shows first and what tokens cost, without intervals.

    All metrics are shown where none of them is a headline, or there are few.
    """
    results = list(results)
    console = Console()
    left_out = 0
    for (recipe, data), of_recipe in _by_recipe(results).items():
        chosen = _headlines(of_recipe)
        left_out += len(of_recipe) - len(chosen)
        console.print(_summary(f"{recipe} on {data}", chosen))
    notes = ["95% intervals and a table per question: --full"]
    if left_out:
        notes.insert(0, f"{left_out} more scores")
    if any(marked(result) for result in results):
        notes.append(f"{MARK} is not ranked: audiotok leaderboard export --format markdown says why")
    console.print("; ".join(notes), style="dim", highlight=False)


def why_missing(results: Iterable[Result]) -> list[str]:
    """A line for each reason why metrics have no value at all, with their titles: the most frequent one of each."""
    metrics: dict[str, list[str]] = {}
    for result in results:
        if result.estimate is None and (reasons := result.failures or result.undefined):
            ((reason, _),) = Counter(reasons.values()).most_common(1)
            metrics.setdefault(reason, []).append(result.title or result.metric)
    return [f"no {', '.join(dict.fromkeys(titles))}: {reason}" for reason, titles in metrics.items()]


def _by_recipe(results: Iterable[Result]) -> dict[tuple[str, str], list[Result]]:
    """(recipe with version, data set) -> results, in the order in which they come."""
    found: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        signature = parse(result.signature)
        found.setdefault((signature.recipe, signature.data), []).append(result)
    return found


def _headlines(results: Sequence[Result]) -> list[Result]:
    metrics = dict.fromkeys(result.metric for result in results)
    first = [name for name in metrics if catalogue.get(name).headline is not None]
    if len(metrics) <= 2 * _FEW or not first:
        return list(results)
    return [result for result in results if result.metric in (*first, *_COSTS)]


def _summary(title: str, results: Sequence[Result]) -> Table:
    """A row per metric and a column per system; of many systems, a row each and a column per metric."""
    made = tabulate(results)
    domains = {column.domain for column in made.columns}
    grid = [["", *made.rows]]
    for i, column in enumerate(made.columns):
        unit = f" [{column.unit}]" if column.unit else ""
        domain = f", {column.domain}" if len(domains) > 1 else ""
        heading = f"{column.title or column.metric}{unit}{domain} {ARROWS[column.direction]}".rstrip()
        grid.append([heading, *(_plain_cell(row[i]) for row in made.rows.values())])
    if len(made.rows) > _FEW:
        grid = [list(row) for row in zip(*grid, strict=True)]
    only = f", {', '.join(domains)}" if len(domains) == 1 else ""
    return _printed(f"{title}{only}", grid)


def _plain_cell(result: Result | None) -> str:
    """ "2.37", as many digits as the interval bears, its mark and its failures."""
    if result is None:
        return ABSENT
    if result.estimate is None:
        return cell(result)
    low, high = result.estimate.low, result.estimate.high
    half_width = 0.0 if low is None or high is None else (high - low) / 2
    return f"{number(result.estimate.value, half_width)}{MARK if marked(result) else ''} {failed(result)}".rstrip()


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
    return _printed(title, grid)


def _printed(title: str, grid: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for i, heading in enumerate(grid[0]):
        table.add_column(escape(heading), justify="right" if i else "left", overflow="fold")
    for row in grid[1:]:
        table.add_row(*map(escape, row))
    return table
