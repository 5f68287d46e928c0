"""A training: its model, losses, batches, optimiser and budget. `audiotok.train.run` runs it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import torch
from torch import Tensor, nn

from audiotok.errors import InvalidOption


@dataclass(frozen=True)
class Budget:
    """When training ends: after a number of steps, or of minutes."""

    steps: int = 0
    minutes: float = 0.0

    def __post_init__(self) -> None:
        if (self.steps > 0) == (self.minutes > 0):
            raise InvalidOption(f"give the budget either in steps or in minutes, got {self.steps}, {self.minutes}")

    def progress(self, step: int, seconds: float) -> float:
        """0 at the start, 1 at the end."""
        return min(1.0, step / self.steps if self.steps else seconds / (60 * self.minutes))


@dataclass(frozen=True)
class Schedule:
    """Learning rate and seed, which every training has settings for."""

    learning_rate: float = 1e-3
    warmup: int = 100  # steps
    seed: int = 0

    def adamw(self) -> AdamW:
        """AdamW under a linear rise, then a cosine down to 0."""

        def rate(step: int, progress: float) -> float:
            return self.learning_rate * min((step + 1) / self.warmup, 0.5 * (1 + math.cos(math.pi * progress)))

        return AdamW(rate, (0.8, 0.99), 1e-2)


@dataclass(frozen=True)
class AdamW:
    """The optimizer."""

    rate: Callable[[int, float], float]  # step, progress from 0 to 1 -> learning rate
    betas: tuple[float, float]
    weight_decay: float


class Movable(Protocol):
    def to(self, device: torch.device) -> Self: ...


class Batches(Protocol):
    """Batches without end, and where they stand, as plain values."""

    def next(self, step: int, progress: float) -> Movable: ...

    def state(self) -> dict[str, Any]: ...

    def restore(self, state: dict[str, Any]) -> None: ...


@dataclass(frozen=True)
class Drawn:
    """Batches that depend on the seed, the step and the process alone, so that nothing has to be restored."""

    draw: Callable[[torch.Generator, float], Movable]  # generator of the step, progress -> batch
    seed: int

    def next(self, step: int, progress: float) -> Movable:
        from accelerate import PartialState

        processes = PartialState()
        seed = (self.seed * 1_000_003 + step) * processes.num_processes + processes.process_index
        return self.draw(torch.Generator().manual_seed(seed), progress)

    def state(self) -> dict[str, Any]:
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        pass


def _losses(model: Any, batch: Any) -> dict[str, Tensor]:
    """The losses of a model that computes its own."""
    losses: dict[str, Tensor] = model(batch)
    return losses


@dataclass(frozen=True)
class Training:
    """A model, its batches and its optimisation."""

    model: nn.Module  # what a checkpoint holds
    batches: Batches
    identity: dict[str, Any]  # what a checkpoint must have been made with
    optimizer: AdamW
    seed: int
    losses: Callable[[Any, Any], dict[str, Tensor]] = _losses  # model as prepared, batch -> losses by name
    objective: str = "total"  # the loss that is minimised
    start: Callable[[], None] = lambda: None  # called before the first step of a new run
    separately_clipped: Sequence[nn.Module] = ()  # parts whose gradients are clipped on their own
    name: str = "train"  # of the progress bar

    def parameters(self) -> list[list[nn.Parameter]]:
        """In groups whose gradients are clipped together."""
        separate = [list(part.parameters()) for part in self.separately_clipped]
        taken = {id(parameter) for part in separate for parameter in part}
        return [[p for p in self.model.parameters() if id(p) not in taken], *separate]
