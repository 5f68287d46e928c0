"""Every metric of a pair of signals as a function: `functional.pesq_wb(reference, decoded, sample_rate)`.

    from audiotok.metrics import functional as metrics

    metrics.pesq_wb(reference, decoded, 16000)           # two arrays [T] or [C, T] -> float
    metrics.pesq_wb(audio, codec.decode(tokens))         # two Audio -> a list, a value for each clip
    metrics.dnsmos_ovrl(decoded, 16000)                  # no reference is needed
    metrics.wer(decoded, 16000, text="Hello.", language="en")

A function takes what its metric needs and is called like it, so that a metric that declares itself, of another package
too, is here. Values, and what is raised, are those of `audiotok.metrics.score`. docs/metrics.md lists all of them;
`help(metrics.pesq_wb)` explains one.

>>> import numpy as np
>>> clean = 0.5 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
>>> round(si_sdr(clean, clean + 0.05 * np.cos(2 * np.pi * 440 * np.arange(16000) / 16000), 16000), 2)
20.0
>>> print(si_sdr.__doc__.splitlines()[0])
SI-SDR (dB, higher is better).
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

from audiotok.metrics import catalogue
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.single import score


def parameters(metric: ClipMetric) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parameters of a metric's function: signals, and keywords beside `domain`."""
    signals = ("reference", "decoded") if metric.full_reference else ("decoded",)
    of_words = metric.question == "intelligibility" and metric.weight == "count"
    text = ("text",) if metric.analysis.reads_text or (of_words and not metric.full_reference) else ()
    keywords = (*text, "language") if of_words else text
    return signals, keywords


def function(metric: ClipMetric) -> Callable[..., Any]:
    """The metric as a function that explains itself."""
    signals, keywords = parameters(metric)

    def call(*given: Any, **options: Any) -> Any:
        bound = signature.bind(*given, **options).arguments
        decoded = bound.pop("decoded")
        return score(metric.name, bound.pop("reference", decoded), decoded, **bound)

    rate = Parameter("sample_rate", Parameter.POSITIONAL_OR_KEYWORD, default=None)
    positional = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in signals]
    optional = [Parameter(name, Parameter.KEYWORD_ONLY, default=None) for name in ("domain", *keywords)]
    signature = Signature([*positional, rate, *optional])
    unit = ", ".join(filter(None, (metric.unit, f"{metric.direction} is better")))
    call.__name__ = call.__qualname__ = metric.name
    call.__doc__ = f"{metric.title} ({unit}).\n\n{metric.explanation}\nDomains: {', '.join(metric.domains)}."
    call.__dict__["__signature__"] = signature
    return call


def of_pairs() -> dict[str, ClipMetric]:
    """The metrics that one pair of signals has, by name."""
    found = catalogue.usable()
    return {name: metric for name, metric in found.items() if isinstance(metric, ClipMetric) and not metric.aligned}


_FUNCTIONS = {name: function(metric) for name, metric in of_pairs().items()}
globals().update(_FUNCTIONS)
__all__ = sorted(_FUNCTIONS)
