"""Files beside the page for other programs and pages.

board.json, board.parquet             a record for each cell, as `records` describes it
badges/<tokenizer>/<question>.svg     value and rank on the question's first metric
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from audiotok.core.identifier import slug
from audiotok.leaderboard.page.states import NOT_APPLICABLE, NOT_MEASURED, UNDEFINED

#: Pixels of a badge: about the width of a letter of 11 px Verdana, and room on both sides of a text.
LETTER, ROOM = 6.6, 6
#: Type of each field of a record whose values are no texts.
FLOATS = ("bitrate", "token_rate", "value", "low", "high", "ranked_at", "borda")
INTEGERS = ("n", "failed", "undefined", "best_rank", "worst_rank", "rivals")


def write_downloads(data: Mapping[str, Any], folder: Path) -> None:
    """`data`: `data.page_data`'s. Badges of rows that are gone go too."""
    found = records(data)
    text = json.dumps({"built": data["built"], "cells": found}, ensure_ascii=False, allow_nan=False, indent=0)
    (folder / "board.json").write_text(text + "\n", encoding="utf-8")
    _write_parquet(found, folder / "board.parquet")
    badges = folder / "badges"
    wanted = {badges / slug(r["tokenizer"]) / f"{r['question']}.svg": r for r in _badged(found)}
    for old in badges.glob("*/*.svg"):
        if old not in wanted:
            old.unlink()
    for path, record in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(badge(*_said(record)), encoding="utf-8")


def records(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A record for each cell: whose, of what, the value with its 95 % interval, and its rank or why it has none.

    ranked_at is the value by which it is ranked where that is a bound; state is "measured", "failed" (on some clips or
    all: `failed` counts them) or "undefined" (`states`), with the reason; borda is the tokenizer's in its suite, domain
    and band, with equal weights; machine is that of a time. None where there is nothing.
    """
    tables = {table["key"]: (suite["name"], table) for suite in data["suites"] for table in suite["tables"]}
    found = []
    for index, entry in enumerate(data["entries"]):
        for i, cell in entry["cells"].items():
            column = data["columns"][i]
            suite, table = tables[column["table"]]
            rates = entry["rates"].get(column["table"], {})
            low, high = cell.get("ci", (None, None))
            best, worst, rivals = cell.get("rank", (None, None, None))
            found.append(
                {
                    "tokenizer": entry["id"],
                    "title": entry["title"],
                    "kind": entry["kind"],
                    "origin": entry["origin"],
                    "suite": suite,
                    "data": table["data"],
                    "domain": table["domain"],
                    "metric": column["metric"],
                    "metric_title": column["title"],
                    "question": column["question"],
                    "unit": column["unit"],
                    "direction": column["direction"],
                    "band": data["bands"][rates["band"]] if "band" in rates else None,
                    "bitrate": rates.get("bitrate"),
                    "token_rate": rates.get("token_rate"),
                    "state": cell.get("state", "measured"),
                    "reason": cell.get("reason"),
                    "value": cell.get("v"),
                    "low": low,
                    "high": high,
                    "n": cell["n"],
                    "failed": len(cell.get("failed", ())) if cell.get("state") != UNDEFINED else 0,
                    "undefined": len(cell.get("undefined", ())),
                    "best_rank": best,
                    "worst_rank": worst,
                    "rivals": rivals,
                    "ranked_at": cell.get("bound"),
                    "unranked": cell.get("why"),
                    "borda": _borda(data, f"{suite}/{table['domain']}", index),
                    "machine": entry["provenance"].get("machine") if column["timed"] else None,
                    "signature": cell.get("sig", column["signature"]),
                }
            )
    return found


def plain_table(data: Mapping[str, Any]) -> dict[str, Any]:
    """The table without JavaScript: {"header", "rows"} of texts, the first table's headline by rate band."""
    if not data["columns"]:
        return {"header": [], "rows": []}
    key = data["columns"][0]["table"]
    columns = [i for i, c in enumerate(data["columns"]) if c["table"] == key and c["metric"] in data["headline"]]
    titles = [" ".join(filter(None, (data["columns"][i]["title"], data["columns"][i]["unit"]))) for i in columns]
    place = "/".join(key.split("/")[::2])
    rows = []
    for index, entry in enumerate(data["entries"]):
        if entry["kind"] != "tokenizer":
            continue
        rates, borda = entry["rates"].get(key, {}), _borda(data, place, index)
        behind = any(index in order["behind"] for order in data["order"].get(place, {}).values())
        band = rates.get("band", len(data["bands"]))
        texts = [
            *(entry["name"], entry["id"]),
            data["bands"][band] if "band" in rates else "not measured",
            f"{rates['bitrate'] / 1000:.2f}" if "bitrate" in rates else "–",
            "–" if borda is None else f"{borda:.2f}",
            *(_plain(entry["cells"].get(i), data["columns"][i]["digits"], _missing(entry, i)) for i in columns),
        ]
        rows.append(((band, behind, 1 if borda is None else -borda), texts))
    header = ["Tokenizer", "Identifier", "Rate band", "kbit/s", "Borda", *titles]
    return {"header": header, "rows": [texts for _, texts in sorted(rows)]}


def _missing(entry: Mapping[str, Any], column: int) -> str:
    return NOT_APPLICABLE if any(column in of for of in entry["absent"].values()) else NOT_MEASURED


def _plain(cell: Mapping[str, Any] | None, digits: int, why: str) -> str:
    if cell is None:
        return why
    if "v" not in cell:
        return str(cell["state"])
    failed = f" (failed on {len(cell['failed'])} clips)" if cell.get("failed") else ""
    text = f"{cell['v']:.{digits}f}"
    # Rounded to zero, but not zero: two significant digits.
    return (f"{cell['v']:.2g}" if cell["v"] and not float(text) else text) + failed


def _borda(data: Mapping[str, Any], place: str, index: int) -> float | None:
    for order in data["order"].get(place, {}).values():
        if index in order["who"]:
            total: float | None = order["total"][order["who"].index(index)]
            return total
    return None


def _write_parquet(found: Sequence[Mapping[str, Any]], path: Path) -> None:
    import pandas

    frame = pandas.DataFrame(found)
    for name in frame.columns:
        kind = "float64" if name in FLOATS else "Int64" if name in INTEGERS else "string"
        frame[name] = frame[name].astype(kind)
    frame.to_parquet(path, index=False)


def _badged(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The first record with a rank of each tokenizer and question; columns come in the order of the page."""
    first: dict[tuple[str, str], Mapping[str, Any]] = {}
    for record in found:
        if record["best_rank"] is not None and record["kind"] == "tokenizer" and record["question"].isidentifier():
            first.setdefault((record["tokenizer"], record["question"]), record)
    return list(first.values())


def _said(record: Mapping[str, Any]) -> tuple[str, str]:
    """Left and right text of a badge: "dWER, speech", "4.2 %, rank 1–2 of 5 at 2–4 kbit/s"."""
    best, worst, rivals = (record[name] for name in ("best_rank", "worst_rank", "rivals"))
    value = f"{record['value']:.3g} {record['unit']}".strip()
    if record["ranked_at"] is not None:
        value += f" (ranked at {record['ranked_at']:.3g})"
    rank = f"{best}" if best == worst else f"{best}–{worst}"
    among = f", rank {rank} of {rivals}" + (f" {_at(record['band'])}" if record["band"] else "") if rivals > 1 else ""
    on = f", on {record['machine']}" if record["machine"] else ""
    return f"{record['metric_title']}, {record['domain']}", value + among + on


def _at(band: str) -> str:
    return band if band[0].isalpha() else f"at {band}"


def badge(left: str, right: str) -> str:
    """Two texts side by side as an SVG that needs nothing outside itself."""
    widths = [round(len(text) * LETTER + 2 * ROOM) for text in (left, right)]
    total = sum(widths)
    parts = (
        (left, "#444", 0, widths[0]),
        (right, "#0b6bcb", widths[0], widths[1]),
    )
    shapes = "".join(
        f'<rect x="{x}" width="{width}" height="20" fill="{fill}"/>'
        f'<text x="{x + width / 2:g}" y="14" textLength="{width - 2 * ROOM}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(text)}</text>"
        for text, fill, x, width in parts
    )
    label = escape(f"{left}: {right}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" aria-label="{label}">'
        f'<title>{label}</title><g font-family="Verdana, DejaVu Sans, sans-serif" font-size="11" fill="#fff" '
        f'text-anchor="middle">{shapes}</g></svg>\n'
    )
