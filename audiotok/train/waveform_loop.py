"""Training a codec of the waveform: settings, losses, and what a batch is (audiotok.train.run does the rest)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import torch
from torch import Tensor, nn

from audiotok.models.mel import log_mel
from audiotok.models.waveform_codec import WaveformCodec
from audiotok.train import vocoder_losses as losses
from audiotok.train.adversarial import AdversarialSettings, Crops, at_any_level, contest
from audiotok.train.discriminators import Discriminators
from audiotok.train.features import FrameCrops, Stream
from audiotok.train.objective import Objective, distillation_losses
from audiotok.train.run import RunOptions, run
from audiotok.train.training import Budget, Drawn, Training


@dataclass(frozen=True)
class WaveformSettings(AdversarialSettings):
    """How a codec of the waveform is trained. A checkpoint is resumed under the same settings only."""

    batch: int = 16  # crops a step, on each device
    seconds: float = 1.0  # of a crop
    complex_stft: float = 1.0  # weight beside the mel loss
    commitment: float = 0.25  # of the quantizer's own loss
    augment: bool = True  # the level of a crop


class WaveformLearner(nn.Module):
    """The codec, its objectives and its discriminators as one module: one forward pass is all a device is given."""

    def __init__(self, codec: WaveformCodec, objectives: list[Objective], settings: WaveformSettings) -> None:
        super().__init__()
        self.codec, self.settings = codec, settings
        self.objectives = nn.ModuleDict({objective.name: objective for objective in objectives})
        self.discriminators = Discriminators(settings.width)

    def forward(self, batch: Crops) -> dict[str, Tensor]:
        """-> losses by name, "total" among them."""
        real, settings = batch.waveform, self.settings
        fake, quantized = self.codec(real)
        parts = {
            "mel": losses.mel(real, fake),
            "complex_stft": losses.complex_stft(real, fake),
            "quantizer": quantized.loss,
        }
        total = parts["mel"] + settings.complex_stft * parts["complex_stft"] + settings.commitment * quantized.loss
        if self.objectives:
            taught, weighted = distillation_losses(
                self.objectives, self.codec, FrameCrops(log_mel(real), batch.teachers), quantized
            )
            parts |= taught
            total = total + weighted
        if batch.adversarial:
            between, weighted = contest(self.discriminators, real, fake, settings)
            parts |= between
            total = total + weighted
        return {**parts, "total": total}


def train_waveform(
    codec: WaveformCodec,
    stream: Stream,
    folder: Path,
    budget: Budget,
    settings: WaveformSettings,
    objectives: list[Objective] | None = None,
    *,
    observe: Callable[[WaveformCodec, int], dict[str, float]] | None = None,
    **options: Unpack[RunOptions],
) -> WaveformCodec:
    """Train on a stream of samples until the budget is used, resuming from `folder`'s checkpoint where there is one.

    Checkpoints, curves, Ctrl-C and what goes wrong are as `audiotok.train.run.run` says.
    """
    learner = WaveformLearner(codec, objectives or [], settings)
    length = round(settings.seconds * codec.config.frame_rate)

    def draw(generator: torch.Generator, progress: float) -> Crops:
        crops = stream.crops(settings.batch, length, generator)
        waveform = crops.frames[..., 0]
        if settings.augment:
            waveform = at_any_level(waveform, generator)
        return Crops(waveform, progress >= settings.adversarial_from, crops.teachers)

    def start() -> None:
        count = -(-4 * codec.config.entries // length)
        codec.start(stream.crops(count, length, torch.Generator().manual_seed(settings.seed)).frames[..., 0])

    training = Training(
        learner,
        Drawn(draw, settings.seed),
        {
            "codec": codec.config,
            "settings": settings,
            "dropout": codec.quantizer.dropout,
            "data": stream.data,
            "objectives": [objective.identity for objective in objectives or []],
        },
        settings.adamw(),
        settings.seed,
        start=start,
        separately_clipped=[learner.discriminators],
    )
    run(
        *(training, folder, budget),
        observe=(lambda step: observe(codec, step)) if observe else None,
        **options,
    )
    return codec
