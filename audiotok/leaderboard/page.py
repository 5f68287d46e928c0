"""The page's data: entries turned into columns and cells, compact enough to travel inside the page.

A column is one metric on one data set and domain; a cell is one entry's result in it. Ranks are computed here, where
the scores of all clips are at hand; the page only shows and weighs them.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from audiotok._version import __version__
from audiotok.card import DOMAINS
from audiotok.leaderboard import glossary, ranking
from audiotok.leaderboard.entry import Entry
from audiotok.leaderboard.ranking import most_common
from audiotok.recipe import SUITES
from audiotok.results.ranking import BANDS, band
from audiotok.results.record import Estimate, Result
from audiotok.results.signature import parse

#: Above this, a cell carries the worst clips and others evenly spaced in rank order: the page stays light.
MAX_CLIPS = 150
WORST = 12
RATES = ("bitrate", "token_rate", "empirical_bitrate")


@dataclass(frozen=True)
class Table:
    """What is compared with each other."""

    suite: str
    data: str
    domain: str


@dataclass(frozen=True)
class Column:
    table: Table
    metric: str


def page_data(
    entries: Sequence[Entry], clips: Mapping[str, Mapping[str, Any]], refused: Mapping[str, str]
) -> dict[str, Any]:
    """All that the page shows. `clips` and `refused` as in `build`."""
    by_column: defaultdict[Column, dict[int, Result]] = defaultdict(dict)
    for index, entry in enumerate(entries):
        for result in entry.results:
            by_column[_column(result)][index] = result
    columns = sorted(by_column, key=lambda column: _order(column, by_column[column]))
    clip_ids = sorted(
        {score.clip for entry in entries for result in entry.results for score in result.scores}
        | {clip for entry in entries for clip in entry.samples}
    )
    clip_index = {clip: i for i, clip in enumerate(clip_ids)}
    shown = [_entry(entry) for entry in entries]
    titles = Counter(values["title"] for values in shown)
    for values in shown:
        if titles[values["title"]] > 1 and values["title"] != values["id"]:
            values["name"] = f"{values['title']} ({values['id'].removeprefix(values['family'] + ':')})"
    tables = list(dict.fromkeys(column.table for column in columns))
    ranked: dict[Column, ranking.ColumnRanks] = {}
    borda = {}
    for table in tables:
        own = [column for column in columns if column.table == table]
        rates = _rates(table, by_column)
        bitrates = {index: of["bitrate"] for index, of in rates.items() if "bitrate" in of}
        aside = ranking.representatives(entries, bitrates)
        for index, of in rates.items():
            shown[index]["rates"][_key(table)] = of | (
                {"band": BANDS.index(band(of["bitrate"]))} if "bitrate" in of else {}
            )
        for column in own:
            ranked[column] = ranking.column_ranks(entries, by_column[column], bitrates, aside)
        questions = [(_describing(by_column[column]).question, ranked[column]) for column in own]
        borda[_key(table)] = ranking.borda_by_question(questions)
    described = [_describe(column, by_column[column]) for column in columns]
    for i, column in enumerate(columns):
        for index, result in by_column[column].items():
            shown[index]["cells"][i] = _cell(result, index, ranked[column], described[i]["signature"], clip_index)
    return {
        "version": __version__,
        "suites": _suites(tables),
        "questions": glossary.QUESTIONS,
        "bands": BANDS,
        "headline": glossary.HEADLINE,
        "columns": described,
        "borda": borda,
        "clips": [{"id": clip, **clips.get(clip, {})} for clip in clip_ids],
        "entries": shown,
        "refused": dict(refused),
    }


def _column(result: Result) -> Column:
    signed = parse(result.signature)
    recipe = signed.recipe.split(".v")[0]
    data = signed.fields.get("data", "").split("@")[0]
    named = (suite.name for suite in SUITES.values() if data in suite.datasets and recipe in suite.recipes)
    return Column(Table(next(named, data), data, result.domain), result.metric)


def _rates(table: Table, by_column: Mapping[Column, Mapping[int, Result]]) -> dict[int, dict[str, float]]:
    """Index of entry -> what was measured of its rates on the table's data."""
    found: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for name in RATES:
        for index, result in by_column.get(Column(table, name), {}).items():
            if result.estimate and result.estimate.value >= 0:
                found[index][name] = result.estimate.value
    return found


def _key(table: Table) -> str:
    return f"{table.suite}/{table.data}/{table.domain}"


def _order(column: Column, results: Mapping[int, Result]) -> tuple[Any, ...]:
    """Our suites first, the questions in the glossary's order, each with its headline metrics in front."""
    suites, domains, questions = list(SUITES), list(DOMAINS), list(glossary.QUESTIONS)
    table = column.table
    return (
        *(_position(suites, table.suite), table.suite, table.data, _position(domains, table.domain)),
        _position(questions, _describing(results).question),
        _position(glossary.HEADLINE, column.metric),
        column.metric,
    )


def _position(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else len(names)


def _describing(results: Mapping[int, Result]) -> Result:
    """The result whose title, unit and direction speak for the column: one that most agree with."""
    kind = most_common(map(ranking.kind_of, results.values()))
    return next(result for result in results.values() if ranking.kind_of(result) == kind)


def _suites(tables: Sequence[Table]) -> list[dict[str, Any]]:
    of: defaultdict[str, list[Table]] = defaultdict(list)
    for table in tables:
        of[table.suite].append(table)
    return [
        {"name": name, "official": name in SUITES, "tables": [{"key": _key(t), **asdict(t)} for t in own]}
        for name, own in of.items()
    ]


def _describe(column: Column, results: Mapping[int, Result]) -> dict[str, Any]:
    described = _describing(results)
    return {
        "table": _key(column.table),
        "metric": column.metric,
        "title": described.title or column.metric,
        "question": described.question,
        "unit": described.unit,
        "direction": described.direction,
        "text": glossary.EXPLANATIONS.get(column.metric, ""),
        "signature": described.signature,
        "digits": digits([result.estimate for result in results.values() if result.estimate], described.unit),
        "n": max((result.estimate.n for result in results.values() if result.estimate), default=0),
    }


def digits(estimates: Sequence[Estimate], unit: str) -> int:
    """Decimals worth printing: the first digit that a typical interval leaves uncertain is the last one shown."""
    widths = [e.high - e.low for e in estimates if e.low is not None and e.high is not None and e.high > e.low]
    sizes = [abs(e.value) for e in estimates if e.value]
    if widths:
        # The geometric mean: widths of one column may differ a hundredfold, and both ends must stay legible.
        shown = -math.floor(math.log10(statistics.geometric_mean(widths) / 2))
    else:
        shown = 2 - math.floor(math.log10(statistics.median(sizes))) if sizes else 2
    return min(max(shown, 1 if unit == "%" else 0), 3)


def _cell(
    result: Result, index: int, column: ranking.ColumnRanks, signature: str, clip_index: Mapping[str, int]
) -> dict[str, Any]:
    """Only what is there is written, under short names: a board has thousands of cells.

    v value, ci its interval, n clips, how the interval was made, rank [best, worst] of `of`, why it has none,
    mark "failed" | "judge" | "other", failed and undefined {clip: reason}, groups {language: [value, low, high]},
    clips [[clip, value], …] worst first, sig where it is not the column's.
    """
    cell: dict[str, Any] = {"n": result.estimate.n if result.estimate else 0}
    if result.estimate:
        cell["v"] = _short(result.estimate.value)
        if result.estimate.low is not None and result.estimate.high is not None:
            cell["ci"] = [_short(result.estimate.low), _short(result.estimate.high)]
    if result.uncertainty:
        cell["how"] = result.uncertainty
    if interval := column.ranks.get(index):
        cell["rank"] = [interval.best, interval.worst, column.competitors[index]]
    if why := column.left_out.get(index):
        cell["why"] = why
    if result.failures:
        cell["failed"] = dict(sorted(result.failures.items()))
    if result.unranked and column.left_out.get(index) == result.unranked:
        cell["judge"] = 1
    if result.undefined:
        cell["undefined"] = dict(sorted(result.undefined.items()))
    if result.signature != signature:
        cell["sig"] = result.signature
    if result.groups:
        cell["groups"] = {
            name: [None if x is None else _short(x) for x in (e.value, e.low, e.high)]
            for name, e in sorted(result.groups.items())
        }
    scores = [(clip_index[s.clip], _short(result.scale * s.total / s.weight)) for s in result.scores if s.weight]
    if scores:
        cell["clips"] = _thin(scores, result.direction)
        cell["all"] = int(len(scores) <= MAX_CLIPS)
    return cell


def _thin(scores: list[tuple[int, float]], direction: str) -> list[tuple[int, float]]:
    """At most MAX_CLIPS of them, worst first."""
    scores = sorted(scores, key=lambda score: (-score[1] if direction == "lower" else score[1], score[0]))
    if len(scores) <= MAX_CLIPS:
        return scores
    step = (len(scores) - 1 - WORST) / (MAX_CLIPS - WORST - 1)
    return scores[:WORST] + [scores[WORST + round(i * step)] for i in range(MAX_CLIPS - WORST)]


def _short(value: float) -> float:
    """Six significant digits: more than any metric has, and a third of the bytes."""
    return float(f"{value:.6g}")


def _title(entry: Entry) -> str:
    return str(entry.card["title"]) if entry.card else entry.tokenizer


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.tokenizer,
        "title": _title(entry),
        "name": _title(entry),
        "family": ranking.family(entry.tokenizer),
        "kind": entry.kind,
        "origin": entry.origin,
        "card": entry.card,
        "conformance": entry.conformance,
        "environment": dict(entry.environment),
        "provenance": {key: value for result in entry.results for key, value in sorted(result.provenance.items())},
        "rates": {},
        "cells": {},
    }
