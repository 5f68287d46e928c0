"""Outputs that come early: a ratio that reads them as noise (`Declaration.early_is_noise`) ranks no tokenizer by them.

A run sets the reason where it has measured the tokenizer's lag. The lags of a submission stand in its environment, so
that rows from before runs did this have the reason too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from audiotok.results.record import Result

if TYPE_CHECKING:
    from audiotok.metrics.base import Declaration

#: domain -> samples at its rate by which the output is late; None where no delay is measurable
Lags = Mapping[str, int | None]


def why_early(metric: Declaration, lag: int | None) -> str:
    """Why the metric ranks no tokenizer of this lag; "" where it may."""
    if not metric.early_is_noise or not lag or lag > 0:
        return ""
    return f"its output comes {-lag} sample{'s' if lag < -1 else ''} early, which this ratio reads as noise"


def unranked_if_early(result: Result, lags: Lags) -> Result:
    """The result with the reason, unless it has one already."""
    lag = lags.get(result.domain) or 0
    if lag >= 0 or result.unranked:
        return result
    from audiotok.metrics import catalogue  # not above: it takes a second, and few results need it

    known = result.metric in catalogue.names()
    return replace(result, unranked=why_early(catalogue.get(result.metric), lag)) if known else result


def lags_of(environment: Any) -> dict[str, int | None]:
    """The lags that a submission's environment states, where they can be true."""
    from audiotok.metrics.alignment import WINDOW_S
    from audiotok.metrics.analysis import DOMAIN_RATES

    lags = environment.get("lags") if isinstance(environment, dict) else None
    return {
        domain: lag
        for domain, lag in (lags.items() if isinstance(lags, dict) else ())
        if domain in DOMAIN_RATES
        and (lag is None or (type(lag) is int and abs(lag) <= WINDOW_S * DOMAIN_RATES[domain]))
    }
