"""The page's text on each metric, from its declaration where it is installed here."""

from __future__ import annotations

from audiotok.metrics import catalogue
from audiotok.metrics.alignment import ALIGNED
from audiotok.metrics.base import Declaration
from audiotok.results.statistics import SPEAKERS


def headline() -> tuple[str, ...]:
    """Metrics shown first: what a reader in a hurry should see, and no more than a laptop's screen holds."""
    metrics = list(catalogue.usable().values())
    placed = {metric.name: metric.headline for metric in metrics if metric.headline is not None}
    return tuple(sorted(placed, key=lambda name: (placed[name], name)))


def explain(metric: str) -> str:
    """The metric's sentence; a variant that is not declared (a drift, a codebook's) has that of what it varies."""
    name = metric
    while name:
        if (declared := _declared(name)) and declared.explanation:
            return declared.explanation
        name = name.rpartition("_")[0]
    return ""


def short(metric: str) -> str:
    """The head of its column; "" where that is its title."""
    declared = _declared(metric)
    return declared.short if declared else ""


def in_borda(metric: str, question: str) -> bool:
    """Whether a column counts in the Borda count; one of an unknown metric does where others of its question do."""
    if declared := _declared(metric):
        return declared.borda
    return any(one.borda for one in catalogue.usable().values() if one.question == question)


def unaligned(metric: str) -> str:
    """The metric of which this is the delay-aligned form; "" where it is none."""
    declared = _declared(metric)
    return metric.removesuffix(ALIGNED) if declared and declared.aligned else ""


def chance(metric: str) -> float | None:
    """The value that guessing gives, as shown; None where there is none."""
    declared = _declared(metric)
    return None if declared is None else declared.chance


def sampled(metric: str) -> str:
    """The units that its intervals are over, where every clip names one."""
    declared = _declared(metric)
    return declared.sampled if declared else SPEAKERS


def of_whole_set(metric: str) -> bool:
    """Whether it is a score of all clips together."""
    declared = _declared(metric)
    return declared is not None and declared.whole_set


def by_recipe(metric: str) -> bool:
    """Whether a recipe of its own scores it, and no run."""
    declared = _declared(metric)
    return declared is not None and not declared.by_run


def timed(metric: str) -> bool:
    """Whether it depends on the machine that it was measured on."""
    declared = _declared(metric)
    return declared is not None and declared.timed


def applies(metric: str, domain: str, *, tokens: bool, audio: bool) -> bool:
    """Whether a system that gives tokens, audio or both can be asked; an unknown metric can."""
    declared = _declared(metric)
    return declared is None or declared.applies(domain, tokens=tokens, audio=audio)


def _declared(metric: str) -> Declaration | None:
    return catalogue.usable().get(metric)
