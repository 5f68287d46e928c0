"""Who is ranked against whom on the board: one mode of each family in each band of measured bitrate.

The statistics are `audiotok.results.ranking`'s; here only what goes into them is chosen, and why the rest stays out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from audiotok.core.identifier import Identifier
from audiotok.leaderboard.submission.entry import Entry
from audiotok.results import ranking
from audiotok.results.ranking import BANDS, Ranking, RankInterval
from audiotok.results.record import Result

T = TypeVar("T")


@dataclass(frozen=True)
class ColumnRanks:
    """The ranks of one column. Keys are indices of entries."""

    ranks: dict[int, RankInterval]
    left_out: dict[int, str]  # why
    competitors: dict[int, int]  # how many are ranked in its band
    by_band: dict[str, Ranking]


def family(identifier: str) -> str:
    """What the modes of one tokenizer have in common: its name, and that of the tokenizer inside.

    >>> family("bpe(mimi:num_codebooks=8):vocab=512")
    'bpe(mimi)'
    """
    parsed = Identifier.parse(identifier)
    return f"{parsed.name}({family(str(parsed.inner))})" if parsed.inner else parsed.name


def representatives(entries: Sequence[Entry], bitrates: Mapping[int, float]) -> dict[int, str]:
    """Entries that stand back for another one, and why: a local run for its submission, a mode for a richer one."""
    aside = {}
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    submitted = {entry.tokenizer for entry in entries if entry.origin == "submission"}
    for index, bitrate in bitrates.items():
        entry = entries[index]
        if entry.kind == "anchor":
            continue
        if entry.origin == "local" and entry.tokenizer in submitted:
            aside[index] = "the submission of the same tokenizer is ranked"
        else:
            groups[family(entry.tokenizer), ranking.band(bitrate)].append(index)
    for (_, band), indices in groups.items():
        chosen = max(indices, key=lambda index: (bitrates[index], entries[index].tokenizer))
        reason = f"one mode of a family is ranked {band}: {entries[chosen].tokenizer}"
        aside |= {index: reason for index in indices if index != chosen}
    return aside


def column_ranks(
    entries: Sequence[Entry],
    results: Mapping[int, Result],
    bitrates: Mapping[int, float],
    aside: Mapping[int, str],
) -> ColumnRanks:
    """Rank one column (index of entry -> its result) within each band."""
    kind = most_common(map(kind_of, results.values()))
    machine = most_common(result.provenance.get("machine", "") for result in results.values())
    clips = most_common(clips_of(result) for result in results.values() if result.scores)
    left_out: dict[int, str] = {}
    competing: defaultdict[str, dict[int, Result]] = defaultdict(dict)
    for index, result in results.items():
        if entries[index].kind == "anchor":
            left_out[index] = "an anchor gives the scale and takes no part in ranks"
        elif kind_of(result) != kind:
            left_out[index] = "scored under another signature than the rest of the column"
        elif result.metric.startswith("rtf_") and result.provenance.get("machine", "") != machine:
            left_out[index] = f"timed on another machine: {result.provenance.get('machine', 'unnamed')}"
        elif reason := ranking.why_unranked(result):
            left_out[index] = reason
        elif clips_of(result) != clips:
            left_out[index] = "scored on other clips than the rest of the column"
        elif index not in bitrates:
            left_out[index] = "its bitrate was not measured on this data"
        elif index in aside:
            left_out[index] = aside[index]
        else:
            competing[ranking.band(bitrates[index])][index] = result
    ranks: dict[int, RankInterval] = {}
    by_band = {}
    for band, group in competing.items():
        names = {result.tokenizer: index for index, result in group.items()}
        by_band[band] = ranking.rank_intervals(list(group.values()))
        ranks |= {names[name]: interval for name, interval in by_band[band].ranks.items()}
    competitors = {index: len(group) for group in competing.values() for index in group}
    return ColumnRanks(ranks, left_out, competitors, by_band)


def borda_by_question(columns: Sequence[tuple[str, ColumnRanks]]) -> dict[str, dict[str, dict[str, float | None]]]:
    """band -> tokenizer -> question -> points, of one suite and domain.

    `columns` are (question, ranks) of the metrics that count: merits, not properties to choose by. A metric that
    separates nobody because fewer than two are ranked asks nothing. The page weighs the questions.
    """
    points = {}
    for band in BANDS:
        asked: defaultdict[str, list[Ranking]] = defaultdict(list)
        for question, column in columns:
            if band in column.by_band and len(column.by_band[band].ranks) > 1:
                asked[question].append(column.by_band[band])
        if asked:
            points[band] = {name: score.questions for name, score in ranking.borda(asked).items()}
    return points


def most_common(values: Iterable[T]) -> T | None:
    """The value that occurs most often, the largest of several; None where there is none."""
    counts = Counter(values)
    return max(sorted(counts), key=lambda value: counts[value], default=None)  # type: ignore[type-var]


def kind_of(result: Result) -> tuple[str, str, str, float]:
    """What results must share to stand in one column: what was measured, and how it is to be read."""
    return result.signature, result.unit, result.direction, result.scale


def clips_of(result: Result) -> tuple[str, ...]:
    return tuple(sorted(score.clip for score in result.scores))
