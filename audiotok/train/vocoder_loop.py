"""Training a vocoder: its settings, its losses, and what a batch is (audiotok.train.run does the rest)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from audiotok.errors import InvalidOption
from audiotok.train import vocoder_losses as losses
from audiotok.train import weights
from audiotok.train.discriminators import Discriminators
from audiotok.train.mel import HOP, SAMPLE_RATE, log_mel, stft
from audiotok.train.model import MelCodec
from audiotok.train.recordings import Recordings
from audiotok.train.run import Budget, Precision, Schedule, run
from audiotok.train.vocoder import Vocoder, waveform


@dataclass(frozen=True)
class VocoderSettings(Schedule):
    """How a vocoder is trained. A checkpoint is gone on from under the same settings only."""

    batch: int = 16  # crops a step, on each device
    seconds: float = 1.0  # of a crop
    adversarial_from: float = 0.5  # share of the budget after which discriminators join; 1 is never
    width: int = 8  # of the discriminators' layers
    complex_stft: float = 1.0  # weights beside the mel loss
    magnitude: float = 1.0
    adversarial: float = 0.1
    feature_matching: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.adversarial_from <= 1:
            raise InvalidOption(f"adversarial_from must be a share from 0 to 1, got {self.adversarial_from}")


@dataclass(frozen=True, eq=False)
class Crops:
    """What a step learns from."""

    waveform: Tensor  # [B, T]
    adversarial: bool

    def to(self, device: torch.device) -> Crops:
        return Crops(self.waveform.to(device), self.adversarial)


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
            judged = self.discriminators(real)
            parts["told_apart"] = losses.told_apart(judged, self.discriminators(fake.detach()))
            self.discriminators.requires_grad_(False)
            seen = self.discriminators(fake)
            self.discriminators.requires_grad_(True)
            parts["deceived"] = losses.deceived(seen)
            parts["feature_matching"] = losses.feature_matching(judged, seen)
            total = total + parts["told_apart"] + settings.adversarial * parts["deceived"]
            total = total + settings.feature_matching * parts["feature_matching"]
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
    recordings: Recordings,
    folder: Path,
    budget: Budget,
    settings: VocoderSettings,
    codec: MelCodec | None = None,
    *,
    device: Literal["cpu", "auto"] = "auto",
    precision: Precision = "no",
    every: int = 100,
    minutes_between: float = 5.0,
    observe: Callable[[Vocoder, int], dict[str, float]] | None = None,
) -> Vocoder:
    """Train until the budget is used, on exact frames or on those that a `codec` decodes; returns the vocoder.

    Checkpoints, curves, Ctrl-C and what goes wrong are as `audiotok.train.run.run` says.
    """
    frames = coded_by(codec) if codec else log_mel
    learner = VocoderLearner(vocoder, frames, settings)
    unit = codec.config.hop if codec else HOP
    length = max(1, round(settings.seconds * SAMPLE_RATE / unit)) * unit

    def draw(generator: torch.Generator, progress: float) -> Crops:
        crops = recordings.crops(settings.batch, length, generator)
        level = -1.4 + 2.1 * torch.rand(settings.batch, 1, generator=generator)  # -12 to +6 dB, in nepers
        return Crops(crops * level.exp(), progress >= settings.adversarial_from)

    def start() -> None:
        some = recordings.crops(64, length, torch.Generator().manual_seed(settings.seed))
        vocoder.start(frames(some).flatten(0, 1))

    identity = {
        "vocoder": vocoder.config,
        "settings": settings,
        "data": recordings.data,
        "codec": weights.fingerprint(codec) if codec else "",
    }
    run(
        learner,
        draw,
        folder,
        budget,
        settings,
        identity,
        start=start,
        apart=[learner.discriminators],
        device=device,
        precision=precision,
        every=every,
        minutes_between=minutes_between,
        observe=(lambda step: observe(vocoder, step)) if observe else None,
    )
    return vocoder
