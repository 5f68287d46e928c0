"""Tables as they are written beside audio: TSV, CSV, JSON Lines, Parquet -> rows by the names of their columns.

A TSV is not CSV: a quotation mark in it is a character like any other. A CSV may hold line breaks in quotes, and may be
separated by semicolons, bars or tabs; a row whose quotation marks are not in pairs is read as written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from audiotok.core.audio_file import printable
from audiotok.data.layouts.base import COLUMNS, SUFFIXES
from audiotok.errors import InvalidData, MissingDependency, machine_trouble_at
from audiotok.files.json import json_lines

TABLES = (".csv", ".tsv", ".jsonl", ".parquet")
_LONGEST_FIELD = 1 << 24  # characters; csv's own limit is an eighth of a megabyte


def read_text(path: Path) -> str:
    """UTF-8, or UTF-16 where a byte order mark says so; lines end with \\n. Raises InvalidData, MachineTrouble."""
    with machine_trouble_at(printable(path)):
        content = path.read_bytes()
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding).replace("\r\n", "\n")
        return text if "\n" in text else text.replace("\r", "\n")  # which some spreadsheets still write
    except UnicodeDecodeError as error:
        raise InvalidData(f"{printable(path)}: not UTF-8 text ({error}); convert it") from error


@dataclass
class MetadataTable:
    """Rows by the names of their columns, and the lines that are none."""

    path: Path
    rows: list[dict[str, Any]]
    odd: list[str] = field(default_factory=list)
    header: list[str] = field(default_factory=list)  # of a table that has one

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys([*self.header, *(name for row in self.rows[:100] for name in row)]))


def read_table(
    path: Path,
    header: list[str] | None = None,
    delimiter: str | None = None,
    names_file: Callable[[str], bool] = lambda cell: False,
) -> MetadataTable:
    """`header` names the columns of a table whose first line does not; `names_file`: whether a cell names an audio
    file, besides those with a suffix of audio. Raises InvalidData where it cannot be read."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return MetadataTable(path, _parquet(path))
    text = read_text(path)
    if suffix == ".jsonl":
        return MetadataTable(path, [row for _, row in json_lines(text.split("\n"), printable(path))])
    lines = _separated(text, suffix, delimiter, names_file)
    if header is None:
        if not lines:
            raise InvalidData(f"{printable(path)}: is empty")
        header, lines = [title.strip() for title in lines[0][1]], lines[1:]
    table = MetadataTable(path, [], header=header)
    if twice := {title for title in header if title and header.count(title) > 1}:
        table.odd.append(f"more than one column {', '.join(sorted(twice))}: the last counts")
    for number, cells in lines:
        if len(cells) > len(header):
            table.odd.append(f"line {number} has {len(cells)} columns, not {len(header)}: left out")
        else:
            table.rows.append(dict(zip_longest(header, cells)))
    return table


def csv_rows(path: Path) -> Iterator[list[str]]:
    """The cells of a CSV's rows, read one by one: for tables of hundreds of megabytes. Raises InvalidData."""
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from (row for row in csv.reader(file) if row)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidData(f"{printable(path)}: not a CSV that can be read ({error})") from error


def _separated(
    text: str, suffix: str, delimiter: str | None, names_file: Callable[[str], bool]
) -> list[tuple[int, list[str]]]:
    """(line, cells) of rows that are not empty."""
    csv.field_size_limit(_LONGEST_FIELD)
    if suffix == ".tsv" or delimiter is not None:
        return _as_written(text, delimiter or "\t")
    first = text.partition("\n")[0]
    delimiter = max(",;|\t", key=first.count) if not first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        rows = [(reader.line_num, row) for row in reader if row]
        if not any("\n" in cell for _, row in rows for cell in row):
            return rows
    except csv.Error:
        pass
    return _row_by_row(text.split("\n"), delimiter, names_file)


def _row_by_row(lines: Sequence[str], delimiter: str, names_file: Callable[[str], bool]) -> list[tuple[int, list[str]]]:
    """Rows of a CSV that holds line breaks in quotes, or quotation marks that are not in pairs. Of the latter, only
    their own rows are read as written."""

    def is_row(line: str) -> bool:
        """Whether a line looks like a whole row: within quotes it would be lost. A header has no line breaks."""
        cells = line.split(delimiter)
        if not rows:
            return True
        if column is None or len(cells) < len(rows[0][1]):
            return False
        cell = cells[column].strip().strip('"')
        return Path(cell).suffix.lower() in SUFFIXES or names_file(cell)

    rows: list[tuple[int, list[str]]] = []
    column: int | None = None  # of paths
    number = 0
    while number < len(lines):
        if not lines[number].strip():
            number += 1
            continue
        cells, taken = _row(lines, number, delimiter, is_row)
        if not rows:
            titles = [title.strip().lower() for title in cells]
            column = next((titles.index(known) for known in COLUMNS["path"] if known in titles), None)
        rows.append((number + 1, cells))
        number += taken
    return rows


def _row(lines: Sequence[str], first: int, delimiter: str, is_row: Callable[[str], bool]) -> tuple[list[str], int]:
    """The cells of the row that begins in line `first`, and its number of lines."""

    may_be_whole = is_row(lines[first])  # not where its path comes behind the line break

    def its_lines() -> Iterator[str]:
        yield lines[first] + "\n"
        for number in range(first + 1, len(lines)):
            if may_be_whole and is_row(lines[number]):
                return
            yield lines[number] + "\n"

    reader = csv.reader(its_lines(), delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        return next(reader), reader.line_num
    except csv.Error:
        return lines[first].split(delimiter), 1


def _as_written(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    # Not splitlines(): a text may hold other characters that Python takes for a line's end.
    lines = enumerate(text.split("\n"), start=1)
    return [(number, line.split(delimiter)) for number, line in lines if line.strip()]


def _parquet(path: Path) -> list[dict[str, Any]]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise MissingDependency('Parquet needs pyarrow; install it with: pip install "audiotok[data]"') from error
    try:
        return list(pyarrow.parquet.read_table(path).to_pylist())
    except pyarrow.ArrowInvalid as error:
        raise InvalidData(f"{printable(path)}: not a Parquet file ({error})") from error
