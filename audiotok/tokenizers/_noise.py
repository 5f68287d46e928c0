"""Noise of a decoder from a seed, which draws nothing from the generators of the process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class SeededNoise(TorchFunctionMode):
    """Inside, `torch.randn` gives what it would give after `torch.manual_seed(seed)`, in this thread alone.

    It draws from a generator of its own for each device: `torch.manual_seed` would seed the generators of the process
    and of all its GPUs, from which other threads draw. Other random functions are left as they are.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._seed = seed
        self._generators: dict[torch.device, torch.Generator] = {}

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func is torch.randn:
            return self._drawn(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))

    @torch.compiler.disable  # a generator cannot be part of a graph
    def _drawn(self, *size: Any, **options: Any) -> torch.Tensor:
        if options.get("generator") is None:
            device = torch.device(options.get("device") or "cpu")
            if device not in self._generators:
                self._generators[device] = torch.Generator(device).manual_seed(self._seed)
            options["generator"] = self._generators[device]
        return torch.randn(*size, **options)
