"""Every metric by its name, found in the modules that declare them.

get("pesq_wb").range            the metric, or UnknownName with near names
for_question("intelligibility") its answers, in the order of the catalogue
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module

from audiotok.errors import UnknownName
from audiotok.metrics.base import ClipMetric, RecipeMetric, SetMetric, TimeMetric, TokenMetric, TokenSetMetric

RunnerMetric = ClipMetric | SetMetric | TokenMetric | TokenSetMetric | TimeMetric
Metric = RunnerMetric | RecipeMetric

TAUGHT = "taught by its judge"  # begins the reason why a score is not ranked
#: Modules of this package with a `METRICS`. Opening one costs no model: what is heavy is imported as it is used.
MODULES = (
    *("distortion", "spectral", "clipping"),
    *("pesq", "visqol", "dnsmos", "plcmos", "mos"),
    *("stoi", "recognition"),
    *("speaker", "f0", "fad"),
    *("rates", "codebook", "stability", "language_model"),
    *("likelihood_pairs", "continuation", "speaking", "abx"),
)


def get(name: str) -> Metric:
    """Raises UnknownName with near names."""
    if name not in _metrics():
        near = difflib.get_close_matches(name, names(), n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names())}"
        raise UnknownName(f"no metric is called {name!r}; {hint}")
    return _metrics()[name]


def names() -> tuple[str, ...]:
    """In the order of the catalogue."""
    return tuple(_metrics())


def for_question(question: str) -> tuple[Metric, ...]:
    """The metrics that answer it. Raises UnknownName with the questions there are."""
    questions = dict.fromkeys(metric.question for metric in _metrics().values())
    if question not in questions:
        raise UnknownName(f"no metric answers the question {question!r}; there are {', '.join(questions)}")
    return tuple(metric for metric in _metrics().values() if metric.question == question)


def applies(metric: Metric, domain: str, *, tokens: bool, audio: bool) -> bool:
    """Whether a system that gives tokens, audio or both has this score on a domain."""
    if isinstance(metric, (TokenMetric, TokenSetMetric)):
        return tokens
    if isinstance(metric, TimeMetric):
        return tokens and (audio or metric.stage == "encode")
    if isinstance(metric, RecipeMetric):
        return tokens and (audio or not metric.decodes) and domain in metric.domains
    return audio and domain in metric.domains


def why_unranked(metric: Metric, trained_with: Iterable[str]) -> str:
    """Why the metric is no score, or else its judges that taught the tokenizer; "" where there is no reason."""
    if isinstance(metric, RecipeMetric) and metric.unranked:
        return metric.unranked
    judges = metric.judges if isinstance(metric, (ClipMetric, SetMetric, RecipeMetric)) else ()
    taught = sorted(set(judges) & set(trained_with))
    return f"{TAUGHT}, {', '.join(taught)}" if taught else ""


@cache
def _metrics() -> Mapping[str, Metric]:
    """Raises ValueError where two modules declare one name: a mistake in this package, not of its user."""
    metrics: dict[str, Metric] = {}
    for module, metric in _declared():
        if metric.name in metrics:
            raise ValueError(f"the metric {metric.name!r} is declared twice, the second time in {module}")
        metrics[metric.name] = metric
    return metrics


def _declared() -> Iterator[tuple[str, Metric]]:
    for name in MODULES:
        module = import_module(f"audiotok.metrics.{name}")
        yield from ((name, metric) for metric in module.METRICS)
