"""Trains a head over frozen tokens by the training loop that codecs and language models share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self, TypeVar

import torch
from torch import nn

from audiotok.runs.memo import digest
from audiotok.tasks.probes.options import TrainedOptions
from audiotok.train.run import run
from audiotok.train.training import Budget, Drawn, Movable, Schedule, Training

M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True)
class TensorBatch:
    """A batch whose fields are tensors, which move together."""

    def to(self, device: torch.device) -> Self:
        return type(self)(*(getattr(self, part.name).to(device) for part in fields(self)))


def trained(
    make: Callable[[], M],
    draw: Callable[[torch.Generator, float], Movable],
    identity: Mapping[str, Any],
    options: TrainedOptions,
    seed: int,
    learning_rate: float,
    folder: Path,
    name: str,
) -> M:
    """A model of one seed, on the device and ready to be asked; trained on, or only loaded, where `folder` has it.

    make: the model before training; draw: a batch from a generator; identity: what else the training depends on.
    """
    device = torch.device(options.device)
    if device.type == "cuda" and device.index is not None:
        torch.cuda.set_device(device)  # Accelerator takes the current one
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = make()
        whole = {**identity, "conditions": options.conditions, "seed": seed}
        run(
            Training(
                model,
                Drawn(draw, seed),
                whole,
                Schedule(learning_rate, max(1, min(100, options.steps // 10)), seed).adamw(),
                seed,
                name=f"{name}, seed {seed}",
            ),
            folder / f"{name}-{digest(whole)[:12]}",
            Budget(steps=options.steps),
            device="cpu" if device.type == "cpu" else "auto",
            tensorboard=False,
        )
    return model.to(device).eval()
