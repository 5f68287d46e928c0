"""The order of a band: Borda counts of pairs, each over the questions on which both of the pair are ranked.

    share(A, B) = Σ weight · points(question, A, B) / Σ weight     over the questions that both have
    Borda(A)    = Σ share(A, B) / n(B) / Σ 1 / n(B)               over the rivals B with a question in common

Points of a question are the mean over its metrics on which both are ranked: 1 for a win, 0.5 where the data does not
separate them, 0 for a loss. n(B) is the number of tokenizers whose audio equals B's, so that twins weigh as one rival.
A tokenizer whose words cannot be told, or of which nobody knows whether they can, never leads (`behind`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from audiotok.leaderboard.page.ranking import ColumnRanks
from audiotok.results.ranking import BANDS, Ranking

#: Per cent of words. With every second word wrong a sentence is not understood.
MOST_WORD_ERRORS = 50.0


@dataclass(frozen=True)
class Counted:
    """A column that counts, and the values at which its entries are ranked. Keys are indices of entries."""

    question: str
    ranked: ColumnRanks
    names: Mapping[int, str]  # identifiers, as rankings know them
    values: Mapping[int, float] = field(default_factory=dict)
    unit: str = ""
    direction: str = ""


def orders(columns: Sequence[Counted], bands: Mapping[int, str]) -> dict[str, dict[str, Any]]:
    """Band -> {"who", "questions", "alike", "total", "behind"} of one suite and domain, where two or more are ranked.

    who: entries with a rank, by index; questions: {question: points of the first of each two in combinations(who, 2),
    None where one of them has none}; alike: n of each; total: Borda with equal weights; behind: {entry: why}.
    `bands`: entry -> its band.
    """
    found = {}
    for band in BANDS:
        who = sorted({index for c in columns for index in c.ranked.ranks if bands.get(index) == band})
        if len(who) < 2:
            continue
        questions: defaultdict[str, list[Counted]] = defaultdict(list)
        for column in columns:
            questions[column.question].append(column)
        pairs = list(combinations(who, 2))
        points = {question: [_points(own, *pair, band) for pair in pairs] for question, own in questions.items()}
        alike = _alike(columns, who)
        found[band] = {
            "who": who,
            "questions": {name: own for name, own in points.items() if any(share is not None for share in own)},
            "alike": alike,
            "total": totals(who, list(points.values()), alike),
            "behind": {index: why for index in who if (why := _unusable(questions.get("intelligibility", []), index))},
        }
    return found


def without(
    orders: Mapping[str, Mapping[str, Any]],
    tokenizers: Iterable[int],
    bands: Mapping[int, str],
    set_aside: Mapping[int, str],
) -> dict[int, str]:
    """Why a tokenizer has no place in any band's order. `set_aside`: as `ranking.why_set_aside`."""
    placed = {index for found in orders.values() for index in found["who"]}
    reasons = {}
    for index in tokenizers:
        if index in placed:
            continue
        if index not in bands:
            reasons[index] = "its bitrate was not measured on this data"
        elif index in set_aside:
            reasons[index] = set_aside[index]
        elif bands[index] in orders:
            reasons[index] = "it has no rank on any question that counts"
        else:
            reasons[index] = f"no other tokenizer is ranked {bands[index]}"
    return reasons


def _points(columns: Sequence[Counted], one: int, other: int, band: str) -> float | None:
    shares = [share for column in columns if (share := _share(column, one, other, band)) is not None]
    return round(sum(shares) / len(shares), 4) if shares else None


def _share(column: Counted, one: int, other: int, band: str) -> float | None:
    """1, 0.5 or 0; None where one of them is not ranked in this column."""
    ranked = column.ranked
    if one not in ranked.ranks or other not in ranked.ranks:
        return None
    first, second = (column.names[ranked.twin_of.get(index, index)] for index in (one, other))
    ranking: Ranking = ranked.by_band[band]
    return 0.5 + 0.5 * (((first, second) in ranking.better) - ((second, first) in ranking.better))


def _alike(columns: Sequence[Counted], who: Sequence[int]) -> list[int]:
    """How many of them have each one's audio, itself included."""
    representative: dict[int, int] = {}
    for column in columns:
        representative |= column.ranked.twin_of
    first = [representative.get(index, index) for index in who]
    return [first.count(index) for index in first]


def totals(who: Sequence[int], points: Sequence[Sequence[float | None]], alike: Sequence[int]) -> list[float | None]:
    won, weights = [0.0] * len(who), [0.0] * len(who)
    for at, (i, j) in enumerate(combinations(range(len(who)), 2)):
        known = [share for own in points if (share := own[at]) is not None]
        if known:
            share = sum(known) / len(known)
            for one, rival, part in ((i, j, share), (j, i, 1 - share)):
                won[one] += part / alike[rival]
                weights[one] += 1 / alike[rival]
    return [round(w / all_, 4) if all_ else None for w, all_ in zip(won, weights, strict=True)]


def _unusable(intelligibility: Sequence[Counted], index: int) -> str:
    """Why it may not lead where speech is asked for its words; "" where it may."""
    if not intelligibility:
        return ""
    ranked = [column for column in intelligibility if index in column.ranked.ranks]
    if not ranked:
        reasons = [column.ranked.left_out[index] for column in intelligibility if index in column.ranked.left_out]
        return f"its intelligibility has no rank: {reasons[0]}" if reasons else "its intelligibility was not measured"
    for column in ranked:
        value = column.ranked.bounds.get(index, column.values.get(index))
        if column.unit == "%" and column.direction == "lower" and value is not None and value >= MOST_WORD_ERRORS:
            return f"its words are not intelligible: {value:.0f} % of them are wrong"
    return ""
