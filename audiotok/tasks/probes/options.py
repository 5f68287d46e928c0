"""Options of the task; by default those behind every row of the board."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Annotated

import typer

from audiotok.errors import InvalidOption
from audiotok.metrics.probe import MAPPED, PUBLISHED, SCORES, WORDS
from audiotok.metrics.verification import VERIFICATION
from audiotok.tasks.language_model.options import Seeds

#: Settings of heads that are trained by gradient: size of a frame and batches to train on, for two cores and for a GPU.
TWO_CORES = {"net": (64, 400), "ctc": (256, 3000), "map": (128, 1500), "verify": (128, 5000)}
GPU = {"net": (256, 4000), "ctc": (1024, 36_000), "map": (256, 60_000), "verify": (512, 70_000)}
HEADS = ("bag", *TWO_CORES)
ATTENTION_HEADS = 4  # of the map, among which a frame is divided


@dataclass(frozen=True)
class TrainedOptions:
    """Training of a head; the same for every tokenizer of a comparison."""

    size: int = TWO_CORES["net"][0]  # of a frame
    steps: int = TWO_CORES["net"][1]
    seeds: tuple[int, ...] = (0, 1, 2)
    device: str = "cpu"
    head: str = "net"
    pieces: int = 0  # that ctc spells texts with; 0: characters

    @property
    def conditions(self) -> str:
        """Fields of a signature."""
        seeds = "+".join(map(str, self.seeds))
        pieces = f"|pieces:{self.pieces}" if self.pieces else ""
        return f"head:{self.head}|size:{self.size}|steps:{self.steps}|seeds:{seeds}{pieces}"


@dataclass(frozen=True)
class ProbeOptions:
    """The head that reads the tokens, and its training. Raises InvalidOption."""

    probe: Annotated[
        list[str],
        typer.Option(
            "--probe",
            help=f"One of {', '.join((*SCORES, *PUBLISHED, *WORDS, *MAPPED, VERIFICATION))}; repeatable.",
        ),
    ] = field(default_factory=lambda: list(SCORES))
    head: Annotated[
        str,
        typer.Option(
            "--head",
            help="bag: code histogram and logistic regression; net: embeddings and attentive pooling; ctc: characters; "
            "map: tokens of clean parts; verify: speaker embeddings. By default the first head of the probe.",
        ),
    ] = ""
    size: Annotated[int, typer.Option("--size", min=0, help="Feature size of a trained head; 0 for its default.")] = 0
    steps: Annotated[int, typer.Option("--steps", min=0, help="Training steps of a head; 0 for its default.")] = 0
    pieces: Annotated[
        int, typer.Option("--pieces", min=0, help="BPE vocabulary size of the ctc head; 0 for characters.")
    ] = 0
    seed: Seeds = field(default_factory=lambda: list(TrainedOptions.seeds))

    def __post_init__(self) -> None:
        if self.head and self.head not in HEADS:
            raise InvalidOption(f"head must be one of {', '.join(HEADS)}, got {self.head!r}")
        if not self.seed or len(set(self.seed)) < len(self.seed):
            raise InvalidOption(f"expected one or more different seeds, got {self.seed}")

    def trained(self, head: str, device: str) -> TrainedOptions:
        """How a head that is trained by gradient is trained. Raises InvalidOption where the size does not fit it."""
        size, steps = TWO_CORES[head]
        if head == "map" and self.size % ATTENTION_HEADS:
            raise InvalidOption(f"the size of map must be a multiple of {ATTENTION_HEADS}, got {self.size}")
        pieces = self.pieces if head == "ctc" else 0
        return TrainedOptions(self.size or size, self.steps or steps, tuple(self.seed), device, head, pieces)

    def require_read_by(self, heads: Collection[str]) -> None:
        """Raises InvalidOption where an option was given that none of these heads reads."""
        of_training = {
            "--size": self.size,
            "--steps": self.steps,
            "--seed": tuple(self.seed) != TrainedOptions.seeds,
        }
        if "ctc" not in heads and self.pieces:
            raise InvalidOption(f"--pieces is an option of the head ctc, got it for {', '.join(sorted(heads))}")
        if set(heads) <= {"bag"} and (given := [name for name, value in of_training.items() if value]):
            raise InvalidOption(
                f"{', '.join(given)}: the head bag is not trained by gradient and has no such option; "
                "leave it out, or choose another --head"
            )


def for_gpu(head: str, *probes: str) -> ProbeOptions:
    """A head as a GPU trains it, for these probes or, without, for the bundled ones."""
    size, steps = GPU[head]
    return ProbeOptions(list(probes or SCORES), head, size, steps)
