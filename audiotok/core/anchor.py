"""Anchors: systems without tokens that give every table its scale (the clean reference, a low-pass, Opus)."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor

from audiotok.core.audio import Audio
from audiotok.core.identifier import Identifier


class Anchor(ABC):
    """Audio in, audio out. Never ranked."""

    _identifier: Identifier | None = None  # set by audiotok.registry

    @property
    def identifier(self) -> str:
        return str(self._identifier or Identifier(type(self).__name__))

    @abstractmethod
    def process(self, audio: Audio) -> tuple[Audio, Tensor | None]:
        """Mono clips -> the degraded clips at the same rate and length, and [B] bits of payload (None: not coded)."""
