"""One tokenizer's language model among comparable ones: what it is trained on, and how it is found again.

Recipes that are given the same options meet in the same folder (audiotok.lm.folder), so that what one has trained
another only loads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from audiotok.core.identifier import slug
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import TokenSpec
from audiotok.data.manifest import Manifest
from audiotok.errors import UnknownName
from audiotok.lm import patterns
from audiotok.lm.folder import hashed, lm_folder
from audiotok.lm.model import SHAPES, AcousticLM
from audiotok.lm.pattern import Pattern
from audiotok.lm.train import Settings, conditions, context_steps, train
from audiotok.lm.warm_start import text_lm
from audiotok.store import TokenStore, tokenize

PatternName = Annotated[str, typer.Option("--pattern", help=f"{', '.join(patterns.PATTERNS)}.")]
ShapeName = Annotated[str, typer.Option("--shape", help=f"Of the trunk: {', '.join(SHAPES)}.")]
Hours = Annotated[float, typer.Option("--hours", help="Of audio to train on, repetitions counted.")]
Flops = Annotated[float, typer.Option("--flops", help="Of training, instead of hours: equal compute at unequal rates.")]
Init = Annotated[
    str, typer.Option("--init", help="Text LM to take the trunk from, instead of a shape: on the hub, or a folder.")
]
ContextSeconds = Annotated[float, typer.Option("--context-seconds", help="Of audio that a prediction may see.")]
Rows = Annotated[int, typer.Option("--rows", min=1, help="Of a batch, each of one context.")]
Bf16 = Annotated[bool, typer.Option(help="Mixed precision: for GPUs, and far slower on most processors.")]
Durations = Annotated[
    int,
    typer.Option(
        "--durations",
        min=0,
        help="Longest run to write for units without repetitions; 0 leaves lengths uncoded.",
    ),
]
Seeds = Annotated[list[int], typer.Option("--seed", help="Of initialisation and order; repeat for several.")]
TopK = Annotated[int, typer.Option("--top-k", min=0, help="Likeliest codes to draw from; 0 for all.")]
SampleSeed = Annotated[int, typer.Option("--sample-seed", help="Of sampling.")]


@dataclass(frozen=True)
class Plan:
    """The options that every tokenizer of a comparison shares; by default, those behind the leaderboard.

    A recipe takes them as one parameter (audiotok.cli.options).

    Raises UnknownName where there is no such shape, InvalidOption, AssetUnavailable (audiotok.lm.warm_start).
    """

    pattern: PatternName = "delay"
    shape: ShapeName = "3M"
    hours: Hours = 2.0
    context_seconds: ContextSeconds = 10.0
    rows: Rows = 1
    bf16: Bf16 = False
    durations: Durations = 0
    flops: Flops = 0.0
    init: Init = ""

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise UnknownName(f"no shape is called {self.shape!r}; there are {', '.join(SHAPES)}")
        self.settings(0)
        if self.init:
            text_lm(self.init)

    def settings(self, seed: int) -> Settings:
        return Settings(
            SHAPES[self.shape],
            0.0 if self.flops else self.hours,
            self.context_seconds,
            self.rows,
            seed=seed,
            bf16=self.bf16,
            flops=self.flops,
            init=self.init,
        )

    @property
    def trunk(self) -> str:
        """Its name, for a folder's."""
        return slug(Path(self.init).name) if self.init else self.shape

    def conditions(self, order: Pattern, seeds: Sequence[int]) -> str:
        """What of it belongs into a score's signature; `seeds`, of the models whose scores are averaged."""
        return conditions(self.settings(seeds[0]), order, self.durations, seeds)

    def order(self, spec: TokenSpec) -> Pattern:
        return patterns.get(self.pattern, spec, max_duration=self.durations or None)


@dataclass(frozen=True)
class Material:
    """What a tokenizer's models learn from, and how they read it."""

    store: TokenStore  # of the training split
    order: Pattern
    folder: Path  # of all that is made from it


@dataclass(frozen=True)
class Trained:
    """A model and what its scores have to say of it."""

    model: AcousticLM
    context: int  # steps that a prediction may see
    conditions: str  # its part of a signature
    run: Path


def material(tokenizer: Tokenizer, speech: Manifest, plan: Plan, runs: Path) -> Material:
    """The tokens of the training split of `speech`, made or gone on with."""
    folder = lm_folder(runs, speech, tokenizer.identifier)
    store = tokenized(tokenizer, speech.split("train"), folder / "train")
    return Material(store, plan.order(store.spec), folder)


def tokenized(tokenizer: Tokenizer, corpus: Manifest, out: Path) -> TokenStore:
    """The corpus' store, made or gone on with; clips that cannot be encoded are named and left out."""
    for clip, reason in tokenize(tokenizer, corpus, out, shard_hours=0.25).items():
        typer.secho(f"left out {clip}: {reason}", fg="yellow", err=True)
    return TokenStore(out)


def trained(given: Material, plan: Plan, seed: int) -> Trained:
    """Train the plan's model, go on with it, or only load it where it is finished."""
    trained_as = plan.conditions(given.order, [seed])
    run = given.folder / f"{plan.pattern}-{plan.trunk}-seed{seed}-{hashed(trained_as)}"
    model = train(given.store, given.order, plan.settings(seed), run)
    return Trained(model, context_steps(given.store, given.order, plan.context_seconds), trained_as, run)
