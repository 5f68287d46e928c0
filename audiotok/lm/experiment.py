"""One tokenizer's language model among comparable ones: where it is kept, what it is trained on, how it is found again.

Recipes that are given the same options meet in the same folder, so that what one has trained another only loads:

    <runs>/lm/<data>-<hash>/<tokenizer>/train, test …          token stores
                                       /<pattern>-<shape>-seed<n>-<hash of the settings>/checkpoint.pt
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from audiotok import registry
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData, UnknownName
from audiotok.lm import patterns
from audiotok.lm.model import SHAPES, AcousticLM
from audiotok.lm.pattern import Pattern
from audiotok.lm.train import Settings, context_steps, settings_signature, train
from audiotok.stages.folder import slug
from audiotok.store import TokenStore, tokenize
from audiotok.tokenizer import Tokenizer
from audiotok.tokens import TokenSpec

PatternName = Annotated[str, typer.Option("--pattern", help=f"{', '.join(patterns.PATTERNS)}.")]
ShapeName = Annotated[str, typer.Option("--shape", help=f"Of the trunk: {', '.join(SHAPES)}.")]
Hours = Annotated[float, typer.Option("--hours", help="Of audio to train on, repetitions counted.")]
ContextSeconds = Annotated[float, typer.Option("--context-seconds", help="Of audio that a prediction may see.")]
Rows = Annotated[int, typer.Option("--rows", min=1, help="Of a batch, each of one context.")]
Durations = Annotated[
    int,
    typer.Option(
        "--durations",
        min=0,
        help="Longest run to write for units without repetitions; 0 leaves lengths uncoded.",
    ),
]
Seeds = Annotated[list[int], typer.Option("--seed", help="Of initialisation and order; repeat for several.")]


@dataclass(frozen=True)
class Plan:
    """The options that every tokenizer of a comparison shares. Raises UnknownName where there is no such shape."""

    pattern: str = "flatten"
    shape: str = "3M"
    hours: float = 1.0
    context_seconds: float = 10.0
    rows: int = 16
    durations: int = 0

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise UnknownName(f"no shape is called {self.shape!r}; there are {', '.join(SHAPES)}")

    def order(self, spec: TokenSpec) -> Pattern:
        return patterns.get(self.pattern, spec, max_duration=self.durations or None)


@dataclass(frozen=True)
class Trained:
    """A model and what its scores have to say of it."""

    model: AcousticLM
    context: int  # steps that a prediction may see
    conditions: str  # its part of a signature
    run: Path


def folder_of(runs: Path, speech: Manifest, identifier: str) -> Path:
    """Of one tokenizer's stores and models on one data set."""
    return runs / "lm" / f"{speech.name}-{speech.sha256[:12]}" / slug(registry.canonical(identifier))


def new_voices(speech: Manifest) -> Manifest:
    """Test clips of speakers that are not in the training split. Raises InvalidData where there are none."""
    heard = {clip.speaker for clip in speech.split("train")}
    clips = [clip for clip in speech.split("test") if clip.speaker is not None and clip.speaker not in heard]
    if not clips or not heard:
        raise InvalidData(f"{speech.name} has no train split, or no test clip of a speaker outside of it")
    return Manifest.of(f"{speech.name}-new-voices", clips, speech.root)


def tokenized(tokenizer: Tokenizer, corpus: Manifest, out: Path) -> TokenStore:
    """The corpus' store, made or gone on with; clips that cannot be encoded are named and left out."""
    for clip, reason in tokenize(tokenizer, corpus, out, shard_hours=0.25).items():
        typer.secho(f"left out {clip}: {reason}", fg="yellow", err=True)
    return TokenStore(out)


def trained(store: TokenStore, order: Pattern, plan: Plan, seed: int, folder: Path) -> Trained:
    """Train the plan's model on the store, go on with it, or only load it where it is finished."""
    settings = Settings(SHAPES[plan.shape], plan.hours, plan.context_seconds, plan.rows, seed=seed)
    conditions = f"{settings_signature(settings, order)}|durations:{plan.durations}"
    key = hashlib.sha256(conditions.encode()).hexdigest()[:12]
    run = folder / f"{plan.pattern}-{plan.shape}-seed{seed}-{key}"
    model = train(store, order, settings, run)
    return Trained(model, context_steps(store, order, plan.context_seconds), conditions, run)
