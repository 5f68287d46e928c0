"""How does a language model over a tokenizer's tokens go on where real speech breaks off?

Conventions: see audiotok.tasks.continuations.scoring.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

import typer

from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidOption
from audiotok.metrics.language_model import REAL
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.tasks.continuations.prompts import ContinuationSampling, choose_prompts
from audiotok.tasks.language_model.folder import TRAINED_ON, hashed, left_by_models, trained_on
from audiotok.tasks.language_model.options import LMOptions, SamplingOptions, joined
from audiotok.tasks.task import Context, Samples, Task, only_tokenizers

VERSION = 1  # goes up when the same seed gives other codes

PromptSeconds = Annotated[float, typer.Option("--prompt-seconds", help="Seconds of real speech used as the prompt.")]
Seconds = Annotated[
    float,
    typer.Option(
        "--seconds", help="Maximum length of a continuation in seconds; never longer than the rest of the clip."
    ),
]
Clips = Annotated[
    int, typer.Option("--clips", min=0, help="Number of clips to continue; 0 for all that are long enough.")
]


@dataclass(frozen=True)
class ContinuationOptions(SamplingOptions, LMOptions):
    """Options of the task. Raises InvalidOption where prompt and continuation do not fit into the context."""

    prompt_seconds: PromptSeconds = 3.0
    seconds: Seconds = 4.0
    clips: Clips = 60

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.prompt_seconds + self.seconds > self.context_seconds:
            raise InvalidOption(
                f"a prompt of {self.prompt_seconds} s and a continuation of {self.seconds} s are longer than the "
                f"context of {self.context_seconds} s"
            )

    @property
    def sampling(self) -> ContinuationSampling:
        return ContinuationSampling(
            self.temperature, self.top_k or None, self.sample_seed, self.prompt_seconds, self.seconds
        )

    def conditions(self, metric: str) -> str:
        """How a metric's score is made; what really follows does not depend on the model."""
        if metric.endswith(REAL):
            return self.sampling.excerpt
        return joined(self.training(self.seed), self.sampling.excerpt, self.sampling.signature)


def measure(system: Tokenizer, corpus: Manifest, context: Context) -> list[Result]:
    """Continue clips of speakers who are not in the training split, and score what follows.

    The audio and results.jsonl are in each model's continuations-HASH/.
    """
    from audiotok.tasks.continuations import scoring
    from audiotok.tasks.language_model.side_by_side import train_side_by_side
    from audiotok.tasks.language_model.training import prepare, train_lm

    options: ContinuationOptions = context.options or TASK.options
    sampling = options.sampling
    speech = corpus.domain("speech")
    chosen = choose_prompts(speech.new_voices(), sampling, options.clips)
    training = prepare(system, speech, options, context.runs, context.engine, context.workers)
    shown: list[Result] = []
    train_side_by_side([partial(train_lm, training, options, number) for number in options.seed], context, options)
    for number in options.seed:
        lm = train_lm(training, options, number)
        folder = lm.run / f"continuations-{hashed(f'{sampling.excerpt}|{sampling.signature}|v{VERSION}')}"
        outcomes = scoring.measure(lm.model, training.pattern, system, chosen, sampling, folder, context.runs)
        asked = trained_on(TASK.under(replace(options, seed=[number])), speech.split("train"))
        found = scoring.results(outcomes, system, chosen, asked)
        kept = folder / chosen.sha256[:12]  # other clips of the same model have results of their own
        kept.mkdir(exist_ok=True)
        record.write(kept / "results.jsonl", found)
        typer.echo(f"{system.identifier}, seed {number}: listen in {folder}")
        shown += found
    return shown


OPTIONS = ContinuationOptions()
TASK = Task(
    "continuations",
    1,
    (
        *("continuation_dnsmos_ovrl", "continuation_dnsmos_ovrl_real"),
        *("continuation_speaker_ge2e", "continuation_speaker_ge2e_real"),
        *("continuation_words_again", "continuation_words_again_real"),
        *("continuation_codes_again", "continuation_codes_again_real", "continuation_length"),
    ),
    OPTIONS.conditions,
    question="How well does a language model over the tokens continue a clip of speech?",
    cost="half an hour on two cores if acoustic_lm has trained the model",
    dataset=TRAINED_ON,
    clip_fields=("speaker",),
    cannot_judge=only_tokenizers,
    measure=measure,
    options=OPTIONS,
    outputs=left_by_models,
    samples=Samples(3, OPTIONS.prompt_seconds, OPTIONS.prompt_seconds + OPTIONS.seconds),
)
