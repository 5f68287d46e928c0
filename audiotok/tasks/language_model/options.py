"""Options of tasks that train language models; by default, the conditions behind every row of the board.

A recipe takes a dataclass of options as one parameter (audiotok.cli.options), and so does `audiotok run --recipe`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from audiotok.core.identifier import slug
from audiotok.core.tokens import TokenSpec
from audiotok.errors import InvalidOption, UnknownName
from audiotok.lm import patterns
from audiotok.lm.config import SIZES, LMConfig
from audiotok.lm.patterns.base import Pattern
from audiotok.tasks.language_model.sampling import Sampling

PatternName = Annotated[
    str, typer.Option("--pattern", help=f"Pattern of the codebooks: {', '.join(patterns.names())}.")
]
SizeName = Annotated[str, typer.Option("--size", "--shape", help=f"Size of the backbone: {', '.join(SIZES)}.")]
Hours = Annotated[float, typer.Option("--hours", help="Hours of training audio, including repetitions.")]
Flops = Annotated[
    float,
    typer.Option(
        "--flops", help="Training compute in FLOPs, instead of hours, to compare token rates at equal compute."
    ),
]
Init = Annotated[
    str,
    typer.Option(
        "--init", help="Text LM (hub name or folder) whose backbone is used as initialisation, instead of --size."
    ),
]
ContextSeconds = Annotated[float, typer.Option("--context-seconds", help="Context length in seconds of audio.")]
Rows = Annotated[int, typer.Option("--rows", min=1, help="Batch size: rows of one context each.")]
Bf16 = Annotated[bool, typer.Option(help="Use bfloat16 mixed precision; for GPUs, much slower on most CPUs.")]
Durations = Annotated[
    int,
    typer.Option("--durations", min=0, help="Longest run length encoded for deduplicated units; 0 omits run lengths."),
]
Seeds = Annotated[
    list[int], typer.Option("--seed", help="Seed of initialisation and data order; repeat to train several models.")
]
SMALL = 192  # width of the backbone; a second thread makes the training of such a model hardly faster
Temperature = Annotated[float, typer.Option("--temperature", min=0, help="Sampling temperature; 0 is greedy.")]
TopK = Annotated[int, typer.Option("--top-k", min=0, help="Sample from the k most probable codes; 0 for all.")]
SampleSeed = Annotated[int, typer.Option("--sample-seed", help="Sampling seed.")]


@dataclass(frozen=True)
class LMOptions:
    """Training options that every tokenizer of a comparison shares.

    Raises UnknownName where there is no such size or pattern, InvalidOption, AssetUnavailable (audiotok.lm.warm_start).
    """

    pattern: PatternName = "delay"
    size: SizeName = "3M"
    hours: Hours = 2.0
    context_seconds: ContextSeconds = 10.0
    rows: Rows = 1
    bf16: Bf16 = False
    durations: Durations = 0
    flops: Flops = 0.0
    init: Init = ""
    seed: Seeds = field(default_factory=lambda: [0])

    def __post_init__(self) -> None:
        if self.size not in SIZES:
            raise UnknownName(f"no size is called {self.size!r}; there are {', '.join(SIZES)}")
        if not self.seed or len(set(self.seed)) < len(self.seed):
            raise InvalidOption(f"expected one or several different seeds, got {self.seed}")
        self.config(0).described()  # opens the text LM of `init`, where there is one
        patterns.find(self.pattern)

    def config(self, seed: int) -> LMConfig:
        """The training of one seed's model."""
        return LMConfig(
            SIZES[self.size],
            0.0 if self.flops else self.hours,
            self.context_seconds,
            self.rows,
            seed=seed,
            bf16=self.bf16,
            flops=self.flops,
            init=self.init,
        )

    @property
    def backbone(self) -> str:
        """Name of the backbone in a folder's name."""
        return slug(Path(self.init).name) if self.init else self.size

    @property
    def threads(self) -> int | None:
        """Threads of torch to train on, one for a small model, so that its weights depend neither on the number of
        cores nor on what is trained beside it; None for as many as there are.
        """
        return 1 if not self.init and SIZES[self.size].width <= SMALL else None

    def training(self, seeds: Sequence[int]) -> str:
        """Fields of a signature: how the models were trained whose scores, one for each seed, are averaged."""
        return self.config(seeds[0]).conditions(self.pattern, self.durations, seeds)

    @property
    def counting(self) -> str:
        """Fields of a signature: what n-grams depend on."""
        return f"durations:{self.durations}" if self.durations else ""

    def order_codes(self, spec: TokenSpec) -> Pattern:
        """The pattern for tokens of this kind."""
        return patterns.get(self.pattern, spec, max_duration=self.durations or None)


@dataclass(frozen=True)
class SamplingOptions:
    """How codes are drawn from the models, beside the options of their training."""

    temperature: Temperature = 1.0
    top_k: TopK = 0
    sample_seed: SampleSeed = 0

    @property
    def sampling(self) -> Sampling:
        return Sampling(self.temperature, self.top_k or None, self.sample_seed)


def joined(*conditions: str) -> str:
    """Fields of a signature, those that are empty left out."""
    return "|".join(filter(None, conditions))
