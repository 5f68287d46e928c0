"""How codes are drawn from a language model, the same for every tokenizer of a comparison."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from audiotok.data.manifest import Clip
from audiotok.errors import InvalidOption


@dataclass(frozen=True)
class Sampling:
    """Raises InvalidOption on a negative temperature, or a `top_k` below 1."""

    temperature: float = 1.0  # 0 takes the likeliest code each time
    top_k: int | None = None  # None: draw from all codes
    seed: int = 0

    def __post_init__(self) -> None:
        if self.temperature < 0 or (self.top_k is not None and self.top_k < 1):
            raise InvalidOption(f"expected a temperature of 0 or more and top_k of at least 1, got {self}")

    @property
    def signature(self) -> str:
        """Fields of a signature.

        >>> Sampling().signature
        'sample_temperature:1.0|sample_top_k:all|sample_seed:0'
        """
        return f"sample_temperature:{self.temperature}|sample_top_k:{self.top_k or 'all'}|sample_seed:{self.seed}"

    def seed_of(self, clip: str) -> int:
        """Seed of one clip, which does not depend on the other clips or on their order."""
        return int.from_bytes(hashlib.sha256(f"{clip}|{self.seed}".encode()).digest()[:7], "big")


def evenly(clips: Sequence[Clip], number: int) -> list[Clip]:
    """`number` clips, evenly spaced; all of them for 0."""
    number = min(number or len(clips), len(clips))
    return [clips[i * len(clips) // number] for i in range(number)]
