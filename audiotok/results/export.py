r"""A table of results for scripts and papers: csv, json, latex, markdown.

CSV and JSON are tidy: a row per tokenizer, metric, domain and group, with nothing (null) for what does not exist.
LaTeX, which needs booktabs, and Markdown have a row per tokenizer, by measured bitrate, and a column per metric, with
the best value that may be ranked in bold, and beside the table why others may not be and what failed.
Text is made harmless for its reader: controls are removed, LaTeX's and Markdown's special characters and HTML escaped,
and what a spreadsheet would take for a formula gets an apostrophe (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from audiotok.doors import unknown
from audiotok.errors import InvalidOption, InvalidResult
from audiotok.results import table
from audiotok.results.frame import COLUMNS, rows
from audiotok.results.ranking import why_unranked
from audiotok.results.record import Result
from audiotok.results.table import MARK, Column, Table, tabulate

_LATEX = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "–": "--",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    MARK: r"$^\dagger$",
}
_MARKDOWN = {
    **{character: f"\\{character}" for character in "\\`*_[]|~#!"},
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
}


def export(results: Iterable[Result], format: str, everything: Iterable[Result] = ()) -> str:
    """The results as text: a score a line or, for "latex" and "markdown", a table by growing bitrate.

    everything: results that the bitrates are taken from, where `results` are a choice of them. Raises InvalidOption for
    another format, InvalidResult like `tabulate`.
    """
    results = list(results)
    if format in LISTS:
        return LISTS[format](results)
    if format in TABLES:
        return TABLES[format](_by_bitrate(tabulate(results), list(everything) or results))
    raise InvalidOption(f"format must be one of {', '.join((*LISTS, *TABLES))}, got {format!r}")


def chosen(results: Iterable[Result], metrics: Collection[str] = (), domain: str = "") -> list[Result]:
    """Results of the metrics and the domain. Raises UnknownName on a metric that none has, InvalidResult without."""
    results = list(results)
    for metric in metrics:
        if metric not in (there := sorted({result.metric for result in results})):
            raise unknown("metric in these results", metric, there)
    found = [r for r in results if (not metrics or r.metric in metrics) and domain in ("", r.domain)]
    if not found:
        domains = ", ".join(sorted({result.domain for result in results})) or "none"
        raise InvalidResult(f"no results to export; there are results on {domains}, asked was {domain or 'any'}")
    return found


def to_csv(results: list[Result]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows(results):
        writer.writerow({name: _csv_text(value) if isinstance(value, str) else value for name, value in row.items()})
    return out.getvalue()


def to_json(results: list[Result]) -> str:
    return json.dumps(list(rows(results)), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def to_latex(made: Table) -> str:
    lines = [
        rf"\begin{{tabular}}{{l{'r' * len(made.columns)}}}",
        r"\toprule",
        " & ".join(_escape(text, _LATEX) for text in _headings(made)) + r" \\",
        r"\midrule",
        *(_latex_row(line, best) for line, best in _lines(made)),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    # In a comment, not below the table: where a note goes is the paper's choice.
    return "\n".join([*(f"% {note}" for note in _notes(made)), *lines]) + "\n"


def to_markdown(made: Table) -> str:
    body = [
        "| " + " | ".join(_bold(_escape(text, _MARKDOWN), i in best, "**{}**") for i, text in enumerate(line)) + " |"
        for line, best in [(_headings(made), frozenset[int]()), *_lines(made)]
    ]
    body.insert(1, "|" + "|".join([" :-- ", *(" --: " for _ in made.columns)]) + "|")
    notes = [_escape(note, _MARKDOWN) for note in _notes(made)]
    return "\n".join(body) + "\n" + "".join(f"\n{note}\n" for note in notes)


LISTS: dict[str, Callable[[list[Result]], str]] = {"csv": to_csv, "json": to_json}
TABLES: dict[str, Callable[[Table], str]] = {"latex": to_latex, "markdown": to_markdown}


def _headings(made: Table) -> list[str]:
    return ["tokenizer", *(column.heading for column in made.columns)]


def _by_bitrate(made: Table, results: Iterable[Result]) -> Table:
    """Rows from the lowest measured bitrate to the highest, then those without one; of several domains the mean."""
    rates: dict[str, list[float]] = {}
    for result in results:
        if result.metric == "bitrate" and result.estimate:
            rates.setdefault(result.tokenizer, []).append(result.estimate.value)

    def rate(name: str) -> float:
        return sum(rates[name]) / len(rates[name]) if name in rates else math.inf

    return replace(made, rows={name: made.rows[name] for name in sorted(made.rows, key=rate)})


def _lines(made: Table) -> list[tuple[list[str], frozenset[int]]]:
    """Each row's texts, and which of them are the best of their column."""
    best = [_best(column, [cells[i] for cells in made.rows.values()]) for i, column in enumerate(made.columns)]
    return [
        (
            [tokenizer, *map(table.cell, cells)],
            frozenset(i + 1 for i, cell in enumerate(cells) if _shown_value(cell) == best[i] is not None),
        )
        for tokenizer, cells in made.rows.items()
    ]


def _best(column: Column, cells: Sequence[Result | None]) -> float | None:
    """The best value of those that may be ranked, where there are several; None where no way is better."""
    values = [value for cell in cells if (value := _shown_value(cell)) is not None]
    if column.direction == "none" or len(values) < 2:
        return None
    return max(values) if column.direction == "higher" else min(values)


def _shown_value(cell: Result | None) -> float | None:
    """The value of a cell that may be ranked."""
    return None if cell is None or cell.estimate is None or table.marked(cell) else cell.estimate.value


def _notes(made: Table) -> list[str]:
    """Notes on MARK and on cells without a value, cell by cell."""
    found = []
    for tokenizer, cells in made.rows.items():
        for column, result in zip(made.columns, cells, strict=True):
            where = f"{tokenizer}, {column.metric} ({column.domain})"
            if result and table.marked(result):
                found.append(f"{MARK} not ranked: {where}: {why_unranked(result)}")
            if result and result.failures:
                found.append(f"{table.failed(result)}: {where}: {_reasons(result)}")
    return list(map(table.printable, found))


def _reasons(result: Result) -> str:
    """Why clips have no score, the most frequent reasons first, with their numbers of clips."""
    (first, count), *others = Counter(result.failures.values()).most_common()
    more = f"; {len(others)} more reasons" if others else ""
    return f"{first:.200} (on {count} clips){more}"


def _bold(text: str, best: bool, form: str) -> str:
    return form.format(text) if best else text


def _latex_row(line: list[str], best: Collection[int]) -> str:
    # A row must not begin with "[", which the line break before it would take for its argument; \texttt shields it.
    tokenizer, *cells = (
        _escape(text, _LATEX) if i not in best else rf"\textbf{{{_escape(text, _LATEX)}}}"
        for i, text in enumerate(line)
    )
    return " & ".join([rf"\texttt{{{tokenizer}}}", *cells]) + r" \\"


def _escape(text: str, special: dict[str, str]) -> str:
    return "".join(special.get(character, character) for character in table.printable(text))


def _csv_text(text: str) -> str:
    text = table.printable(text)
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) else text
