"""Every metric by its name: those of this package's modules, and those that other packages offer.

get("pesq_wb").range            the metric, or UnknownName with near names
for_question("intelligibility") its answers, in the order of the catalogue

A module of this package that has a `METRICS` is found without being listed anywhere (names of compiled ones begin with
`_`). Another package offers a metric by

    [project.entry-points."audiotok.metrics"]
    loudness = "my_package.loudness:LOUDNESS"

and is imported when the metric is asked for. Opening a module costs no model: what is heavy is imported as it is used.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module

from audiotok import doors
from audiotok.errors import InvalidOption, UnknownName
from audiotok.files.source import package_sha256
from audiotok.metrics.base import Declaration, RunMetric, SignalMetric
from audiotok.metrics.questions import position

_MADE_OF_METRICS = {"functional"}  # modules that open the catalogue themselves


def get(name: str) -> Declaration:
    """Raises UnknownName with near names, and where another package claims a name that is taken."""
    if name in _offered():
        return _of_other_package(name)
    if name not in _own():
        raise doors.unknown("metric", name, names())
    return _own()[name]


def names() -> tuple[str, ...]:
    """In the order of the catalogue: by question, then by module; those of other packages, unopened, last."""
    return (*_own(), *(name for name in _offered() if name not in _own()))


@cache
def usable() -> Mapping[str, Declaration]:
    """All metrics by name; those that packages break are left out, with the reason on stderr."""
    return dict(doors.usable(names(), get))


def own_names() -> tuple[str, ...]:
    """Names of the metrics of this package."""
    return tuple(_own())


def for_question(question: str) -> tuple[Declaration, ...]:
    """The metrics that answer it. Raises UnknownName with the questions there are."""
    everything = list(usable().values())
    answers = tuple(metric for metric in everything if metric.question == question)
    if not answers:
        asked = dict.fromkeys(metric.question for metric in everything)
        raise UnknownName(f"no metric answers the question {question!r}; there are {', '.join(asked)}")
    return answers


def scored_by_run(name: str) -> RunMetric:
    """The metric, if a run scores it. Raises InvalidOption for one that a recipe of its own makes."""
    metric = get(name)
    if not isinstance(metric, RunMetric):
        raise InvalidOption(f"{name} is not computed by a run but by its own recipe, in recipes/")
    return metric


def of_signals(names: Iterable[str]) -> list[SignalMetric]:
    """The metrics among `names` that compare signals."""
    return [metric for name in names if isinstance(metric := get(name), SignalMetric)]


@cache
def _own() -> Mapping[str, Declaration]:
    """Raises ValueError where two modules declare one name: a mistake in this package, not of its user."""
    found: dict[str, Declaration] = {}
    for module, metric in sorted(_declared(), key=lambda declared: position(declared[1].question)):
        if metric.name in found:
            raise ValueError(f"the metric {metric.name!r} is declared twice, the second time in {module}")
        found[metric.name] = metric
    return found


def _declared() -> Iterator[tuple[str, Declaration]]:
    package = import_module(__package__)
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)} - _MADE_OF_METRICS
    for name in sorted(name for name in modules if not name.startswith("_")):
        module = import_module(f"{__package__}.{name}")
        yield from ((name, metric) for metric in getattr(module, "METRICS", ()))


@cache
def _offered() -> tuple[str, ...]:
    return tuple(doors.METRICS.names())


@cache
def _of_other_package(name: str) -> Declaration:
    point = doors.METRICS.find(name)
    if name in _own():
        raise UnknownName(
            f"the metric name {name!r} is claimed twice, by audiotok and {doors.package_of(point)} ({point.value}); "
            f"uninstall {doors.package_of(point)}, or ask its author for another name"
        )
    metric = doors.METRICS.load(name)
    if not isinstance(metric, Declaration) or metric.name != name:
        raise doors.METRICS.mismatch(name, f"a metric of audiotok.metrics.base called {name!r}", metric)
    source = package_sha256(point.module)
    if (analysis := metric.analysis) and all(analysis is not own.analysis for own in _own().values()):
        metric = replace(metric, analysis=replace(analysis, source=source))
    return replace(metric, source=source)
