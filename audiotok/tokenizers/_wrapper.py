"""A tokenizer around an upstream model, which its constructor loads and `of` takes as an object."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from typing import Any, Self, final

from torch import Tensor, nn


class Wrapper(ABC):
    """A leaf has `_adopt(model, …)`, which its constructor calls with the published model."""

    _adopt: Callable[..., None]

    @final
    @classmethod
    def of(cls, model: Any, *arguments: Any, **options: Any) -> Self:
        """Wrap an upstream model that is loaded already; what follows it is what `_adopt` takes.

        Not an argument of the constructor, whose positional one is an inner tokenizer: `dac(mimi)`.
        """
        tokenizer = cls.__new__(cls)
        tokenizer._adopt(model, *arguments, **options)
        return tokenizer


def as_weights(clip: Tensor, model: nn.Module) -> Tensor:
    """The clip in the dtype of the model's weights, so that half-precision models work."""
    return clip.to(next(model.parameters()).dtype)
