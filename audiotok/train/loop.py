"""Training a codec of log-mel frames: settings, losses, and what a batch is (audiotok.train.run does the rest)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from torch import Tensor, nn

from audiotok.models.mel_codec import MelCodec
from audiotok.train import losses
from audiotok.train.features import FrameCrops, Stream, batch_sampler
from audiotok.train.objective import Objective, distillation_losses
from audiotok.train.run import RunOptions, run
from audiotok.train.training import Budget, Drawn, Schedule, Training


@dataclass(frozen=True)
class Settings(Schedule):
    """How a codec is trained. A checkpoint is resumed under the same settings only."""

    batch: int = 16  # crops a step, on each device
    seconds: float = 2.0  # of a crop
    commitment: float = 0.25  # weight of the quantizer's own loss
    augment: bool = True


class Learner(nn.Module):
    """The codec and its objectives as one module, so that one forward pass is all that a device has to be given."""

    def __init__(self, codec: MelCodec, objectives: list[Objective], commitment: float) -> None:
        super().__init__()
        self.codec, self.commitment = codec, commitment
        self.objectives = nn.ModuleDict({objective.name: objective for objective in objectives})

    def forward(self, batch: FrameCrops) -> dict[str, Tensor]:
        """-> losses by name, "total" among them."""
        estimate, quantized, _ = self.codec(batch.frames)
        parts = {"reconstruction": losses.reconstruction(batch.frames, estimate), "quantizer": quantized.loss}
        total = parts["reconstruction"] + self.commitment * parts["quantizer"]
        taught, weighted = distillation_losses(self.objectives, self.codec, batch, quantized)
        return {**parts, **taught, "total": total + weighted}


def train(
    codec: MelCodec,
    stream: Stream,
    folder: Path,
    budget: Budget,
    settings: Settings,
    objectives: list[Objective] | None = None,
    *,
    observe: Callable[[MelCodec, int], dict[str, float]] | None = None,
    **options: Unpack[RunOptions],
) -> MelCodec:
    """Train until the budget is used, resuming from `folder`'s checkpoint where there is one; returns the codec.

    Checkpoints, curves, Ctrl-C and what goes wrong are as `audiotok.train.run.run` says.
    """
    learner = Learner(codec, objectives or [], settings.commitment)
    length = round(settings.seconds * codec.config.frame_rate)

    identity = {
        "codec": codec.config,
        "settings": settings,
        "dropout": codec.quantizer.dropout,
        "data": stream.data,
        "objectives": [objective.identity for objective in objectives or []],
    }
    training = Training(
        learner,
        Drawn(batch_sampler(stream, settings.batch, length, settings.augment), settings.seed),
        identity,
        settings.adamw(),
        settings.seed,
        start=lambda: codec.start(stream.sample(least=4 * codec.config.entries)),
    )
    run(
        *(training, folder, budget),
        observe=(lambda step: observe(codec, step)) if observe else None,
        **options,
    )
    return codec
