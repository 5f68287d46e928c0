r"""A table of results for scripts and papers: csv, json, latex, markdown.

CSV and JSON are tidy: a row per tokenizer, metric, domain and group, with nothing (null) for what does not exist.
LaTeX, which needs booktabs, and Markdown have a row per tokenizer, by measured bitrate, and a column per metric. Values
that may be the best of their band of bitrates (`leading`) are bold; notes say what is not ranked and what failed.
Text is made harmless for its reader: controls are removed, LaTeX's and Markdown's special characters and HTML escaped,
and what a spreadsheet would take for a formula gets an apostrophe (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from audiotok.doors import unknown
from audiotok.errors import InvalidOption, InvalidResult
from audiotok.results import table
from audiotok.results.frame import COLUMNS, rows
from audiotok.results.ranking import BANDS, band, rank_intervals, why_unranked
from audiotok.results.record import Result
from audiotok.results.table import MARK, Table, tabulate
from audiotok.results.timing import timed_apart

Best = Mapping[str, Collection[int]]  # tokenizer -> places of its bold texts in its row

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
        rates = bitrates(list(everything) or results)
        made = _by_bitrate(tabulate(results), rates)
        return TABLES[format](made, leading(made, rates))
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


def to_latex(made: Table, best: Best) -> str:
    lines = [
        rf"\begin{{tabular}}{{l{'r' * len(made.columns)}}}",
        r"\toprule",
        " & ".join(_escape(text, _LATEX) for text in _headings(made)) + r" \\",
        r"\midrule",
        *(_latex_row(line, best[tokenizer]) for tokenizer, line in _lines(made)),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    # In a comment, not below the table: where a note goes is the paper's choice.
    return "\n".join([*(f"% {note}" for note in _notes(made, best)), *lines]) + "\n"


def to_markdown(made: Table, best: Best) -> str:
    lines = [(_headings(made), frozenset[int]()), *((line, best[tokenizer]) for tokenizer, line in _lines(made))]
    body = [
        "| " + " | ".join(_bold(_escape(text, _MARKDOWN), i in bold, "**{}**") for i, text in enumerate(line)) + " |"
        for line, bold in lines
    ]
    body.insert(1, "|" + "|".join([" :-- ", *(" --: " for _ in made.columns)]) + "|")
    notes = [_escape(note, _MARKDOWN) for note in _notes(made, best)]
    return "\n".join(body) + "\n" + "".join(f"\n{note}\n" for note in notes)


LISTS: dict[str, Callable[[list[Result]], str]] = {"csv": to_csv, "json": to_json}
TABLES: dict[str, Callable[[Table, Best], str]] = {"latex": to_latex, "markdown": to_markdown}


def _headings(made: Table) -> list[str]:
    return ["tokenizer", *(column.heading for column in made.columns)]


def bitrates(results: Iterable[Result]) -> dict[str, float]:
    """tokenizer -> its measured bitrate in bit/s; of several domains the mean."""
    rates: dict[str, list[float]] = {}
    for result in results:
        if result.metric == "bitrate" and result.estimate:
            rates.setdefault(result.tokenizer, []).append(result.estimate.value)
    return {name: sum(own) / len(own) for name, own in rates.items()}


def _by_bitrate(made: Table, rates: Mapping[str, float]) -> Table:
    """Rows from the lowest measured bitrate to the highest, then those without one."""
    return replace(made, rows=dict(sorted(made.rows.items(), key=lambda row: rates.get(row[0], math.inf))))


def leading(made: Table, rates: Mapping[str, float]) -> Best:
    """The cells that may be the best of their column among the tokenizers of a like bitrate: their ranks include 1."""
    groups: defaultdict[tuple[int, str], list[Result]] = defaultdict(list)
    for tokenizer, cells in made.rows.items():
        for i, cell in enumerate(cells):
            if cell and tokenizer in rates and not why_unranked(cell):
                groups[i, band(rates[tokenizer])].append(cell)
    best: dict[str, set[int]] = {tokenizer: set() for tokenizer in made.rows}
    for (i, _), group in groups.items():
        alike = len({tuple(sorted(score.clip for score in cell.scores)) for cell in group}) == 1
        if len(group) > 1 and alike and not timed_apart(*group):
            for tokenizer, rank in rank_intervals(group).ranks.items():
                if rank.best == 1:
                    best[tokenizer].add(i + 1)
    return {tokenizer: frozenset(columns) for tokenizer, columns in best.items()}


def _lines(made: Table) -> list[tuple[str, list[str]]]:
    """Each tokenizer with the texts of its row."""
    return [(tokenizer, [tokenizer, *map(table.cell, cells)]) for tokenizer, cells in made.rows.items()]


def _notes(made: Table, best: Best) -> list[str]:
    """Notes on bold cells, on MARK and on cells without a value, cell by cell."""
    found = [f"bold: not separated from the best of its band ({', '.join(BANDS)})"] if any(best.values()) else []
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
