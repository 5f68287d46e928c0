"""From the scores of clips to a Result, whoever has scored them: a run, or a recipe of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from audiotok.errors import MetricUndefined
from audiotok.metrics.base import Declaration
from audiotok.metrics.outcomes import ClipOutcomes
from audiotok.results.record import Estimate, Result, ScoredClip
from audiotok.results.statistics import estimate, estimate_by_language


def of_clips(
    metric: Declaration,
    rows: Sequence[ScoredClip],
    *,
    tokenizer: str,
    domain: str,
    signature: str,
    provenance: Mapping[str, str],
    failures: Mapping[str, str],
    undefined: Mapping[str, str] | None = None,
    unranked: str = "",
) -> Result:
    """With interval and languages' values; without an estimate where no clip is scored, or none has a weight."""
    undefined = dict(undefined or {})
    try:
        whole, uncertainty = estimate(rows, metric.scale, metric.range, metric.sampled) if rows else (None, "")
    except MetricUndefined as error:  # no weight to divide by
        whole, uncertainty = None, ""
        undefined |= {row.clip: str(error) for row in rows}
        rows = ()
    return Result(
        tokenizer=tokenizer,
        metric=metric.name,
        domain=domain,
        signature=signature,
        estimate=whole,
        uncertainty=uncertainty,
        groups=estimate_by_language(rows, metric.scale, metric.range) if rows else {},
        scores=tuple(rows),
        failures=dict(failures),
        undefined=undefined,
        provenance=dict(provenance),
        title=metric.title,
        question=metric.question,
        unit=metric.unit,
        direction=metric.direction,
        scale=metric.scale,
        unranked=unranked,
    )


def of_set(result: Result, outcomes: ClipOutcomes) -> Result:
    """The result with the value of the whole set and its interval, where the outcomes have one."""
    if outcomes.value is None:
        return result
    scale = result.scale
    low, high = (scale * end for end in outcomes.interval) if outcomes.interval else (None, None)
    whole = Estimate(scale * outcomes.value, low, high, outcomes.n)
    return replace(result, estimate=whole, uncertainty=outcomes.uncertainty if outcomes.interval else "")
