"""Options of the task; the defaults are the conditions behind every row of the board."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Annotated

import typer

from audiotok.errors import InvalidOption
from audiotok.lm.text_first import CONDITION
from audiotok.metrics.language_model import REAL
from audiotok.metrics.lexicon_speech import Excerpt
from audiotok.tasks.continuations.prompts import MIN_SECONDS, ContinuationSampling
from audiotok.tasks.language_model.options import SamplingOptions, Temperature, joined
from audiotok.tasks.lexicon import language
from audiotok.tasks.lexicon.options import LexiconOptions

NAME = "lexicon-texts"
LONGEST = 6.0  # seconds that a sentence may last which is learnt with its text: all of them are shorter


@dataclass(frozen=True)
class LexiconSpeechOptions(SamplingOptions, LexiconOptions):
    """Options of the task. Raises InvalidOption where a prompt and what follows it do not fit into the context."""

    minutes: Annotated[
        list[float], typer.Option("--minutes", help="Minutes of training speech of the model without text.")
    ] = field(default_factory=lambda: [35.0])
    read_minutes: Annotated[
        float, typer.Option("--read-minutes", help="Minutes of training speech of the reading model.")
    ] = 120.0
    read_hours: Annotated[
        float, typer.Option("--read-hours", help="Hours of training audio of the reading model, including repetitions.")
    ] = 16.7
    temperature: Temperature = 0.6
    texts: Annotated[
        int, typer.Option("--texts", min=1, max=100, help="Number of texts per half of the vocabulary.")
    ] = 24
    prompt_seconds: Annotated[
        float, typer.Option("--prompt-seconds", help="Seconds of real speech used as the prompt.")
    ] = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (self.read_minutes > 0 and self.read_hours > 0):
            raise InvalidOption(
                "expected minutes and hours above 0 for the model that reads texts, got "
                f"{self.read_minutes:g} min and {self.read_hours:g} h"
            )
        if (longest := max(self.read_minutes, self.minutes[-1])) > language.LEARNT_MINUTES:
            raise InvalidOption(
                f"texts are kept out of the first {language.LEARNT_MINUTES} minutes of training speech, got "
                f"{longest:g} minutes, in which a text may be said"
            )
        if not 0 < self.prompt_seconds <= self.context_seconds - MIN_SECONDS:
            raise InvalidOption(
                f"expected a prompt that leaves {MIN_SECONDS:g} s of the context of {self.context_seconds:g} s, got "
                f"{self.prompt_seconds:g} s"
            )

    @property
    def going_on(self) -> ContinuationSampling:
        """How sentences are cut and gone on with, to the end of the context that the model is trained with."""
        rest = self.context_seconds - self.prompt_seconds
        return ContinuationSampling(self.temperature, self.top_k or None, self.sample_seed, self.prompt_seconds, rest)

    @property
    def excerpt(self) -> Excerpt:
        """Where a prompt and what follows it end."""
        return Excerpt(self.prompt_seconds, self.context_seconds)

    @property
    def reading(self) -> LexiconSpeechOptions:
        """The options of a model that reads texts: whole sentences, LONGEST seconds a step."""
        return replace(self, minutes=[self.read_minutes], hours=self.read_hours, context_seconds=LONGEST, rows=1)

    @property
    def listening(self) -> LexiconSpeechOptions:
        """The options of a model of speech alone."""
        return replace(self, hours=self.hours_for(self.minutes[-1]))

    def texts_sha256(self) -> str:
        """sha256 of the languages and of all texts, from which the audio follows."""
        listed = [one.texts(self.texts) for one in self.languages()]
        return hashlib.sha256(json.dumps([language.sha256(self.items, self.contexts), listed]).encode()).hexdigest()

    def described(self) -> str:
        """All conditions of all metrics, and the texts."""
        of_models = (self.conditions(name) for name in ("lexicon_read_wer", "lexicon_said_words"))
        return joined(*of_models, self.texts_sha256())

    def conditions(self, metric: str) -> str:
        """How a metric's score is made; the real voice does not depend on a model."""
        excerpt = "" if "_read_" in metric else self.going_on.excerpt
        if metric.endswith(REAL):
            return excerpt
        options, text = (self.reading, CONDITION) if "_read_" in metric else (self.listening, "")
        return joined(
            options.training(self.seed), f"minutes:{options.minutes[-1]:g}", text, excerpt, self.sampling.signature
        )
