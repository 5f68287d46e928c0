"""The figures that DATES (2025) published, as a reference tab of their own; never mixed with what we measured.

`dates/*.csv` are its tables, `dates/tables.json` names source, titles and the errors known in the source.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dates"


def dates() -> dict[str, Any]:
    """{"source", "tables": [{"title", "group", "header", "rows", "marks": {"row,column": {"should_be", "why"}}}]}"""
    described = json.loads((FOLDER / "tables.json").read_text(encoding="utf-8"))
    tables = []
    for table in described["tables"]:
        with (FOLDER / table["file"]).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        marks: dict[str, dict[str, str]] = {}
        for erratum in described["errata"]:
            if erratum["table"] == table["file"]:
                column = header.index(erratum["column"])
                mark = {"should_be": erratum["should_be"], "why": erratum["why"]}
                marks |= {f"{row},{column}": mark for row in _rows(rows, header, erratum)}
        tables.append(
            {"title": table["title"], "group": table["group"], "header": header, "rows": rows, "marks": marks}
        )
    return {"source": described["source"], "tables": tables}


def _rows(rows: list[list[str]], header: list[str], erratum: dict[str, str]) -> list[int]:
    """The rows that an erratum speaks of; -1, the header, where it speaks of the whole column."""
    if not erratum["tokenizer"]:
        return [-1]
    codebooks = header.index("#Q") if "#Q" in header else None
    return [
        i
        for i, row in enumerate(rows)
        if row[0] == erratum["tokenizer"] and (codebooks is None or row[codebooks] == erratum["codebooks"])
    ]
