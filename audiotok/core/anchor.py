"""Anchors: systems without tokens that give every table its scale (the clean reference, a low-pass, Opus)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import final

from torch import Tensor

from audiotok.core.audio import Audio
from audiotok.core.identifier import Identifier
from audiotok.errors import InvalidOption


class Anchor(ABC):
    """Audio in, audio out. Never ranked."""

    _identifier: Identifier | None = None  # set by audiotok.registry

    @property
    def identifier(self) -> str:
        return str(self._identifier or Identifier(type(self).__name__))

    @abstractmethod
    def process(self, audio: Audio) -> tuple[Audio, Tensor | None]:
        """Mono clips -> the degraded clips at the same rate and length, and [B] bits of payload (None: not coded)."""


class Recordings(Anchor):
    """Audio that some other system made of the clips, read from files instead of processed."""

    provenance: Mapping[str, str]  # hashes of the files; what was made of others is made again

    @abstractmethod
    def read(self, clip: str, path: str, seconds: float) -> Audio:
        """The recording of a clip: its id, its file's path in the data set, its duration.

        Raises InvalidData where there is none, InvalidAudio where it cannot be the clip's.
        """

    @final
    def process(self, audio: Audio) -> tuple[Audio, Tensor | None]:
        """Raises InvalidOption: there is no system to run."""
        raise InvalidOption(f"{self.identifier} holds recordings of known clips and cannot process others")
