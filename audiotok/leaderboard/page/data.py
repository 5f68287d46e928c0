"""The page's data: entries turned into columns and cells, compact enough to travel inside the page.

A column is one metric on one data set and domain; a cell is one entry's result in it. Ranks are computed here, where
the scores of all clips are at hand; the page only shows and weighs them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from audiotok import registry
from audiotok._version import __version__
from audiotok.leaderboard.page import columns, glossary, licences, order, ranking, states
from audiotok.leaderboard.page.cell import cell
from audiotok.leaderboard.page.curves import bd_rates
from audiotok.leaderboard.page.paired_scores import paired_scores
from audiotok.leaderboard.submission.entry import Entry
from audiotok.metrics.questions import GROUPS, QUESTIONS
from audiotok.results.ranking import BANDS, band, win_rate
from audiotok.results.record import Result
from audiotok.tasks.suites import SUITES


def page_data(
    entries: Sequence[Entry], clips: Mapping[str, Mapping[str, Any]], refused: Mapping[str, str]
) -> dict[str, Any]:
    """All that the page shows. `clips` and `refused` as in `build`.

    order: "<suite>/<domain>" -> band -> the Borda count by pairs (`order.orders`);
    without: "<suite>/<domain>" -> {entry: why it has no place in the order};
    wins: table -> identifier -> share of tests won;
    columns[i].tested and units: `paired_scores`; entries[i].cells[column]: `cell.cell`;
    entries[i].rates: table -> what was measured of its rates on the table's data, and the band that it is ranked in
    (from its bitrate on the suite's data, where the table has no bitrates);
    entries[i].absent: {why: columns that cannot be asked of it}; a cell that is in neither was not measured.
    Entries and columns are named by their place in the lists.
    """
    by_column = columns.collect(entries)
    clip_ids = sorted(
        {score.clip for entry in entries for result in entry.results for score in result.scores}
        | {clip for entry in entries for clip in entry.samples}
    )
    board = _Board(
        entries,
        by_column,
        {clip: i for i, clip in enumerate(clip_ids)},
        [columns.describe(*one) for one in by_column.items()],
        _entries(entries),
    )
    units = board.add_tested()
    tables = list(dict.fromkeys(column.table for column in by_column))
    places: defaultdict[str, _Place] = defaultdict(_Place)
    wins = {table.key: board.rank(table, places[f"{table.suite}/{table.domain}"]) for table in tables}
    board.add_absent()
    orders = {name: order.orders(place.counted, place.bands) for name, place in places.items() if place.counted}
    tokenizers = [index for index, entry in enumerate(entries) if entry.kind == "tokenizer"]
    return {
        "version": __version__,
        "suites": _suites(tables),
        "questions": QUESTIONS,
        "groups": GROUPS,
        "bands": BANDS,
        "headline": glossary.headline(),
        "columns": board.described,
        "units": units,
        "order": orders,
        "without": {
            name: order.without(own, tokenizers, places[name].bands, places[name].set_aside)
            for name, own in orders.items()
        },
        "wins": wins,
        "clips": [{"id": clip, **clips.get(clip, {})} for clip in clip_ids],
        "entries": board.shown,
        "refused": dict(refused),
    }


@dataclass
class _Place:
    """A suite's domain, which has an order of its own over the tables of all its data."""

    counted: list[order.Counted] = field(default_factory=list)  # columns of the Borda count
    bands: dict[int, str] = field(default_factory=dict)  # entry -> rate band
    set_aside: dict[int, str] = field(default_factory=dict)  # entry -> why it is not ranked, whatever its scores


@dataclass(frozen=True)
class _Board:
    """The page's columns and entries, into which tests, rates, ranks and cells are filled."""

    entries: Sequence[Entry]
    by_column: columns.ByColumn
    clip_index: Mapping[str, int]
    described: list[dict[str, Any]]  # of the columns, in the order of `by_column`
    shown: list[dict[str, Any]]  # of the entries

    def add_tested(self) -> list[dict[str, Any]]:
        """Add to every column what is tested in it, and return the units that are named there."""
        found, units = paired_scores(list(self.by_column.values()))
        for described, own in zip(self.described, found, strict=True):
            described["tested"] = own
        return units

    def rank(self, table: columns.BoardTable, place: _Place) -> dict[str, float]:
        """Fill in a table's rates, ranks and cells; identifier -> share of the table's tests that it won."""
        bitrates = self._add_rates(table)
        bands = bitrates or columns.bitrates_of_suite(table, self.by_column)
        set_aside = ranking.why_set_aside(self.entries, bands)
        place.bands |= {index: band(bitrate) for index, bitrate in bands.items()}
        place.set_aside |= set_aside
        own = [(i, column) for i, column in enumerate(self.by_column) if column.table == table]
        twins = ranking.twins([self.by_column[column] for _, column in own])
        merits: dict[str, order.Counted] = {}
        for i, column in own:
            results, described = self.by_column[column], self.described[i]
            ranked = ranking.column_ranks(self.entries, results, bands, set_aside, twins)
            if glossary.in_borda(column.metric, described["question"]):
                merits[column.metric] = _counted(self.entries, results, described, ranked)
            described["basis"] = next((of_band.basis for of_band in ranked.by_band.values()), "")
            described["bd"] = bd_rates(self.entries, results, bitrates)
            for index, result in results.items():
                if index in bands:
                    self.shown[index]["rates"].setdefault(table.key, {}).update(_band(bands[index]))
                self.shown[index]["cells"][i] = cell(result, index, ranked, described["signature"], self.clip_index)
        once = ranking.counted_once({metric: counted.ranked for metric, counted in merits.items()})
        place.counted += (merits[metric] for metric in once)
        won = win_rate(one for metric in once for one in merits[metric].ranked.by_band.values())
        return _with_twins(won, self.entries, [counted.ranked for counted in merits.values()])

    def _add_rates(self, table: columns.BoardTable) -> dict[int, float]:
        """Rates that were measured on a table's data; entry -> bitrate."""
        rates = columns.rates(table, self.by_column)
        for index, of in rates.items():
            self.shown[index]["rates"][table.key] = dict(of)
        return {index: of["bitrate"] for index, of in rates.items() if "bitrate" in of}

    def add_absent(self) -> None:
        """Why a column cannot be asked of an entry, for columns in which it has no cell."""
        asked = {i: (column.metric, column.table.domain) for i, column in enumerate(self.by_column)}
        for shown, entry in zip(self.shown, self.entries, strict=True):
            shown["absent"] = states.absent(entry, {i: own for i, own in asked.items() if i not in shown["cells"]})


def _counted(
    entries: Sequence[Entry], results: Mapping[int, Result], described: Mapping[str, Any], ranked: ranking.ColumnRanks
) -> order.Counted:
    return order.Counted(
        described["question"],
        ranked,
        {index: entries[index].tokenizer for index in results},
        {index: result.estimate.value for index, result in results.items() if result.estimate},
        described["unit"],
        described["direction"],
    )


def _with_twins(
    wins: Mapping[str, float], entries: Sequence[Entry], merits: Sequence[ranking.ColumnRanks]
) -> dict[str, float]:
    """Twins have the rate of the one that they are counted with."""
    pairs = {index: first for ranked in merits for index, first in ranked.twin_of.items()}
    rates = {index: wins.get(entries[first].tokenizer) for index, first in pairs.items()}
    return {**wins, **{entries[index].tokenizer: rate for index, rate in rates.items() if rate is not None}}


def _band(bitrate: float) -> dict[str, int]:
    return {"band": BANDS.index(band(bitrate))}


def _suites(tables: Sequence[columns.BoardTable]) -> list[dict[str, Any]]:
    of: defaultdict[str, list[columns.BoardTable]] = defaultdict(list)
    for table in tables:
        of[table.suite].append(table)
    return [
        {
            "name": name,
            "version": _version(name),
            "official": name in SUITES,
            "tables": [{"key": t.key, **asdict(t)} for t in own],
        }
        for name, own in of.items()
    ]


def _version(suite: str) -> int | None:
    """The newest version of a suite, None for data that is in none."""
    return SUITES[suite].version if suite in SUITES else None


def _entries(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The page's data on each entry beside its cells. `name` tells apart those with one title."""
    titles = [str(entry.card["title"]) if entry.card else entry.tokenizer for entry in entries]
    shown = []
    for entry, title in zip(entries, titles, strict=True):
        family = ranking.family(entry.tokenizer)
        mode = entry.tokenizer.removeprefix(f"{family}:")
        card = licences.with_code_licence(entry.tokenizer, entry.card)
        shown.append(
            {
                "id": entry.tokenizer,
                "title": title,
                "name": f"{title} ({mode})" if titles.count(title) > 1 and title != entry.tokenizer else title,
                "family": family,
                "kind": entry.kind,
                "origin": entry.origin,
                "verified": entry.verified,
                "card": card,
                "commercial": licences.commercial(card),
                "conformance": entry.conformance,
                "environment": dict(entry.environment),
                "macs": registry.published_costs().get(entry.tokenizer, {}).get("macs_per_second"),
                # Those of optional recipes come first, so that the row's own have the last word.
                "provenance": {k: v for result in entry.results for k, v in sorted(result.provenance.items())},
                "rates": {},
                "cells": {},
            }
        )
    return shown
