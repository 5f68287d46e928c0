"""From the scores of clips to a Result, whoever has scored them: a run, or a recipe of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audiotok.metrics.base import Declaration
from audiotok.results.record import Result, ScoredClip
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
    """With interval and languages' values; without an estimate where no clip is scored."""
    whole, uncertainty = estimate(rows, metric.scale, metric.range) if rows else (None, "")
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
        undefined=dict(undefined or {}),
        provenance=dict(provenance),
        title=metric.title,
        question=metric.question,
        unit=metric.unit,
        direction=metric.direction,
        scale=metric.scale,
        unranked=unranked,
    )
