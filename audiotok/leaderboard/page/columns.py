"""Columns of the board: a metric on one data set and domain, with the results of all entries in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audiotok.core.card import DOMAINS
from audiotok.leaderboard.page import glossary, ranking
from audiotok.leaderboard.page.cell import digits
from audiotok.leaderboard.page.ranking import most_common
from audiotok.leaderboard.submission.entry import Entry
from audiotok.metrics import questions
from audiotok.results.record import Result
from audiotok.results.signature import parse
from audiotok.tasks.suites import SUITES, VERSIONS, family, why_withdrawn

RATES = ("bitrate", "token_rate", "empirical_bitrate", "lm_bits")


@dataclass(frozen=True)
class BoardTable:
    """Columns that are compared with each other: a suite's data of one domain."""

    suite: str
    data: str
    domain: str

    @property
    def key(self) -> str:
        return f"{self.suite}/{self.data}/{self.domain}"


@dataclass(frozen=True)
class BoardColumn:
    table: BoardTable
    metric: str


#: Column -> place of the entry in the board's list -> its result.
ByColumn = Mapping[BoardColumn, Mapping[int, Result]]


def collect(entries: Sequence[Entry]) -> ByColumn:
    """The results of all entries, in the page's order of columns; those that are withdrawn are left out."""
    found: defaultdict[BoardColumn, dict[int, Result]] = defaultdict(dict)
    for index, entry in enumerate(entries):
        for result in entry.results:
            if not why_withdrawn(result):
                found[_column(result)][index] = result
    headline = glossary.headline()
    return dict(sorted(found.items(), key=lambda item: _order(item[0], item[1], headline)))


def describe(column: BoardColumn, results: Mapping[int, Result]) -> dict[str, Any]:
    """The page's data on a column beside ranks and tests."""
    described = _describing(results)
    return {
        "table": column.table.key,
        "metric": column.metric,
        "title": described.title or column.metric,
        "short": glossary.short(column.metric) or described.title or column.metric,
        "question": described.question,
        "unit": described.unit,
        "direction": described.direction,
        "timed": glossary.timed(column.metric),
        "text": glossary.explain(column.metric),
        "signature": described.signature,
        "family": "/".join(family(described)),
        "digits": digits([result.estimate for result in results.values() if result.estimate], described.unit),
        "n": max((result.estimate.n for result in results.values() if result.estimate), default=0),
    }


def rates(table: BoardTable, by_column: ByColumn) -> dict[int, dict[str, float]]:
    """Index of entry -> what was measured of its rates on the table's data."""
    found: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for name in RATES:
        for index, result in by_column.get(BoardColumn(table, name), {}).items():
            if result.estimate and result.estimate.value >= 0:
                found[index][name] = result.estimate.value
    return found


def bitrates_of_suite(table: BoardTable, by_column: ByColumn) -> dict[int, float]:
    """Bitrates by which a row is ranked on data that it may add: those measured on the data that every row has."""
    names = SUITES[table.suite].datasets if table.suite in SUITES else ()
    tables = (BoardTable(table.suite, name, table.domain) for name in names)
    return {index: of["bitrate"] for own in tables for index, of in rates(own, by_column).items() if "bitrate" in of}


def _column(result: Result) -> BoardColumn:
    of = parse(result.signature)
    named = (s.name for s in VERSIONS.values() if (of.task, of.data) in [(part.task, part.data) for part in s.parts])
    return BoardColumn(BoardTable(next(named, of.data), of.data, result.domain), result.metric)


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
