"""Who is ranked against whom on the board: one mode of each family in each band of measured bitrate.

The statistics are `audiotok.results.ranking`'s; here only what goes into them is chosen, and why the rest stays out.
A tokenizer that was taught by a metric's evaluation model is ranked at the worse end of its interval (`at_worse_end`);
tokenizers that decode to equal audio (`twins`) are one competitor where audio is scored.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from audiotok.core.identifier import Identifier
from audiotok.leaderboard.page import glossary
from audiotok.leaderboard.submission.entry import Entry
from audiotok.metrics.base import TAUGHT
from audiotok.results import ranking
from audiotok.results.ranking import Ranking, RankInterval
from audiotok.results.record import Result

T = TypeVar("T")
#: Questions that are asked of the decoded audio alone: equal audio has equal scores.
AUDIO_QUESTIONS = ("intelligibility", "perceptual", "signal", "speaker", "prosody")
#: Share of a score: far below what two codecs ever agree within, clip by clip, on all metrics.
SAME_SCORE = 1e-4


@dataclass(frozen=True)
class ColumnRanks:
    """The ranks of one column. Keys are indices of entries."""

    ranks: dict[int, RankInterval]
    left_out: dict[int, str]  # why
    competitors: dict[int, int]  # how many are ranked in its band, twins once
    by_band: dict[str, Ranking]
    bounds: dict[int, float] = field(default_factory=dict)  # the value at which it is ranked, where that is a bound
    twin_of: dict[int, int] = field(default_factory=dict)  # an entry that is counted with another one: that other one


def family(identifier: str) -> str:
    """The family of a tokenizer's modes: its name, and that of the tokenizer inside.

    >>> family("bpe(mimi:num_codebooks=8):vocab=512")
    'bpe(mimi)'
    """
    parsed = Identifier.parse(identifier)
    return f"{parsed.name}({family(str(parsed.inner))})" if parsed.inner else parsed.name


def why_set_aside(entries: Sequence[Entry], bitrates: Mapping[int, float]) -> dict[int, str]:
    """Entries that stand back for another one, and why: a local run for its submission, a mode for a richer one."""
    set_aside = {}
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    submitted = {entry.tokenizer for entry in entries if entry.origin == "submission"}
    for index, bitrate in bitrates.items():
        entry = entries[index]
        if entry.kind == "anchor":
            continue
        if entry.origin == "local" and entry.tokenizer in submitted:
            set_aside[index] = "the submission of the same tokenizer is ranked"
        else:
            groups[family(entry.tokenizer), ranking.band(bitrate)].append(index)
    for (_, band), indices in groups.items():
        chosen = max(indices, key=lambda index: (bitrates[index], entries[index].tokenizer))
        reason = f"one mode of a family is ranked {band}: {entries[chosen].tokenizer}"
        set_aside |= {index: reason for index in indices if index != chosen}
    return set_aside


def column_ranks(
    entries: Sequence[Entry],
    results: Mapping[int, Result],
    bitrates: Mapping[int, float],
    set_aside: Mapping[int, str],
    twins: Sequence[frozenset[int]] = (),
) -> ColumnRanks:
    """Rank one column (index of entry -> its result) within each band."""
    bounded = {index: bound for index, result in results.items() if (bound := at_worse_end(result))}
    results = {**results, **bounded}
    kind = most_common(map(kind_of, results.values()))
    machine = most_common(result.provenance.get("machine", "") for result in results.values())
    clips = most_common(clips_of(result) for result in results.values() if result.scores)
    left_out: dict[int, str] = {}
    competing: defaultdict[str, dict[int, Result]] = defaultdict(dict)
    for index, result in results.items():
        if entries[index].kind == "anchor":
            left_out[index] = "an anchor sets the scale and is not ranked"
        elif kind_of(result) != kind:
            left_out[index] = "scored under another signature than the rest of the column"
        elif glossary.timed(result.metric) and result.provenance.get("machine", "") != machine:
            left_out[index] = f"timed on another machine: {result.provenance.get('machine', 'unnamed')}"
        elif reason := ranking.why_unranked(result):
            left_out[index] = reason
        elif clips_of(result) != clips:
            left_out[index] = "scored on other clips than the rest of the column"
        elif index not in bitrates:
            left_out[index] = "its bitrate was not measured on this data"
        elif index in set_aside:
            left_out[index] = set_aside[index]
        else:
            competing[ranking.band(bitrates[index])][index] = result
    ranks: dict[int, RankInterval] = {}
    by_band = {}
    competitors: dict[int, int] = {}
    twin_of: dict[int, int] = {}
    for band, group in competing.items():
        same = _counted_with(group, twins)
        distinct = {index: result for index, result in group.items() if index not in same}
        by_band[band] = ranking.rank_intervals(list(distinct.values()))
        ranks |= {index: by_band[band].ranks[group[same.get(index, index)].tokenizer] for index in group}
        competitors |= dict.fromkeys(group, len(distinct))
        twin_of |= same
    bounds = {index: one.estimate.value for index, one in bounded.items() if index in ranks and one.estimate}
    return ColumnRanks(ranks, left_out, competitors, by_band, bounds, twin_of)


def counted_once(columns: Mapping[str, ColumnRanks]) -> list[str]:
    """Metrics whose ranks are added up: of a metric and its delay-aligned form one, since they are the same number
    where there is no delay. This is the aligned form, unless it lacks a rank that the other one has."""
    counted = dict.fromkeys(columns)
    for aligned, plain in ((name, glossary.unaligned(name)) for name in columns):
        if plain in columns:
            del counted[plain if columns[plain].ranks.keys() <= columns[aligned].ranks.keys() else aligned]
    return list(counted)


def at_worse_end(result: Result) -> Result | None:
    """The result with its value at the worse end of its interval, if the evaluation model taught the tokenizer.

    Every clip is shifted alike, so that a rival is beaten only if it would be beaten from there. None for any other
    result, and where there is no interval or no direction.
    """
    estimate = result.estimate
    if not result.unranked.startswith(TAUGHT) or estimate is None or result.direction == "none":
        return None
    worse = estimate.low if result.direction == "higher" else estimate.high
    if worse is None:
        return None
    shift = (worse - estimate.value) / result.scale
    scores = tuple(replace(score, total=score.total + shift * score.weight) for score in result.scores)
    return replace(result, unranked="", estimate=replace(estimate, value=worse), scores=scores)


def twins(columns: Iterable[Mapping[int, Result]]) -> list[frozenset[int]]:
    """Groups of entries with equal scores of every clip in all columns of one table that ask of the audio.

    Units and the same units under BPE decode to the same audio: a win over both is one win. Scores are equal within
    SAME_SCORE, since evaluation models differ so much from run to run.
    """
    scored: defaultdict[int, dict[str, tuple[tuple[str, ...], np.ndarray[Any, Any]]]] = defaultdict(dict)
    for results in columns:
        for index, result in results.items():
            if result.question in AUDIO_QUESTIONS and result.direction != "none" and result.scores:
                ordered = sorted(result.scores, key=lambda score: score.clip)
                values = np.array([(score.total, score.weight) for score in ordered])
                scored[index][result.metric] = tuple(score.clip for score in ordered), values
    groups: list[list[int]] = []
    for index, own in scored.items():
        same = next((group for group in groups if _same_scores(scored[group[0]], own)), None)
        if same:
            same.append(index)
        else:
            groups.append([index])
    return [frozenset(group) for group in groups if len(group) > 1]


def _same_scores(
    one: Mapping[str, tuple[tuple[str, ...], np.ndarray[Any, Any]]],
    other: Mapping[str, tuple[tuple[str, ...], np.ndarray[Any, Any]]],
) -> bool:
    return one.keys() == other.keys() and all(
        one[metric][0] == other[metric][0]
        and np.allclose(one[metric][1], other[metric][1], rtol=SAME_SCORE, atol=SAME_SCORE)
        for metric in one
    )


def _counted_with(group: Mapping[int, Result], twins: Sequence[frozenset[int]]) -> dict[int, int]:
    """Entries of the group that are counted with an earlier one, and which: twins, in a column of their audio."""
    found: dict[int, int] = {}
    for same in twins:
        first, *others = sorted(same & set(group)) or [-1]
        found |= {index: first for index in others if group[index].question in AUDIO_QUESTIONS}
    return found


def most_common(values: Iterable[T]) -> T | None:
    """The value that occurs most often, the largest of several; None where there is none."""
    counts = Counter(values)
    return max(sorted(counts), key=lambda value: counts[value], default=None)  # type: ignore[type-var]


def kind_of(result: Result) -> tuple[str, str, str, float]:
    """The key that results of one column share: what was measured, and how it is to be read."""
    return result.signature, result.unit, result.direction, result.scale


def clips_of(result: Result) -> tuple[str, ...]:
    return tuple(sorted(score.clip for score in result.scores))
