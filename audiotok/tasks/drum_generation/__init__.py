"""Does a language model over a tokenizer's tokens make the drum strokes that it is asked for?

Conventions: see audiotok.tasks.drum_generation.scoring.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from audiotok.core.tokenizer import Codec
from audiotok.data.manifest import Manifest
from audiotok.lm.class_first import CONDITION
from audiotok.metrics.generated import ANSWERS, DRUMS
from audiotok.metrics.language_model import REAL
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.tasks.language_model.folder import hashed, lm_folder, results_below
from audiotok.tasks.language_model.options import Hours, LMOptions, SamplingOptions, joined
from audiotok.tasks.task import Context, System, Task, only_codecs

DATA = "probes-mini"
NumStrokes = Annotated[int, typer.Option("--strokes", min=1, help="Number of strokes to generate per class and model.")]


@dataclass(frozen=True)
class DrumOptions(SamplingOptions, LMOptions):
    """Options of the task; temperature 0 takes the likeliest code each time."""

    hours: Hours = 1.0
    strokes: NumStrokes = 25

    def conditions(self, metric: str) -> str:
        """How a metric's score is made; of real strokes all that counts is how many were generated."""
        asked = f"strokes:{self.strokes}"
        if metric.endswith(REAL):
            return asked
        return joined(self.training(self.seed), CONDITION, self.sampling.signature, asked)


def measure(system: Codec, corpus: Manifest, context: Context) -> list[Result]:
    """Train two models, each on half of the kits, and score the strokes that they make.

    The audio is in each model's strokes-HASH/.
    """
    from audiotok.tasks.drum_generation import kits, scoring
    from audiotok.tasks.drum_generation.training import prepare
    from audiotok.tasks.language_model.side_by_side import train_side_by_side
    from audiotok.tasks.language_model.speech_scoring import require_audible

    options: DrumOptions = context.options or TASK.options
    require_audible(system, options.order_codes(system.spec))
    strokes = kits.drums(corpus)
    halves, classes = kits.halves(strokes), kits.classes_of(strokes)
    trainings = [prepare(system, half, classes, options, context) for half in halves]
    real = [scoring.through(system, one.store, one.folder / "real") for one in trainings]
    train_side_by_side([partial(one.train, seed) for seed in options.seed for one in trainings], context, options)
    sampled = f"strokes-{hashed(f'{options.sampling.signature}|{options.strokes}')}"
    shown: list[Result] = []
    for seed in options.seed:
        generated = []
        for name, one in zip(kits.HALVES, trainings, strict=True):
            wanted, folder = scoring.asked(name, classes, options.strokes), one.run(seed) / sampled
            made = scoring.generate(one.train(seed), one.layout, system, one.store, wanted, options.sampling, folder)
            generated.append(made)
            typer.echo(f"{system.identifier}, seed {seed}: listen in {folder}")
        of_seed = replace(options, seed=[seed])
        outcomes = scoring.measure(halves, real, generated, context.runs)
        found = scoring.results(outcomes, strokes, system, TASK.under(of_seed))
        kept = lm_folder(context.runs, strokes, system.identifier) / hashed(of_seed.conditions(""))
        kept.mkdir(parents=True, exist_ok=True)
        record.write(kept / "results.jsonl", found)
        shown += found
    return shown


def outputs(system: System, name: str, runs: Path) -> Iterable[Path]:
    """Result files on a data set of this name, under whatever conditions."""
    return results_below(runs, f"{name}-drums", system.identifier, "*")


OPTIONS = DrumOptions()
TASK = Task(
    "drum_generation",
    1,
    tuple(metric.name for metric in ANSWERS[DRUMS]),
    OPTIONS.conditions,
    question="Does a language model over the tokens generate new drum strokes of the requested class?",
    cost="ten minutes on two cores",
    dataset=DATA,
    clip_fields=("label",),
    cannot_judge=only_codecs,
    measure=measure,
    options=OPTIONS,
    outputs=outputs,
)
