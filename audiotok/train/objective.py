"""A further loss beside a codec's reconstruction, with parameters of its own where it needs some: a distillation."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn

from audiotok.files.hub_models import with_content
from audiotok.models.backbone import Backbone
from audiotok.models.quantizers import Quantized
from audiotok.train.features import FrameCrops


class Objective(nn.Module, ABC):
    """Trained, weighted and checkpointed with the codec, thrown away after."""

    def __init__(self, name: str, weight: float, teachers: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.name, self.weight, self.teachers = name, weight, teachers

    @property
    def identity(self) -> str:
        """The facts that a checkpoint must have been made with."""
        return f"{self.name} × {self.weight:g} from {', '.join(map(with_content, self.teachers))}"

    @abstractmethod
    def forward(self, codec: Backbone, batch: FrameCrops, quantized: Quantized) -> Tensor:
        """-> scalar, before the weight."""


def first_codebook(codec: Backbone, quantized: Quantized) -> Tensor:
    """[B, T, D] -> `quantized.first`, with a gradient for the numbers that the first codebook codes, and no others.

    In pq and grvq these are the first slice of the vector. The rest is 0 whatever the latents are, so that they must
    learn nothing from it.
    """
    width = quantized.first.shape[-1] // codec.quantizer.groups
    return nn.functional.pad(quantized.first[..., :width], (0, quantized.first.shape[-1] - width))


def distillation_losses(
    objectives: nn.ModuleDict, codec: Backbone, batch: FrameCrops, quantized: Quantized
) -> tuple[dict[str, Tensor], Tensor]:
    """-> losses by name, and their weighted sum."""
    parts = {name: objective(codec, batch, quantized) for name, objective in objectives.items()}
    total = quantized.loss.new_zeros(())
    for name, objective in objectives.items():
        total = total + objective.weight * parts[name]
    return parts, total
