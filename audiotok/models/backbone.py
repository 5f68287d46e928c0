"""The interface of a codec's networks to training recipe, distillations and tokenizer, whatever their input.

Two backbones: audiotok.models.mel_codec hears log-mel frames, audiotok.models.waveform_codec the waveform itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self, final

from torch import Tensor, nn

from audiotok.errors import InvalidOption
from audiotok.models import weights
from audiotok.models.mel import HOP, SAMPLE_RATE
from audiotok.models.quantizers import TRAINING_STATE, Kind, Quantizer
from audiotok.models.scaled import Scaled


def stack_for(frame_rate: float) -> int:
    """Log-mel frames per token frame. Raises InvalidOption where that is no whole number."""
    stack = SAMPLE_RATE / HOP / frame_rate if frame_rate > 0 else 0.5
    if stack < 1 or stack != round(stack):
        raise InvalidOption(f"a frame rate must be 100 Hz over a whole number (50, 25, 12.5, 6.25), got {frame_rate:g}")
    return round(stack)


@dataclass(frozen=True, kw_only=True)
class Shape(ABC):
    """The part of a codec's configuration that every backbone has."""

    stack: int = 2  # log-mel frames, of 10 ms, per token frame
    latent: int = 64  # width of the quantizer
    quantizer: Kind = "rvq"
    codebooks: int = 8
    entries: int = 1024

    @property
    @abstractmethod
    def width(self) -> int:
        """Channels of the layers beside the quantizer."""

    @property
    def hop(self) -> int:
        """Samples per token frame."""
        return self.stack * HOP

    @property
    def frame_rate(self) -> float:
        return SAMPLE_RATE / self.hop


class Backbone(Scaled, ABC):
    """Encoder, quantizer and decoder."""

    format: ClassVar[str]  # of its files
    shape: ClassVar[type[Shape]]  # of what it is built from
    config: Any  # of that shape
    quantizer: Quantizer

    @abstractmethod
    def listen(self, waveform: Tensor) -> Tensor:
        """[B, hop * T] at 16 kHz -> latents [B, T, D]"""

    @abstractmethod
    def speak(self, vectors: Tensor) -> Tensor:
        """A clip's quantized latents [1, T, D] -> [1, hop * T]"""

    @final
    def save(self, path: Path, metadata: dict[str, str]) -> None:
        """A file that its tokenizer opens; half precision, without what only training needs; whole or not at all."""
        weights.save(path, self.format, self, self.config, metadata, TRAINING_STATE)

    @final
    @classmethod
    def load(cls, path: Path) -> tuple[Self, dict[str, str]]:
        """(model in float32, ready to encode; metadata). Raises InvalidData where the file is cut or another kind."""
        build: Any = cls
        model, metadata = weights.load(path, cls.format, lambda config: build(cls.shape(**config)), TRAINING_STATE)
        _freeze_codebooks(model)
        return model, metadata

    @final
    def codes(self, waveform: Tensor) -> Tensor:
        """[B, hop * T] -> [B, T, K]. In evaluation mode."""
        return self.quantizer(self.listen(waveform)).codes

    @final
    def resynthesis(self, waveform: Tensor, codebooks: int) -> Tensor:
        """A clip [hop * T] -> the same, as its first `codebooks` codebooks keep it. In evaluation mode."""
        codes = self.codes(waveform[None])[..., :codebooks]
        return self.speak(self.quantizer.embed(codes).sum(1))[0]


def _freeze_codebooks(model: nn.Module) -> None:
    """Loaded codebooks need no k-means start, and no moving averages to be counted among the codec's numbers."""
    module: Any
    for module in model.modules():
        if hasattr(module, "initted"):
            module.initted.fill_(True)
            module.embed_avg = module.cluster_size = None
