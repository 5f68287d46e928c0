"""Options of the task; the defaults are the conditions behind every row of the board."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import typer

from audiotok.errors import InvalidOption
from audiotok.metrics import lexicon
from audiotok.tasks.language_model.options import Hours, LMOptions, Seeds, joined
from audiotok.tasks.lexicon import language
from audiotok.tasks.lexicon.language import HALVES, Language

#: The id that minutes are a score of: both languages together.
WHOLE = "both-halves"


@dataclass(frozen=True)
class LexiconOptions(LMOptions):
    """Options of the task; scores are the mean over the seeds.

    Raises InvalidOption where the minutes do not grow from above 0.
    """

    hours: Hours = 1.5
    minutes: Annotated[
        list[float], typer.Option("--minutes", help="Minutes of speech to learn from; repeat for a curve.")
    ] = field(default_factory=lambda: list(lexicon.MINUTES))
    items: Annotated[int, typer.Option("--items", help="Items of each half of the words; two words an item.")] = 20
    contexts: Annotated[int, typer.Option("--contexts", help="Sentences to ask about each word in.")] = 3
    seed: Seeds = field(default_factory=lambda: [0])

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.minutes or self.minutes != sorted({m for m in self.minutes if m > 0}):
            raise InvalidOption(f"minutes must grow from above 0, each there once, got {self.minutes}")
        self.languages()

    def languages(self) -> list[Language]:
        """The language of each half."""
        return [Language(half, self.items, self.contexts) for half in HALVES]

    def conditions(self, metric: str) -> str:
        """How a metric's score is made; n-grams do not depend on how a model was trained."""
        ngram = metric.removeprefix(f"{lexicon.LEARNED.name}_") in lexicon.NGRAMS
        after = [minutes for minutes in self.minutes if metric.endswith(f"_{minutes:g}")]
        asked = self.minutes if metric == lexicon.TO_REACH.name else after or self.minutes[-1:]
        return joined(
            "" if ngram else self.training(self.seed),
            f"language:v{language.VERSION}-{language.sha256(self.items, self.contexts)[:12]}",
            f"contexts:{self.contexts}|items:{self.items}|minutes:{'+'.join(f'{minutes:g}' for minutes in asked)}",
        )
