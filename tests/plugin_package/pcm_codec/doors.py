"""A task, a pattern of codes, an engine and a data set that somebody else wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import TokenSpec
from audiotok.data import Manifest, make, read
from audiotok.lm.patterns.multi_stream import MultiStreamPattern
from audiotok.metrics import catalogue
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.identity import describe
from audiotok.runs.result import of_clips
from audiotok.runs.stage import Stage
from audiotok.tasks.task import Context, Task, only_tokenizers


@dataclass(frozen=True)
class RateOptions:
    """Options of the task `coded_rate`."""

    clips: int = 2


def measure(system: Tokenizer, manifest: Manifest, context: Context) -> list[Result]:
    """The bitrate of the first clips."""
    options: RateOptions = context.options or TASK.options
    metric = catalogue.get("bitrate")
    rows = [
        ScoredClip(clip.id, float(system.encode(read(clip, manifest.root)).bits()[0]), clip.duration)
        for clip in manifest.clips[: options.clips]
    ]
    return [
        of_clips(
            metric,
            rows,
            tokenizer=system.identifier,
            domain="speech",
            signature=TASK.signature_of(metric, manifest),
            provenance=describe(system),
            failures={},
        )
    ]


TASK = Task(
    "coded_rate",
    1,
    ("bitrate",),
    lambda metric: f"clips:{RateOptions().clips}",
    question="What does it cost to code the first clips?",
    cost="a second",
    dataset="hums",
    cannot_judge=only_tokenizers,
    measure=measure,
    options=RateOptions(),
    budgets={"large": RateOptions(clips=100)},
)


class SlowDelay(MultiStreamPattern):
    """Codebook k comes two times k steps late."""

    name = "slow_delay"

    def __init__(self, spec: TokenSpec, *, max_duration: int | None = None) -> None:
        streams = spec.num_codebooks + bool(spec.max_duration if max_duration is None else max_duration)
        super().__init__(spec, delays=tuple(range(0, 2 * streams, 2)), max_duration=max_duration)


def backwards(stage: Stage[Any, Any], jobs: Sequence[Any], workers: int) -> Iterator[Any]:
    """An engine that does the last job first."""
    return stage.run(reversed(jobs))


def hums(folder: str) -> Manifest:
    """The data set `hums:FOLDER`."""
    return make(folder, "hums")[0]
