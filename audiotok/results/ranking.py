"""Ranks, only as far as the data separates tokenizers, and only among those of a like bitrate.

Conventions: rank 1 is best. A tokenizer's ranks run from 1 + the number that are significantly better to k - the number
that are significantly worse, out of k. All pairs of a band are tested (`paired`) and corrected together (Holm), so that
with 95% confidence every interval holds its true rank at once, for the speakers or clips that `Ranking.basis` names.
Ties are not transitive: A and B may be inseparable, B and C too, and A better than C; their intervals overlap and say
so, where groups of equals could not.
Source: Mogstad, Romano, Shaikh and Wilhelm, "Inference for Ranks with Applications to Mobility across Neighbourhoods
and Academic Achievement across Countries", Review of Economic Studies 91, 2024; Holm, "A Simple Sequentially Rejective
Multiple Test Procedure", 1979.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from audiotok.errors import InvalidOption, InvalidResult
from audiotok.results.paired import ALPHA, corrected, pairwise
from audiotok.results.record import Result
from audiotok.results.signature import require_comparable
from audiotok.results.statistics import sampled_of, units

#: Upper ends, bit/s, inclusive; the last band is open.
BAND_ENDS = (1000.0, 2000.0, 4000.0, 8000.0)
WHOLE_SET = "one value for the whole set, which no test can separate from another"  # why a cell has no rank
BANDS = ("up to 1 kbit/s", "1–2 kbit/s", "2–4 kbit/s", "4–8 kbit/s", "over 8 kbit/s")


def band(bitrate: float) -> str:
    """The band of a measured bitrate in bit/s; an end belongs to the band below it."""
    if not (math.isfinite(bitrate) and bitrate >= 0):
        raise InvalidOption(f"a bitrate is a finite number of bit/s, at least 0; got {bitrate}")
    return BANDS[bisect_left(BAND_ENDS, bitrate)]


@dataclass(frozen=True)
class RankInterval:
    best: int
    worst: int

    def __str__(self) -> str:
        return f"{self.best}" if self.best == self.worst else f"{self.best}–{self.worst}"


@dataclass(frozen=True)
class Ranking:
    """Who is separated from whom on one metric, in one band."""

    metric: str
    ranks: dict[str, RankInterval]
    better: frozenset[tuple[str, str]]  # (better, worse), where the data separates them
    left_out: dict[str, str] = field(default_factory=dict)  # tokenizer -> why it is not ranked
    basis: str = ""  # what the ranks rest on: "t over 5 speakers; …"

    def points(self, tokenizer: str) -> float | None:
        """Share of the others it beats, not being separated counting half; None where there is nobody to beat."""
        others = [other for other in self.ranks if other != tokenizer]
        if tokenizer not in self.ranks or not others:
            return None
        won = sum((tokenizer, other) in self.better for other in others)
        lost = sum((other, tokenizer) in self.better for other in others)
        return (won + (len(others) - won - lost) / 2) / len(others)


def why_incomparable(result: Result) -> str:
    """Why a system's score cannot be held against others'; "" where it can."""
    if result.estimate is None:
        return "no clip could be scored"
    if result.coverage < 1:
        return f"failed on {len(result.failures)} of {result.estimate.n + len(result.failures)} clips"
    return result.unranked


def why_unranked(result: Result) -> str:
    """Why a cell has no rank, whatever the others are; "" where it may have one."""
    if reason := why_incomparable(result):
        return reason
    if result.direction == "none":
        return "neither a higher nor a lower value is better"
    if not result.scores:
        return WHOLE_SET
    return ""


def rank_intervals(results: Sequence[Result], alpha: float = ALPHA) -> Ranking:
    """Rank the results of one metric, domain and band.

    Raises InvalidResult where signatures differ, a tokenizer is there twice, or two were scored on different clips.
    """
    if not results:
        raise InvalidResult("expected at least one result to rank, got none")
    names = [result.tokenizer for result in results]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InvalidResult(f"{results[0].metric}: expected one result per tokenizer, {', '.join(twice)} has several")
    require_comparable({result.tokenizer: result.signature for result in results})
    left_out = {result.tokenizer: reason for result in results if (reason := why_unranked(result))}
    ranked = sorted((r for r in results if r.tokenizer not in left_out), key=lambda r: r.tokenizer)
    better = frozenset(_separated(ranked, alpha)) if len(ranked) > 1 else frozenset()
    above, below = (Counter(pair[side] for pair in better) for side in (1, 0))
    ranks = {name: RankInterval(1 + above[name], len(ranked) - below[name]) for name in (r.tokenizer for r in ranked)}
    return Ranking(results[0].metric, ranks, better, left_out, basis(ranked[0], alpha) if ranked else "")


def basis(result: Result, alpha: float = ALPHA) -> str:
    """The units that ranks by a result's clips rest on, and their limits."""
    clips = len(result.scores)
    hidden = 1 - alpha ** (1 / clips)
    label = units(result.scores, sampled_of(result.uncertainty)).label
    return f"{label}; failures on fewer than {hidden:.1%} of clips may not show on {clips}"


def _separated(ranked: Sequence[Result], alpha: float) -> list[tuple[str, str]]:
    first = ranked[0]
    scores = [sorted(result.scores, key=lambda score: score.clip) for result in ranked]
    clips = [score.clip for score in scores[0]]
    for result, own in zip(ranked, scores, strict=True):
        if [score.clip for score in own] != clips:
            raise InvalidResult(f"{first.metric}: {first.tokenizer} and {result.tokenizer} were scored on other clips")
    found = pairwise(scores, first.direction, first.scale)
    values = found.values if first.direction == "higher" else -found.values
    judged = corrected(found.p_equal.tolist(), found.unseen.tolist())
    separated = []
    for (i, j), p in zip(combinations(range(len(ranked)), 2), judged, strict=True):
        if p <= alpha and values[i] != values[j]:
            ahead, behind = (i, j) if values[i] > values[j] else (j, i)
            separated.append((ranked[ahead].tokenizer, ranked[behind].tokenizer))
    return separated


def win_rate(rankings: Iterable[Ranking]) -> dict[str, float]:
    """Share of all pairwise tests over metrics that a tokenizer wins, not being separated counting half; 0 to 1.

    A metric on which it isn't ranked has no tests of its own; tokenizers without any test are left out.
    """
    points: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    for ranking in rankings:
        for tokenizer in ranking.ranks:
            if (share := ranking.points(tokenizer)) is not None:
                points[tokenizer].append((share, len(ranking.ranks) - 1))
    return {
        tokenizer: sum(share * tests for share, tests in own) / sum(tests for _, tests in own)
        for tokenizer, own in points.items()
    }
