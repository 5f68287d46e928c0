"""The page's data as it travels: what the first view needs inside the page, the rest in a file for each tokenizer.

The page turns `packed` back into what `page_data` describes (web/js/packed.js), and adds an entry's `details` once a
view asks for them: scores of all clips, shown and unrounded, and values by language. Both repeat no
text: reasons and the like are numbers of a list, `texts`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audiotok.results.signature import parse

_Heard = Mapping[str, set[int]]


class _Texts:
    """Numbers texts in the order in which they are met."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))


def packed(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The data in the page, and the details of each entry; `data` is left as it is.

    Of clips' scores those stay in the page that are shown beside audio: of the entry's samples, in columns shown first,
    and of what a recipe's language model made, in that recipe's columns.
    """
    texts = _Texts()
    places = {clip["id"]: i for i, clip in enumerate(data["clips"])}
    clips = {clip["id"]: clip for clip in data["clips"]}
    shown = {i for i, column in enumerate(data["columns"]) if column["metric"] in data["headline"]}
    known = {data["columns"][i]["table"] for i in shown}
    shown |= {i for i, column in enumerate(data["columns"]) if column["table"] not in known}
    tasks = [parse(column["signature"]).task for column in data["columns"]]
    entries, details = [], []
    for index, entry in enumerate(data["entries"]):
        heard = _heard(entry.get("samples", ()), clips, places)
        cells = {}
        for i, cell in entry["cells"].items():
            made = heard.get(tasks[i], set())
            cells[i] = _cell(cell, made | (heard.get("", set()) if i in shown else set()), texts)
        entries.append({**entry, "cells": cells})
        details.append(_details(index, entry["cells"], data["columns"]))
    columns = [_column(column, texts) for column in data["columns"]]
    return {**data, "columns": columns, "entries": entries, "texts": list(texts.numbers)}, details


def _heard(samples: Iterable[str], clips: Mapping[str, Mapping[str, Any]], places: Mapping[str, int]) -> _Heard:
    """Recipe -> places of the clips that its language model went on from or read; "" -> those that were decoded."""
    heard: defaultdict[str, set[int]] = defaultdict(set)
    for name in samples:
        clip = clips.get(name, {})
        heard[clip.get("recipe", "")].add(places.get(clip.get("of", name), -1))
    return heard


def _cell(cell: Mapping[str, Any], heard: set[int], texts: _Texts) -> list[Any]:
    """[n, v, low, high, best, worst, rivals, why, how], which nearly all cells have, and the others as one object."""
    low, high = cell.get("ci", (None, None))
    rank = cell.get("rank", (None, None, None))
    why, how = (texts(cell[name]) if name in cell else None for name in ("why", "how"))
    plain = [cell["n"], cell.get("v"), low, high, *rank, why, how]
    rare = {name: cell[name] for name in ("lead", "bound", "twin", "sig", "state") if name in cell}
    rare |= {name: texts(cell[name]) for name in ("judge", "reason") if name in cell}
    for name in ("failed", "undefined"):
        if name in cell:
            rare[name] = _by_reason(cell[name], texts)
    if "clips" in cell:
        rare["clips"] = [own for own in cell["clips"] if own[0] in heard]
    if not rare.get("clips", True):
        rare["clips"] = 0  # there are some in the details
    while not rare and plain[-1] is None:
        plain.pop()
    return [*plain, rare] if rare else plain


def _by_reason(clips: Mapping[str, str], texts: _Texts) -> dict[int, list[str]]:
    reasons: dict[int, list[str]] = {}
    for clip, reason in clips.items():
        reasons.setdefault(texts(reason), []).append(clip)
    return reasons


def _column(column: Mapping[str, Any], texts: _Texts) -> dict[str, Any]:
    """Its unrounded scores are in the details; reasons why BD-rates are undefined are few, and said once."""
    kept = dict(column)
    if column.get("tested"):
        kept["tested"] = {name: own for name, own in column["tested"].items() if name != "scores"}
    if column.get("bd"):
        cells = [[[texts(cell)] if isinstance(cell, str) else cell for cell in row] for row in column["bd"]["cells"]]
        kept["bd"] = {**column["bd"], "cells": cells}
    return kept


def _details(
    index: int, cells: Mapping[int, Mapping[str, Any]], columns: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """clips: column -> [clip, value, clip, value, …]; all: the columns in which these are all; groups: as in the cell;
    scores: column -> [totals, weights] of what is tested (`paired_scores`).
    """
    tested = {i: column["tested"]["scores"] for i, column in enumerate(columns) if column.get("tested")}
    return {
        "clips": {i: [part for own in cell["clips"] for part in own] for i, cell in cells.items() if "clips" in cell},
        "all": [i for i, cell in cells.items() if cell.get("all")],
        "groups": {i: cell["groups"] for i, cell in cells.items() if "groups" in cell},
        "scores": {i: scores[index] for i, scores in tested.items() if index in scores},
    }
