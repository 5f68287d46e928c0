"""Writes docs/metrics.md and the types of audiotok.metrics.functional; `--check` fails where one of them is stale."""

from __future__ import annotations

import sys
from pathlib import Path

from audiotok.metrics import catalogue, functional
from audiotok.metrics.base import ClipMetric

PAGE = Path(__file__).with_name("metrics.md")
STUB = Path(functional.__file__).with_suffix(".pyi")
OURS = {name: metric for name, metric in functional.of_pairs().items() if name in catalogue.own_names()}

INTRODUCTION = """\
# Metrics of audio

Written by `python docs/make_metrics.py` from the declaration of each metric. The table lists the metrics of audio
signals; `audiotok metrics` lists all metrics, including those of tokens, language models and probes. Each metric in the
table is a function in `audiotok.metrics.functional`:

```python
from audiotok.metrics import functional as metrics

metrics.pesq_wb(reference, decoded, 16000)                       # arrays or tensors [T] or [C, T] -> float
metrics.si_sdr(audio, codec.decode(codec.encode(audio)))         # two Audio objects -> a list, one value per clip
metrics.dnsmos_ovrl(decoded, 16000)                              # no reference is needed
metrics.wer(decoded, 16000, text="Hello.", language="en")
```

The values are the same as in a run. Both signals are resampled to the rate of the domain: 16 kHz for speech, 44.1 kHz
for music and audio. `domain="music"` selects the domain. The decoded signal is cut or padded to the length of the
reference. If a metric has no value, the function raises `MetricUndefined` with the reason. Models are loaded once per
process, and their weights are downloaded at the first call.

| function | metric | unit | better | range | domains | licence of the weights | what it measures |
|---|---|---|---|---|---|---|---|
"""

HEAD = '''"""Types of the functions that functional.py makes. Written by `python docs/make_metrics.py`."""

from collections.abc import Callable
from typing import Any, Protocol, overload

from numpy.typing import ArrayLike

from audiotok.core.audio import Audio
from audiotok.metrics.base import ClipMetric

def parameters(metric: ClipMetric) -> tuple[tuple[str, ...], tuple[str, ...]]: ...
def function(metric: ClipMetric) -> Callable[..., Any]: ...
def of_pairs() -> dict[str, ClipMetric]: ...
'''


def page() -> str:
    return INTRODUCTION + "\n".join(_row(name, metric) for name, metric in OURS.items()) + "\n"


def _row(name: str, metric: ClipMetric) -> str:
    signals, keywords = functional.parameters(metric)
    low, high = (f"{metric.scale * bound:g}".replace("inf", "∞") for bound in metric.range)
    explained = metric.explanation.replace("|", "\\|")
    cells = [
        f"`{name}({', '.join((*signals, 'sample_rate', *keywords))})`",
        metric.title,
        metric.unit,
        metric.direction,
        f"{low} to {high}",
        ", ".join(metric.domains),
        metric.licence,
        explained,
    ]
    return "| " + " | ".join(cells) + " |"


def stub() -> str:
    taken = {functional.parameters(metric): "" for metric in OURS.values()}
    kinds = {what: f"_{''.join(name.capitalize() for name in (*what[0], *what[1]))}" for what in taken}
    protocols = [_protocol(name, *what) for what, name in kinds.items()]
    variables = [f"{name}: {kinds[functional.parameters(metric)]}" for name, metric in OURS.items()]
    return "\n".join([HEAD, *protocols, *variables]) + "\n"


def _protocol(name: str, signals: tuple[str, ...], keywords: tuple[str, ...]) -> str:
    """A call with arrays and their rate, or with Audio."""
    lines = [f"class {name}(Protocol):"]
    for kind, rate, result in (("ArrayLike", ("sample_rate: int",), "float"), ("Audio", (), "list[float]")):
        options = [f"{option}: str | None = None" for option in ("domain", *keywords)]
        taken = ["self", *(f"{signal}: {kind}" for signal in signals), *rate, "*", *options]
        listed = "".join(f"        {one},\n" for one in taken)
        lines += ["    @overload", f"    def __call__(\n{listed}    ) -> {result}: ..."]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    for path, text in ((PAGE, page()), (STUB, stub())):
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"{path} is stale: run {__file__}")
