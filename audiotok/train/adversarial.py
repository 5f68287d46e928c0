"""Adversarial training, which a vocoder and a codec of the waveform share: discriminators that join in some time."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from audiotok.errors import InvalidOption
from audiotok.train import vocoder_losses as losses
from audiotok.train.discriminators import Discriminators
from audiotok.train.training import Schedule


@dataclass(frozen=True)
class AdversarialSettings(Schedule):
    """When discriminators join, and what they count."""

    adversarial_from: float = 0.5  # share of the budget after which discriminators join; 1 is never
    width: int = 8  # of the discriminators' layers
    adversarial: float = 0.1  # weights beside the mel loss
    feature_matching: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.adversarial_from <= 1:
            raise InvalidOption(f"adversarial_from must be a share from 0 to 1, got {self.adversarial_from}")


@dataclass(frozen=True, eq=False)
class Crops:
    """The batch of a step."""

    waveform: Tensor  # [B, T]
    adversarial: bool  # whether the discriminators are asked
    teachers: dict[str, Tensor] = field(default_factory=dict)  # name -> [B, T, D], one vector a token frame

    def to(self, device: torch.device) -> Crops:
        taught = {name: rows.to(device) for name, rows in self.teachers.items()}
        return Crops(self.waveform.to(device), self.adversarial, taught)


def at_any_level(waveform: Tensor, generator: torch.Generator) -> Tensor:
    """[B, T] -> the same, each from 12 dB below to 6 dB above its level."""
    nepers = -1.4 + 2.1 * torch.rand(len(waveform), 1, generator=generator)
    return waveform * nepers.exp()


def contest(
    discriminators: Discriminators, real: Tensor, fake: Tensor, settings: AdversarialSettings
) -> tuple[dict[str, Tensor], Tensor]:
    """Waveforms [B, T] -> losses by name, and their weighted sum, which sends each side its own gradient: one step
    trains both.
    """
    judged = discriminators(real)
    told_apart = losses.told_apart(judged, discriminators(fake.detach()))
    discriminators.requires_grad_(False)
    seen = discriminators(fake)
    discriminators.requires_grad_(True)
    parts = {
        "told_apart": told_apart,
        "deceived": losses.deceived(seen),
        "feature_matching": losses.feature_matching(judged, seen),
    }
    total = told_apart + settings.adversarial * parts["deceived"]
    return parts, total + settings.feature_matching * parts["feature_matching"]
