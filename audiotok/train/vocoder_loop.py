"""Training a vocoder: its settings, its losses, and what a batch is (audiotok.train.run does the rest)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import torch
from torch import Tensor, nn

from audiotok.models import weights
from audiotok.models.mel import HOP, SAMPLE_RATE, log_mel, stft
from audiotok.models.mel_codec import MelCodec
from audiotok.models.vocoder import Vocoder, waveform
from audiotok.train import vocoder_losses as losses
from audiotok.train.adversarial import AdversarialSettings, Crops, at_any_level, contest
from audiotok.train.discriminators import Discriminators
from audiotok.train.recordings import TrainingRecordings
from audiotok.train.run import RunOptions, run
from audiotok.train.training import Budget, Drawn, Training


@dataclass(frozen=True)
class VocoderSettings(AdversarialSettings):
    """How a vocoder is trained. A checkpoint is resumed under the same settings only."""

    batch: int = 16  # crops a step, on each device
    seconds: float = 1.0  # of a crop
    complex_stft: float = 1.0  # weights beside the mel loss
    magnitude: float = 1.0


class VocoderLearner(nn.Module):
    """Vocoder and discriminators as one module. Its loss sends each its own gradient, so that one step trains both."""

    def __init__(self, vocoder: Vocoder, frames: Callable[[Tensor], Tensor], settings: VocoderSettings) -> None:
        super().__init__()
        self.vocoder, self.frames, self.settings = vocoder, frames, settings
        self.discriminators = Discriminators(settings.width)

    def forward(self, batch: Crops) -> dict[str, Tensor]:
        """-> losses by name, "total" among them."""
        real, settings = batch.waveform, self.settings
        magnitude, phase = self.vocoder.spectrum(self.frames(real))
        # Phases that have learned nothing cancel: magnitudes would be raised to make up for it.
        fake = waveform(magnitude if batch.adversarial else magnitude.detach(), phase)
        parts = {
            "magnitude": losses.magnitude(stft(real).abs(), magnitude),
            "mel": losses.mel(real, fake),
            "complex_stft": losses.complex_stft(real, fake),
        }
        total = settings.magnitude * parts["magnitude"] + parts["mel"] + settings.complex_stft * parts["complex_stft"]
        if batch.adversarial:
            between, weighted = contest(self.discriminators, real, fake, settings)
            parts |= between
            total = total + weighted
        return {**parts, "total": total}


def coded_by(codec: MelCodec) -> Callable[[Tensor], Tensor]:
    """Waveforms [B, T] -> the frames that the codec decodes from all its codebooks."""
    codec.eval().requires_grad_(False)

    @torch.no_grad()
    def frames(waveform: Tensor) -> Tensor:
        return codec.to(waveform.device).coded(log_mel(waveform), codec.config.codebooks)

    return frames


def train_vocoder(
    vocoder: Vocoder,
    recordings: TrainingRecordings,
    folder: Path,
    budget: Budget,
    settings: VocoderSettings,
    codec: MelCodec | None = None,
    *,
    observe: Callable[[Vocoder, int], dict[str, float]] | None = None,
    **options: Unpack[RunOptions],
) -> Vocoder:
    """Train until the budget is used, on exact frames or on those that a `codec` decodes; returns the vocoder.

    Checkpoints, curves, Ctrl-C and what goes wrong are as `audiotok.train.run.run` says.
    """
    frames = coded_by(codec) if codec else log_mel
    learner = VocoderLearner(vocoder, frames, settings)
    unit = codec.config.hop if codec else HOP
    length = max(1, round(settings.seconds * SAMPLE_RATE / unit)) * unit

    def draw(generator: torch.Generator, progress: float) -> Crops:
        waveform = at_any_level(recordings.crops(settings.batch, length, generator), generator)
        return Crops(waveform, progress >= settings.adversarial_from)

    def start() -> None:
        some = recordings.crops(64, length, torch.Generator().manual_seed(settings.seed))
        vocoder.start(frames(some).flatten(0, 1))

    identity = {
        "vocoder": vocoder.config,
        "settings": settings,
        "data": recordings.data,
        "codec": weights.fingerprint(codec.state_dict()) if codec else "",
    }
    training = Training(
        learner,
        Drawn(draw, settings.seed),
        identity,
        settings.adamw(),
        settings.seed,
        start=start,
        separately_clipped=[learner.discriminators],
    )
    run(
        *(training, folder, budget),
        observe=(lambda step: observe(vocoder, step)) if observe else None,
        **options,
    )
    return vocoder
