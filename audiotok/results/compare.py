"""Two tokenizers metric by metric: what `audiotok compare A B` prints.

Each metric is compared over the clips that both have a score for; the p-values of all metrics are corrected together,
a number that has two names (SDR and CI-SDR) once.
Where a tokenizer failed on some clips its numbers are shown without a verdict: what is left may be the easy clips.
Values of a whole set are compared where the runs have kept what its items scored (`SetItems`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from audiotok.errors import InvalidResult
from audiotok.results.paired import ALPHA, Comparison, judged, paired
from audiotok.results.ranking import WHOLE_SET, basis, why_unranked
from audiotok.results.record import Result
from audiotok.results.signature import require_comparable
from audiotok.results.table import ABSENT, Column, align, number

NOT_SEPARATED = "not separated"


class SetItems(Protocol):
    """Scores of the items behind one system's values of a whole set."""

    def against(self, other: Any) -> Mapping[tuple[str, str], Comparison]:
        """(metric, domain) -> this system against another, whose scores are of the same kind."""


@dataclass(frozen=True)
class ComparisonRow:
    """One metric of both. `comparison` and `p` are None where there are no common clips with scores of their own."""

    a: Result
    b: Result
    comparison: Comparison | None
    p: float | None  # corrected over the metrics that were tested, and not below what failures unseen allow
    verdict: str  # "mimi is better", "not separated", "not ranked: …"


def compare(
    a: Sequence[Result],
    b: Sequence[Result],
    alpha: float = ALPHA,
    *,
    of_sets: Mapping[tuple[str, str], Comparison] | None = None,
) -> list[ComparisonRow]:
    """A row for every metric and domain that both have, in a's order.

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
            paired(one.scores, other.scores, one.direction, one.scale) or (of_sets or {}).get(key),
        )
        for key in shared
    ]
    corrected = iter(judged([comparison for *_, comparison in compared if comparison]))
    rows = []
    for one, other, comparison in compared:
        p = next(corrected) if comparison else None
        rows.append(ComparisonRow(one, other, comparison, p, _verdict(one, other, comparison, p, alpha)))
    return rows


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
    return aligned + "\n" + "\n".join(legend) + "\n"


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
    if not found or row.p is None:
        shown = [number(result.estimate.value) if result.estimate else ABSENT for result in (row.a, row.b)]
        return [*shown, ABSENT, ABSENT, ABSENT, ABSENT]
    width = 0.0 if found.low is None or found.high is None else (found.high - found.low) / 2
    interval = ABSENT
    if found.low is not None and found.high is not None:
        interval = f"[{number(found.low, width)}, {number(found.high, width)}]"
    values = [number(value, width) for value in (found.a, found.b, found.difference)]
    return [*values, interval, f"{row.p:.2g}" if row.p >= 1e-4 else "< 0.0001", str(found.n)]


def _verdict(a: Result, b: Result, comparison: Comparison | None, p: float | None, alpha: float) -> str:
    why = {f"{result.tokenizer}: ": reason for result in (a, b) if (reason := why_unranked(result))}
    if comparison is None and (a.direction == "none" or not (a.scores and b.scores)):
        reasons = {"": next(iter(why.values()), "")}
    elif a.direction == "none":
        reasons = {}
    else:
        reasons = {who: reason for who, reason in why.items() if reason != WHOLE_SET}
    if reasons:
        return "not ranked: " + "; ".join(who + reason for who, reason in reasons.items())
    if comparison is None or p is None:
        return "not ranked: no common clips"
    if p > alpha or comparison.difference == 0:
        return NOT_SEPARATED
    if a.direction == "none":
        return "different"
    return f"{a.tokenizer if comparison.improvement > 0 else b.tokenizer} is better"


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
