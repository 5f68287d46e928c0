"""The page's data: entries turned into columns and cells, compact enough to travel inside the page.

A column is one metric on one data set and domain; a cell is one entry's result in it. Ranks are computed here, where
the scores of all clips are at hand; the page only shows and weighs them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from audiotok._version import __version__
from audiotok.core.card import DOMAINS
from audiotok.leaderboard.page import glossary, licences, order, ranking, states
from audiotok.leaderboard.page.cell import cell, digits
from audiotok.leaderboard.page.curves import bd_rates
from audiotok.leaderboard.page.pairwise_tests import pairwise_tests
from audiotok.leaderboard.page.ranking import most_common
from audiotok.leaderboard.submission.entry import Entry
from audiotok.metrics import questions
from audiotok.metrics.questions import GROUPS, QUESTIONS
from audiotok.results.ranking import BANDS, band, win_rate
from audiotok.results.record import Result
from audiotok.results.signature import parse
from audiotok.tasks.suites import SUITES, VERSIONS, why_withdrawn

RATES = ("bitrate", "token_rate", "empirical_bitrate", "lm_bits")


@dataclass(frozen=True)
class BoardTable:
    """Columns that are compared with each other: a suite's data of one domain."""

    suite: str
    data: str
    domain: str


@dataclass(frozen=True)
class BoardColumn:
    table: BoardTable
    metric: str


def page_data(
    entries: Sequence[Entry], clips: Mapping[str, Mapping[str, Any]], refused: Mapping[str, str]
) -> dict[str, Any]:
    """All that the page shows. `clips` and `refused` as in `build`.

    order: "<suite>/<domain>" -> band -> the Borda count by pairs (`order.orders`);
    without: "<suite>/<domain>" -> {entry: why it has no place in the order};
    wins: table -> identifier -> share of tests won;
    columns[i].pairs: `pairwise_tests`; entries[i].cells[column]: `cell.cell`;
    entries[i].absent: {why: columns that cannot be asked of it}; a cell that is in neither was not measured.
    Entries and columns are named by their place in the lists.
    """
    by_column: defaultdict[BoardColumn, dict[int, Result]] = defaultdict(dict)
    for index, entry in enumerate(entries):
        for result in entry.results:
            if not why_withdrawn(result):
                by_column[_column(result)][index] = result
    headline = glossary.headline()
    columns = sorted(by_column, key=lambda column: _order(column, by_column[column], headline))
    clip_ids = sorted(
        {score.clip for entry in entries for result in entry.results for score in result.scores}
        | {clip for entry in entries for clip in entry.samples}
    )
    clip_index = {clip: i for i, clip in enumerate(clip_ids)}
    shown = _entries(entries)
    described = [_describe(column, by_column[column]) for column in columns]
    tables = list(dict.fromkeys(column.table for column in columns))
    tested = pairwise_tests([by_column[column] for column in columns], [column.table.data for column in columns])
    for shown_column, found in zip(described, tested, strict=True):
        shown_column["pairs"] = found
    counted: defaultdict[tuple[str, str], list[order.Counted]] = defaultdict(list)
    banded: defaultdict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    aside_of: defaultdict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    wins = {}
    for table in tables:
        rates = _rates(table, by_column)
        for index, of in rates.items():
            shown[index]["rates"][_key(table)] = of | (_band(of["bitrate"]) if "bitrate" in of else {})
        bitrates = {index: of["bitrate"] for index, of in rates.items() if "bitrate" in of}
        bands = bitrates or _bitrates_of_suite(table, by_column)
        aside = ranking.representatives(entries, bands)
        place = (table.suite, table.domain)
        banded[place] |= {index: band(bitrate) for index, bitrate in bands.items()}
        aside_of[place] |= aside
        own = [by_column[column] for column in columns if column.table == table]
        twins = ranking.twins(own)
        merits = []
        for i, column in enumerate(columns):
            if column.table == table:
                ranked = ranking.column_ranks(entries, by_column[column], bands, aside, twins)
                if glossary.in_borda(column.metric, described[i]["question"]):
                    merits.append(ranked)
                    counted[place].append(_counted(entries, by_column[column], described[i], ranked))
                described[i]["basis"] = next((own.basis for own in ranked.by_band.values()), "")
                described[i]["bd"] = bd_rates(entries, by_column[column], bitrates)
                for index, result in by_column[column].items():
                    shown[index]["cells"][i] = cell(result, index, ranked, described[i]["signature"], clip_index)
        wins[_key(table)] = _with_twins(
            win_rate(one for ranked in merits for one in ranked.by_band.values()), entries, merits
        )
    asked = {i: (column.metric, column.table.domain) for i, column in enumerate(columns)}
    for one, entry in zip(shown, entries, strict=True):
        one["absent"] = states.absent(entry, {i: own for i, own in asked.items() if i not in one["cells"]})
    ordered = {place: order.orders(own, banded[place]) for place, own in counted.items()}
    tokenizers = [index for index, entry in enumerate(entries) if entry.kind == "tokenizer"]
    return {
        "version": __version__,
        "suites": _suites(tables),
        "questions": QUESTIONS,
        "groups": GROUPS,
        "bands": BANDS,
        "headline": headline,
        "columns": described,
        "order": {"/".join(place): own for place, own in ordered.items()},
        "without": {
            "/".join(place): order.without(own, tokenizers, banded[place], aside_of[place])
            for place, own in ordered.items()
        },
        "wins": wins,
        "clips": [{"id": clip, **clips.get(clip, {})} for clip in clip_ids],
        "entries": shown,
        "refused": dict(refused),
    }


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


def _column(result: Result) -> BoardColumn:
    signed = parse(result.signature)
    recipe = signed.recipe.split(".v")[0]
    data = signed.fields.get("data", "").split("@")[0]
    named = (s.name for s in VERSIONS.values() if (recipe, data) in [(part.task, part.data) for part in s.parts])
    return BoardColumn(BoardTable(next(named, data), data, result.domain), result.metric)


def _rates(table: BoardTable, by_column: Mapping[BoardColumn, Mapping[int, Result]]) -> dict[int, dict[str, float]]:
    """Index of entry -> what was measured of its rates on the table's data."""
    found: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for name in RATES:
        for index, result in by_column.get(BoardColumn(table, name), {}).items():
            if result.estimate and result.estimate.value >= 0:
                found[index][name] = result.estimate.value
    return found


def _bitrates_of_suite(table: BoardTable, by_column: Mapping[BoardColumn, Mapping[int, Result]]) -> dict[int, float]:
    """By which a row is ranked on what it may add: those measured on the data that every row has."""
    names = SUITES[table.suite].datasets if table.suite in SUITES else ()
    tables = (BoardTable(table.suite, name, table.domain) for name in names)
    return {index: of["bitrate"] for own in tables for index, of in _rates(own, by_column).items() if "bitrate" in of}


def _band(bitrate: float) -> dict[str, int]:
    return {"band": BANDS.index(band(bitrate))}


def _key(table: BoardTable) -> str:
    return f"{table.suite}/{table.data}/{table.domain}"


def _order(column: BoardColumn, results: Mapping[int, Result], headline: Sequence[str]) -> tuple[Any, ...]:
    """Our suites first, their data as the suite names it, questions as metrics have them, headline metrics in front."""
    suites, domains = list(SUITES), list(DOMAINS)
    table = column.table
    datasets = SUITES[table.suite].datasets if table.suite in SUITES else ()
    return (
        *(_position(suites, table.suite), table.suite),
        *(_position(datasets, table.data), table.data, _position(domains, table.domain)),
        questions.position(_describing(results).question),
        _position(headline, column.metric),
        column.metric,
    )


def _position(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else len(names)


def _describing(results: Mapping[int, Result]) -> Result:
    """The result whose title, unit and direction speak for the column: one that most agree with."""
    kind = most_common(map(ranking.kind_of, results.values()))
    return next(result for result in results.values() if ranking.kind_of(result) == kind)


def _suites(tables: Sequence[BoardTable]) -> list[dict[str, Any]]:
    of: defaultdict[str, list[BoardTable]] = defaultdict(list)
    for table in tables:
        of[table.suite].append(table)
    return [
        {
            "name": name,
            "version": _version(name),
            "official": name in SUITES,
            "tables": [{"key": _key(t), **asdict(t)} for t in own],
        }
        for name, own in of.items()
    ]


def _version(suite: str) -> int | None:
    """The newest version of a suite, None for data that is in none."""
    return SUITES[suite].version if suite in SUITES else None


def _describe(column: BoardColumn, results: Mapping[int, Result]) -> dict[str, Any]:
    described = _describing(results)
    return {
        "table": _key(column.table),
        "metric": column.metric,
        "title": described.title or column.metric,
        "short": glossary.short(column.metric) or described.title or column.metric,
        "question": described.question,
        "unit": described.unit,
        "direction": described.direction,
        "text": glossary.explain(column.metric),
        "signature": described.signature,
        "digits": digits([result.estimate for result in results.values() if result.estimate], described.unit),
        "n": max((result.estimate.n for result in results.values() if result.estimate), default=0),
    }


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
                # Those of optional recipes come first, so that the row's own have the last word.
                "provenance": {k: v for result in entry.results for k, v in sorted(result.provenance.items())},
                "rates": {},
                "cells": {},
            }
        )
    return shown
