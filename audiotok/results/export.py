r"""A table of results for scripts and papers: csv, json, latex, markdown.

CSV has a column for the value and one each for low, high and note; a value that does not exist is "failed (40/40)".
JSON has a row per tokenizer, metric, domain and group, with null for what does not exist. LaTeX needs booktabs.
Text is made harmless for its reader: controls are removed, LaTeX's and Markdown's special characters and HTML escaped,
and what a spreadsheet would take for a formula gets an apostrophe (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable

from audiotok.errors import InvalidOption
from audiotok.results import table
from audiotok.results.frame import rows
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


def export(results: Iterable[Result], format: str) -> str:
    """The results as text in one of FORMATS. Raises InvalidOption for another, InvalidResult like `tabulate`."""
    if format not in FORMATS:
        raise InvalidOption(f"format must be one of {', '.join(FORMATS)}, got {format!r}")
    return FORMATS[format](list(results))


def to_csv(results: list[Result]) -> str:
    made = tabulate(results)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    parts = ("", "_low", "_high", "_note")
    writer.writerow(["tokenizer", *(_csv_text(_key(column) + part) for column in made.columns for part in parts)])
    for tokenizer, cells in made.rows.items():
        writer.writerow([_csv_text(tokenizer), *(value for cell in cells for value in _csv_cell(cell))])
    return out.getvalue()


def to_json(results: list[Result]) -> str:
    return json.dumps(list(rows(results)), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def to_latex(results: list[Result]) -> str:
    made = tabulate(results)
    lines = [
        rf"\begin{{tabular}}{{l{'r' * len(made.columns)}}}",
        r"\toprule",
        " & ".join(_escape(text, _LATEX) for text in _headings(made)) + r" \\",
        r"\midrule",
        *(_latex_row(line) for line in _lines(made)),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    # In a comment, not below the table: where a note goes is the paper's choice.
    return "\n".join([*(f"% {note}" for note in _notes(made)), *lines]) + "\n"


def to_markdown(results: list[Result]) -> str:
    made = tabulate(results)
    lines = [_headings(made), *_lines(made)]
    body = ["| " + " | ".join(_escape(text, _MARKDOWN) for text in line) + " |" for line in lines]
    body.insert(1, "|" + "|".join([" :-- ", *(" --: " for _ in made.columns)]) + "|")
    notes = [_escape(note, _MARKDOWN) for note in _notes(made)]
    return "\n".join(body) + "\n" + "".join(f"\n{note}\n" for note in notes)


FORMATS: dict[str, Callable[[list[Result]], str]] = {
    "csv": to_csv,
    "json": to_json,
    "latex": to_latex,
    "markdown": to_markdown,
}


def _headings(made: Table) -> list[str]:
    return ["tokenizer", *(column.heading for column in made.columns)]


def _lines(made: Table) -> list[list[str]]:
    return [[tokenizer, *map(table.cell, cells)] for tokenizer, cells in made.rows.items()]


def _notes(made: Table) -> list[str]:
    """What MARK stands for, cell by cell."""
    return [
        table.printable(f"{MARK} not ranked: {tokenizer}, {column.metric} ({column.domain}): {why_unranked(result)}")
        for tokenizer, cells in made.rows.items()
        for column, result in zip(made.columns, cells, strict=True)
        if result and table.marked(result)
    ]


def _latex_row(line: list[str]) -> str:
    # A row must not begin with "[", which the line break before it would take for its argument; \texttt shields it.
    tokenizer, *cells = (_escape(text, _LATEX) for text in line)
    return " & ".join([rf"\texttt{{{tokenizer}}}", *cells]) + r" \\"


def _escape(text: str, special: dict[str, str]) -> str:
    return "".join(special.get(character, character) for character in table.printable(text))


def _key(column: Column) -> str:
    return f"{column.metric}_{column.domain}"


def _csv_cell(result: Result | None) -> list[str | float]:
    if result is None:
        return ["", "", "", ""]
    if result.estimate is None:
        return [table.cell(result), "", "", ""]
    ends = ["" if end is None else end for end in (result.estimate.low, result.estimate.high)]
    return [result.estimate.value, *ends, _csv_text(why_unranked(result) if table.marked(result) else "")]


def _csv_text(text: str) -> str:
    text = table.printable(text)
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) else text
