"""Can the words be made out that a language model over a tokenizer's tokens says when it is given their text?

Conventions: see audiotok.tasks.tts_probe.scoring.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

import typer

from audiotok.core.tokenizer import Codec
from audiotok.data.manifest import Manifest
from audiotok.lm.text_first import CONDITION, TextFirst
from audiotok.metrics.language_model import REAL
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.tasks.language_model.folder import TRAINED_ON, hashed, left_by_models, trained_on
from audiotok.tasks.language_model.options import LMOptions, SamplingOptions, joined
from audiotok.tasks.task import Context, Samples, Task, only_codecs
from audiotok.tasks.tts_probe.texts import choose_texts

Clips = Annotated[int, typer.Option("--clips", min=0, help="Number of texts to read; 0 for all.")]


@dataclass(frozen=True)
class TTSProbeOptions(SamplingOptions, LMOptions):
    """Options of the task; temperature 0 takes the likeliest code each time."""

    clips: Clips = 60

    def conditions(self, metric: str) -> str:
        """How a metric's score is made; a real recording does not depend on the model."""
        return "" if metric.endswith(REAL) else joined(self.training(self.seed), CONDITION, self.sampling.signature)


def measure(system: Codec, corpus: Manifest, context: Context) -> list[Result]:
    """Train models on the training split's clips and their texts, and score what they say for texts of test clips.

    The audio and results.jsonl are in each model's said-HASH/.
    """
    from audiotok.tasks.language_model.side_by_side import train_side_by_side
    from audiotok.tasks.language_model.speech_scoring import require_audible
    from audiotok.tasks.language_model.training import prepare
    from audiotok.tasks.tts_probe import scoring
    from audiotok.tasks.tts_probe.training import train_tts

    options: TTSProbeOptions = context.options or TASK.options
    sampling = options.sampling
    speech = corpus.domain("speech")
    chosen, left_out = choose_texts(speech, options.context_seconds, options.clips)
    for why, number in Counter(left_out.values()).items():
        typer.secho(f"left out {number} test clips: {why}", fg="yellow", err=True)
    require_audible(system, options.order_codes(system.spec))
    training = prepare(system, speech, options, context.runs, context.engine, context.workers)
    layout = TextFirst(training.pattern)
    shown: list[Result] = []
    trainings = [partial(train_tts, training, layout, options, number) for number in options.seed]
    train_side_by_side(trainings, context, options)
    for number in options.seed:
        model = train_tts(training, layout, options, number)
        folder = model.run / f"said-{hashed(f'{sampling.signature}|{chosen.sha256}')}"
        outcomes = scoring.measure(model, layout, system, chosen, sampling, folder, context.runs)
        asked = trained_on(TASK.under(replace(options, seed=[number])), speech.split("train"))
        found = scoring.results(outcomes, system, chosen, left_out, asked)
        record.write(folder / "results.jsonl", found)
        typer.echo(f"{system.identifier}, seed {number}: listen in {folder}")
        shown += found
    return shown


OPTIONS = TTSProbeOptions()
TASK = Task(
    "tts_probe",
    1,
    ("tts_wer", "tts_wer_real", "tts_cer", "tts_cer_real", "tts_unended", "tts_soundless"),
    OPTIONS.conditions,
    question="Is the speech that a language model over the tokens generates from text intelligible?",
    cost="an hour on two cores",
    dataset=TRAINED_ON,
    clip_fields=("text", "language"),
    cannot_judge=only_codecs,
    measure=measure,
    options=OPTIONS,
    outputs=left_by_models,
    samples=Samples(3),
)
