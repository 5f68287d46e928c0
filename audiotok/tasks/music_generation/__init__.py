"""Does a language model over a tokenizer's tokens make music that is like real music, and new?

Conventions: see audiotok.tasks.music_generation.scoring.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidOption
from audiotok.metrics.generated import ANSWERS, MUSIC
from audiotok.metrics.language_model import REAL
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.tasks.language_model.folder import TRAINED_ON, hashed, results_below
from audiotok.tasks.language_model.options import LMOptions, SamplingOptions, joined
from audiotok.tasks.task import Context, System, Task, only_codecs

VERSION = 1  # goes up when the same seed gives other codes

NumClips = Annotated[
    int, typer.Option("--clips", min=1, help="Number of clips to generate; FAD needs 220 of 10 seconds.")
]
ClipSeconds = Annotated[float, typer.Option("--seconds", help="Length of a clip in seconds.")]


@dataclass(frozen=True)
class MusicOptions(SamplingOptions, LMOptions):
    """Options of the task. Raises InvalidOption where a clip does not fit into the context."""

    clips: NumClips = 224
    seconds: ClipSeconds = 10.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.seconds <= self.context_seconds:
            raise InvalidOption(
                f"expected clips of more than 0 s that fit into the context of {self.context_seconds} s, got "
                f"{self.seconds} s"
            )

    @property
    def asked(self) -> str:
        """Fields of a signature: what a model is asked for."""
        return f"{self.sampling.signature}|clips:{self.clips}|sample_seconds:{self.seconds}"

    def conditions(self, metric: str) -> str:
        """How a metric's score is made; of real music all that counts is how much was generated."""
        if metric.endswith(REAL):
            return f"clips:{self.clips}|sample_seconds:{self.seconds}"
        return joined(self.training(self.seed), self.asked)


def constant_rate(system: System) -> str:
    """Why a system is not judged: clips of one length in seconds have one length in frames."""
    if why := only_codecs(system):
        return why
    varies = isinstance(system, Tokenizer) and system.spec.variable_rate
    return "its tokens have a variable rate, so that no number of them lasts 10 s" if varies else ""


def measure(system: Codec, corpus: Manifest, context: Context) -> list[Result]:
    """Train models on the training split's music, and score what they make from nothing.

    The audio and results.jsonl are in each model's music-HASH/.
    """
    from audiotok.tasks.language_model.side_by_side import train_side_by_side
    from audiotok.tasks.language_model.training import prepare, tokenized, train_lm
    from audiotok.tasks.music_generation import scoring

    options: MusicOptions = context.options or TASK.options
    music = corpus.domain("music")
    training = prepare(system, music, options, context.runs, context.engine, context.workers)
    test = tokenized(system, music.split("test"), training.folder / "test", context.engine, context.workers)
    train_side_by_side([partial(train_lm, training, options, number) for number in options.seed], context, options)
    wanted = scoring.asked(options.clips)
    shown: list[Result] = []
    for number in options.seed:
        lm = train_lm(training, options, number)
        folder = lm.run / f"music-{hashed(f'{options.asked}|v{VERSION}')}"
        scoring.generate(lm.model, training.pattern, system, wanted, options.seconds, options.sampling, folder)
        outcomes = scoring.measure(system, music, training.store, test, wanted, options.seconds, folder, context.runs)
        found = scoring.results(outcomes, music, system, TASK.under(replace(options, seed=[number])))
        record.write(folder / "results.jsonl", found)
        typer.echo(f"{system.identifier}, seed {number}: listen in {folder}")
        shown += found
    return shown


def outputs(system: System, name: str, runs: Path) -> Iterable[Path]:
    """Result files on a data set of this name, under whatever conditions."""
    return results_below(runs, name, system.identifier, "*/music-*")


OPTIONS = MusicOptions()
TASK = Task(
    "music_generation",
    1,
    tuple(metric.name for metric in ANSWERS[MUSIC]),
    OPTIONS.conditions,
    question="Does a language model over the tokens generate music that is new and similar to real music?",
    cost="an hour and a half on two cores",
    dataset=TRAINED_ON,
    cannot_judge=constant_rate,
    measure=measure,
    options=OPTIONS,
    outputs=outputs,
)
