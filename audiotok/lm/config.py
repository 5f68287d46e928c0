"""How a language model is trained: its size, budget and optimisation, the same for every tokenizer of a comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from audiotok.errors import InvalidOption


@dataclass(frozen=True)
class ModelSize:
    """Size of the backbone; embeddings and output layer are as large as the vocabulary asks."""

    width: int
    layers: int
    heads: int

    def __post_init__(self) -> None:
        if min(self.width, self.layers, self.heads) < 1 or self.width % (2 * self.heads):
            raise InvalidOption(f"width must be a multiple of 2 × heads, all at least 1, got {self}")


SIZES = {
    "1M": ModelSize(128, 4, 4),
    "3M": ModelSize(192, 6, 6),
    "10M": ModelSize(320, 8, 5),
    "25M": ModelSize(512, 8, 8),
    "85M": ModelSize(768, 12, 12),
    "350M": ModelSize(1024, 28, 16),
}


@dataclass(frozen=True)
class LMConfig:
    """Conditions of one training."""

    size: ModelSize
    hours: float  # of audio seen, counting repeats; 0 where the budget is `flops`
    context_seconds: float = 10.0  # of a row
    rows: int = 1  # of a batch, on each device
    learning_rate: float = 5e-4
    warmup: float = 0.05  # share of the steps
    weight_decay: float = 0.1
    seed: int = 0
    bf16: bool = False  # much slower than float32 on a processor without instructions for it
    flops: float = 0.0  # of training, as AcousticLM.training_flops counts them; 0 where the budget is `hours`
    init: str = ""  # a text LM whose backbone to start from, instead of one of `size`: on the hub, or a folder

    def __post_init__(self) -> None:
        if (self.hours > 0) == (self.flops > 0):
            raise InvalidOption(
                f"the budget is hours or flops, one of them positive, got {self.hours} and {self.flops}"
            )
        if not (self.context_seconds > 0 and self.rows > 0):
            raise InvalidOption(
                f"context_seconds and rows must be positive, got {self.context_seconds:g} and {self.rows}"
            )

    def steps(self, flops: int, devices: int = 1) -> int:
        """Optimizer steps of the training; `flops` is the cost of one batch on one device."""
        if self.flops:
            return max(1, math.ceil(self.flops / (flops * devices)))
        return max(1, math.ceil(self.hours * 3600 / (self.context_seconds * self.rows * devices)))

    def described(self) -> dict[str, Any]:
        """All that training depends on, in plain values; what is not used is left out, so that old runs stay known."""
        values = asdict(self)
        values["shape"] = values.pop("size")  # as checkpoints have called it from the beginning
        del values["hours" if self.flops else "flops"]
        if not self.init:
            del values["init"]
            return values
        del values["shape"]
        return {**values, "init": _text_lm(self.init).signature}

    def conditions(self, pattern: str, durations: int, seeds: Sequence[int]) -> str:
        """Fields of a signature: how the models were trained whose scores, one for each seed, are averaged.

        >>> LMConfig(SIZES["3M"], 2.0).conditions("delay", 0, [0])
        'bf16:False|context_seconds:10.0|durations:0|hours:2.0|learning_rate:0.0005|lm_seed:0|model:llama-192x6x6|\
pattern:delay|rows:1|warmup:0.05|weight_decay:0.1'
        """
        new = f"llama-{self.size.width}x{self.size.layers}x{self.size.heads}"
        values = {
            "pattern": pattern.replace("_", ""),
            "model": _text_lm(self.init).shape if self.init else new,
            **{name: value for name, value in self.described().items() if name not in ("shape", "seed")},
            "lm_seed": "+".join(map(str, seeds)),
            "durations": durations,
        }
        return "|".join(f"{name}:{value}" for name, value in sorted(values.items()))


def _text_lm(name: str) -> Any:
    """Opened only where one is asked for, since `transformers` takes seconds to load."""
    from audiotok.lm.warm_start import text_lm

    return text_lm(name)
