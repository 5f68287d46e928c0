"""A cell of the board as the page gets it: value, interval, rank, failures, and the clips behind them."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from audiotok.leaderboard.page import glossary
from audiotok.leaderboard.page.ranking import ColumnRanks
from audiotok.leaderboard.page.states import state_of
from audiotok.metrics.base import TAUGHT
from audiotok.results.record import Estimate, Result
from audiotok.results.statistics import SPEAKERS

#: Above this, a cell carries the worst clips and others evenly spaced in rank order: the page stays light.
MAX_CLIPS = 150
WORST = 12
#: Below this number of speakers, intervals may cover less than the 93 % that is promised (docs/statistics.md).
FEW_VOICES = 8


def digits(estimates: Sequence[Estimate], unit: str) -> int:
    """Decimals worth printing: half of a typical interval is 2 to 20 units of the last one."""
    widths = [e.high - e.low for e in estimates if e.low is not None and e.high is not None and e.high > e.low]
    sizes = [abs(e.value) for e in estimates if e.value]
    if widths:
        # The geometric mean: widths of one column may differ a hundredfold, and both ends must stay legible.
        shown = -math.floor(math.log10(statistics.geometric_mean(widths) / 4))
    else:
        shown = 2 - math.floor(math.log10(statistics.median(sizes))) if sizes else 2
    return min(max(shown, 1 if unit == "%" else 0), 3)


def how_sure(uncertainty: str, sampled: str = SPEAKERS) -> str:
    """The units that an interval is over, by the metric's name for them, and its limits with few voices.

    >>> how_sure("t over 5 speakers").partition("; ")[2]
    'with so few, very different voices, the interval contains the true value in 90 % of cases, not 95 %'
    >>> how_sure("t over 40 speakers")
    't over 40 speakers'
    >>> how_sure("t over 12 speakers", "drum kits")  # as older rows have it
    't over 12 drum kits'
    """
    uncertainty = re.sub(rf"(over \d+) {SPEAKERS}\b", rf"\1 {sampled}", uncertainty)
    found = re.search(r"over (\d+) speakers", uncertainty)
    if not found or int(found[1]) >= FEW_VOICES:
        return uncertainty
    return (
        f"{uncertainty}; with so few, very different voices, the interval contains the true value in 90 % of cases, "
        "not 95 %"
    )


def cell(
    result: Result, index: int, column: ColumnRanks, signature: str, clip_index: Mapping[str, int]
) -> dict[str, Any]:
    """Only what is there is written, under short names: a board has thousands of cells.

    v value, ci [low, high] and how it was drawn, n clips, rank [best, worst, of how many] or why there is none, lead
    where it is in front and the data says so, judge (the reason) where an evaluation model taught it, bound the value
    at which it is ranked then, twin the entry with the same audio that it is counted with, failed and undefined {clip:
    reason}, groups {language: [value, low, high]}, clips [[clip, value], …] worst first and whether these are all, sig
    where the signature is not the column's, state and reason where a value is missing (`states.state_of`).
    """
    shown: dict[str, Any] = {"n": result.estimate.n if result.estimate else 0}
    if result.estimate:
        shown["v"] = _short(result.estimate.value)
        if result.estimate.low is not None and result.estimate.high is not None:
            shown["ci"] = [_short(result.estimate.low), _short(result.estimate.high)]
    if result.uncertainty:
        shown["how"] = how_sure(result.uncertainty, glossary.sampled(result.metric))
    if interval := column.ranks.get(index):
        rivals = column.competitors[index]
        shown["rank"] = [interval.best, interval.worst, rivals]
        if interval.best == 1 and interval.worst < rivals and not _by_guessing(result):
            shown["lead"] = 1
    if why := column.left_out.get(index):
        shown["why"] = why
    if result.failures:
        shown["failed"] = dict(sorted(result.failures.items()))
    if result.unranked.startswith(TAUGHT):
        shown["judge"] = result.unranked
    if index in column.bounds:
        shown["bound"] = _short(column.bounds[index])
    if index in column.twin_of:
        shown["twin"] = column.twin_of[index]
    if result.undefined:
        shown["undefined"] = dict(sorted(result.undefined.items()))
    state, reason = state_of(result)
    if state:
        shown["state"], shown["reason"] = state, reason
    if result.signature != signature:
        shown["sig"] = result.signature
    if result.groups:
        shown["groups"] = {
            name: [None if x is None else _short(x) for x in (e.value, e.low, e.high)]
            for name, e in sorted(result.groups.items())
        }
    scores = [(clip_index[s.clip], _short(result.scale * s.value)) for s in result.scores if s.weight]
    if scores:
        shown["clips"] = _thin(scores, result.direction)
        shown["all"] = int(len(scores) <= MAX_CLIPS)
    return shown


def _by_guessing(result: Result) -> bool:
    """Whether its interval does not leave out what guessing gives."""
    guess, estimate = glossary.chance(result.metric), result.estimate
    if guess is None or estimate is None or estimate.low is None or estimate.high is None:
        return False
    return estimate.high >= guess if result.direction == "lower" else estimate.low <= guess


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
