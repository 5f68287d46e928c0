"""Options of the task; the default head is the one behind every row of the board."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import typer

from audiotok.errors import InvalidOption
from audiotok.metrics.probe import PUBLISHED, SCORES
from audiotok.tasks.language_model.options import Seeds

HEADS = ("bag", "net")


@dataclass(frozen=True)
class NetOptions:
    """Training of the net; the same for every tokenizer of a comparison."""

    size: int = 64  # of a frame
    steps: int = 400
    seeds: tuple[int, ...] = (0, 1, 2)
    device: str = "cpu"

    @property
    def conditions(self) -> str:
        """Fields of a signature."""
        seeds = "+".join(map(str, self.seeds))
        return f"head:net|size:{self.size}|steps:{self.steps}|seeds:{seeds}"


@dataclass(frozen=True)
class ProbeOptions:
    """What reads the tokens, and how it is trained. Raises InvalidOption."""

    probe: Annotated[
        list[str],
        typer.Option("--probe", help=f"One of {', '.join((*SCORES, *PUBLISHED))}; repeat for several."),
    ] = field(default_factory=lambda: list(SCORES))
    head: Annotated[
        str, typer.Option("--head", help="bag: code shares and logistic regression; net: vectors, attentive pooling.")
    ] = "bag"
    size: Annotated[int, typer.Option("--size", min=1, help="Of the net: size of a frame.")] = NetOptions.size
    steps: Annotated[int, typer.Option("--steps", min=1, help="Of the net: batches to train on.")] = NetOptions.steps
    seed: Seeds = field(default_factory=lambda: list(NetOptions.seeds))

    def __post_init__(self) -> None:
        if self.head not in HEADS:
            raise InvalidOption(f"head must be {' or '.join(HEADS)}, got {self.head!r}")
        if not self.seed or len(set(self.seed)) < len(self.seed):
            raise InvalidOption(f"seeds must be one or more, each there once, got {self.seed}")

    def net(self, device: str) -> NetOptions:
        """How the net is trained."""
        return NetOptions(self.size, self.steps, tuple(self.seed), device)
