"""Options of the task; the defaults are the conditions behind every row of the board."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated

import typer

from audiotok.errors import InvalidOption
from audiotok.lm.config import LMConfig
from audiotok.metrics import lexicon
from audiotok.tasks.language_model.options import ContextSeconds, Hours, LMOptions, Rows, SizeName, joined
from audiotok.tasks.lexicon import language
from audiotok.tasks.lexicon.language import HALVES, Language

#: The id that minutes are a score of: both languages together.
WHOLE = "both-halves"


@dataclass(frozen=True)
class LexiconOptions(LMOptions):
    """Options of the task; scores are the mean over the seeds.

    Raises InvalidOption where the minutes do not grow from above 0, or there is nothing to train for.
    """

    size: SizeName = "1M"
    hours: Hours = 3.0
    context_seconds: ContextSeconds = 3.0
    rows: Rows = 4
    learning_rate: Annotated[float, typer.Option("--learning-rate", help="Peak learning rate of AdamW.")] = 2e-3
    epochs: Annotated[
        float, typer.Option("--epochs", help="Maximum number of epochs; less speech is trained on for fewer hours.")
    ] = 20.0
    minutes: Annotated[
        list[float], typer.Option("--minutes", help="Minutes of training speech; repeat for a learning curve.")
    ] = field(default_factory=lambda: list(lexicon.MINUTES))
    items: Annotated[int, typer.Option("--items", help="Items in each half of the vocabulary, of two words each.")] = 20
    contexts: Annotated[int, typer.Option("--contexts", help="Number of test sentences per word.")] = 6

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.minutes or self.minutes != sorted({m for m in self.minutes if m > 0}):
            raise InvalidOption(f"minutes must be positive and strictly increasing, got {self.minutes}")
        if not (self.epochs > 0 and self.learning_rate > 0):
            raise InvalidOption(
                f"epochs and learning rate must be positive, got {self.epochs:g} and {self.learning_rate:g}"
            )
        self.languages()

    def languages(self) -> list[Language]:
        """The language of each half."""
        return [Language(half, self.items, self.contexts) for half in HALVES]

    def hours_for(self, minutes: float) -> float:
        """Hours to train for on so much speech, counting repeats.

        >>> [LexiconOptions(hours=3, epochs=15).hours_for(minutes) for minutes in (2, 12, 35)]
        [0.5, 3, 3]
        """
        return min(self.hours, self.epochs * minutes / 60)

    def config(self, seed: int) -> LMConfig:
        """The training of one seed's model."""
        return replace(super().config(seed), learning_rate=self.learning_rate)

    def conditions(self, metric: str) -> str:
        """How a metric's score is made; n-grams do not depend on how a model was trained."""
        ngram = any(metric.endswith(f"_{name}") for name in lexicon.NGRAMS)
        after = [minutes for minutes in self.minutes if metric.endswith(f"_after_{minutes:g}")]
        asked = self.minutes if metric == lexicon.TO_REACH.name else after or self.minutes[-1:]
        return joined(
            self.counting if ngram else f"{self.training(self.seed)}|epochs:{self.epochs:g}",
            f"language:v{language.VERSION}-{language.sha256(self.items, self.contexts)[:12]}",
            f"contexts:{self.contexts}|items:{self.items}|minutes:{'+'.join(f'{minutes:g}' for minutes in asked)}",
        )
