"""Two tokenizers metric by metric: what `audiotok compare A B` prints.

Each metric is compared over the clips that both have a score for. The p-values of a family of metrics are corrected
together, a number that has two names (SDR and CI-SDR) once. Rates, and metrics by which one of the two cannot be ranked
(`tested`), are in no family: their numbers are shown without a p-value. Where a tokenizer failed on some clips, what is
left may be the easy ones.
Times of two machines are shown without a comparison.
Values of a whole set are compared where the runs have kept what its items scored (`SetItems`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from audiotok.errors import InvalidResult
from audiotok.results.paired import ALPHA, Comparison, judged, paired
from audiotok.results.ranking import basis, why_incomparable, why_unranked
from audiotok.results.record import Result
from audiotok.results.signature import require_comparable
from audiotok.results.table import ABSENT, Column, align, number
from audiotok.results.timing import LOAD, OTHER_MACHINE, is_timed, timed_apart

NOT_SEPARATED = "not separated"
RATE = "rate"  # the question of what a system costs, in bits and in time: no test of quality


class SetItems(Protocol):
    """Scores of the items behind one system's values of a whole set."""

    def against(self, other: Any) -> Mapping[tuple[str, str], Comparison]:
        """(metric, domain) -> this system against another, whose scores are of the same kind."""


@dataclass(frozen=True)
class ComparisonRow:
    """One metric of both. `comparison` is None where there are no common clips with scores of their own, `p` also where
    the two are not tested."""

    a: Result
    b: Result
    comparison: Comparison | None
    p: float | None  # corrected over the family, and not below what failures unseen allow
    verdict: str  # "mimi is better", "not separated", "not ranked: …"


def compare(
    a: Sequence[Result],
    b: Sequence[Result],
    alpha: float = ALPHA,
    *,
    of_sets: Mapping[tuple[str, str], Comparison] | None = None,
    family: Callable[[Result], Hashable] = lambda result: None,
) -> list[ComparisonRow]:
    """A row for every metric and domain that both have, in a's order.

    family: what the results share whose p-values are corrected together; all of them by default, on the board those of
    `tasks.suites.family`.
    of_sets: (metric, domain) -> a against b, of values of a whole set, whose results hold no scores of clips.

    Raises InvalidResult where a side holds several tokenizers, nothing is shared, or a metric was not measured alike.
    """
    of_a, of_b = _by_metric(a), _by_metric(b)
    shared = [key for key in of_a if key in of_b]
    if not shared:
        raise InvalidResult(f"no metric was measured on both; one has {_names(of_a)}, the other {_names(of_b)}")
    for metric, domain in shared:
        one, other = of_a[metric, domain], of_b[metric, domain]
        require_comparable(
            {f"{metric} of {one.tokenizer}": one.signature, f"that of {other.tokenizer}": other.signature}
        )
    compared = [
        (
            one := of_a[key],
            other := of_b[key],
            _comparison(one, other) or (of_sets or {}).get(key),
        )
        for key in shared
    ]
    families: defaultdict[Hashable, dict[int, Comparison]] = defaultdict(dict)
    for place, (one, other, comparison) in enumerate(compared):
        if comparison and tested(one) and tested(other):
            families[family(one)][place] = comparison
    p_of = {place: p for own in families.values() for place, p in zip(own, judged(list(own.values())), strict=True)}
    return [
        ComparisonRow(one, other, comparison, p_of.get(i), _verdict(one, other, comparison, p_of.get(i), alpha))
        for i, (one, other, comparison) in enumerate(compared)
    ]


def tested(result: Result) -> bool:
    """Whether a system is tested against others by this result: it has a score of all clips, may be ranked by it (its
    output does not come early, and no evaluation model taught it), and the metric is no rate."""
    return result.question != RATE and not why_incomparable(result)


def text(rows: Sequence[ComparisonRow]) -> str:
    """The rows as an aligned plain-text table with its legend."""
    first = rows[0]
    lines = [["metric", "a", "b", "a - b", "95% interval", "p (Holm)", "clips", "verdict"]]
    for row in rows:
        result = row.a
        heading = Column(result.metric, result.domain, result.title, result.unit, result.direction).heading
        lines.append([heading, *_numbers(row), row.verdict])
    aligned = align(lines, words=(0, len(lines[0]) - 1))
    over = sorted({_over(row.a, row.comparison) for row in rows if row.comparison})
    legend = [f"a = {first.a.tokenizer}", f"b = {first.b.tokenizer}", *(f"intervals and p: {how}" for how in over)]
    if any(row.comparison and is_timed(row.a) for row in rows):
        legend.append(LOAD)
    return aligned + "\n" + "\n".join(legend) + "\n"


def texts(pairs: Sequence[Sequence[ComparisonRow]]) -> str:
    """A table for each pair of tokenizers; of several, with how far their p-values are corrected."""
    tables = "\n".join(map(text, pairs))
    if len(pairs) == 1:
        return tables
    return f"{tables}\np (Holm): corrected within each table, not over all {len(pairs)} tables\n"


def as_rows(rows: Sequence[ComparisonRow]) -> list[dict[str, str | float | None]]:
    """The rows as plain values, for JSON; None where there is no comparison."""
    return [
        {
            "a": row.a.tokenizer,
            "b": row.b.tokenizer,
            "metric": row.a.metric,
            "domain": row.a.domain,
            "unit": row.a.unit,
            "value_a": row.comparison.a if row.comparison else None,
            "value_b": row.comparison.b if row.comparison else None,
            "difference": row.comparison.difference if row.comparison else None,
            "low": row.comparison.low if row.comparison else None,
            "high": row.comparison.high if row.comparison else None,
            "p": row.p,
            "n": row.comparison.n if row.comparison else 0,
            "verdict": row.verdict,
            "signature": row.a.signature,
        }
        for row in rows
    ]


def _numbers(row: ComparisonRow) -> list[str]:
    found = row.comparison
    if not found:
        shown = [number(result.estimate.value) if result.estimate else ABSENT for result in (row.a, row.b)]
        return [*shown, ABSENT, ABSENT, ABSENT, ABSENT]
    width = 0.0 if found.low is None or found.high is None else (found.high - found.low) / 2
    interval = ABSENT
    if found.low is not None and found.high is not None:
        interval = f"[{number(found.low, width)}, {number(found.high, width)}]"
    values = [number(value, width) for value in (found.a, found.b, found.difference)]
    p = ABSENT if row.p is None else f"{row.p:.2g}" if row.p >= 1e-4 else "< 0.0001"
    return [*values, interval, p, str(found.n)]


def _comparison(a: Result, b: Result) -> Comparison | None:
    return None if timed_apart(a, b) else paired(a.scores, b.scores, a.direction, a.scale)


def _verdict(a: Result, b: Result, comparison: Comparison | None, p: float | None, alpha: float) -> str:
    if comparison is None or p is None:
        return _why_untested(a, b)
    if p > alpha or comparison.difference == 0:
        return NOT_SEPARATED
    if a.direction == "none":
        return "different"
    return f"{a.tokenizer if comparison.improvement > 0 else b.tokenizer} is better"


def _why_untested(a: Result, b: Result) -> str:
    why = {f"{result.tokenizer}: ": reason for result in (a, b) if (reason := why_incomparable(result))}
    if why:
        return "not ranked: " + "; ".join(who + reason for who, reason in why.items())
    if timed_apart(a, b):
        return f"not ranked: {OTHER_MACHINE}"
    if a.question == RATE:
        return "not tested: a rate"
    return f"not ranked: {why_unranked(a) or why_unranked(b) or 'no common clips'}"


def _over(result: Result, comparison: Comparison) -> str:
    """The units that a comparison's interval and p rest on."""
    return basis(result) if result.scores else comparison.uncertainty


def _by_metric(results: Sequence[Result]) -> dict[tuple[str, str], Result]:
    tokenizers = sorted({result.tokenizer for result in results})
    if len(tokenizers) != 1:
        raise InvalidResult(f"expected the results of one tokenizer, got {', '.join(tokenizers) or 'none'}")
    by_metric = {(result.metric, result.domain): result for result in results}
    if len(by_metric) < len(results):
        raise InvalidResult(f"{tokenizers[0]} has two results for one metric and domain; pass those of one data set")
    return by_metric


def _names(by_metric: dict[tuple[str, str], Result]) -> str:
    return ", ".join(sorted({metric for metric, _ in by_metric}))
