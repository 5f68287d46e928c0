"""Multiply-accumulates of a tokenizer, counted while it runs.

Conventions: of one clip of one second (CONVENTION); matrix products, convolutions and attention are counted, as
torch's FLOP counter knows them (two of its FLOPs are one), and distances to codebooks; sums, activations and Fourier
transforms are not. Weights and audio do not matter. Models of audiotok.files (ONNX, TensorFlow Lite, CTranslate2) are
counted by their graphs. Counted only where every number that the tokenizer holds is in one of these or in a torch
module: what another runtime does cannot be seen, and a part of the cost would pass for all of it.

A second of a longer clip may cost more or less: padding of a fixed length is spread over more seconds, and attention
over the whole clip grows with it. `whisper-units`, which adds a second of silence, takes 2.06 G on one second and
1.29 G per second on ten.
"""

from __future__ import annotations

import warnings
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from audiotok.core.audio import Audio
from audiotok.core.parameters import held_by, of_torch
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.files.meter import Metered, metering

#: What `count` runs on, for readers of its numbers.
CONVENTION = "one clip of one second, with the padding that the model adds to every clip"


@dataclass(frozen=True)
class Macs:
    """Multiply-accumulates of CONVENTION."""

    encode: int
    decode: int | None  # None without a decoder


def count(tokenizer: Tokenizer) -> Macs | None:
    """None where a part of the tokenizer cannot be counted."""
    if not tokenizer.num_parameters or sum(_countable(tokenizer).values()) != tokenizer.num_parameters:
        return None
    spec = tokenizer.spec
    noise = 0.1 * torch.randn(1, spec.channels, spec.sample_rate, generator=torch.Generator().manual_seed(0))
    audio = Audio.from_array(noise, spec.sample_rate)
    tokens, encode = _counted(lambda: tokenizer.encode(audio))
    if encode is None or not isinstance(tokenizer, Codec):
        return None if encode is None else Macs(encode, None)
    _, decode = _counted(lambda: tokenizer.decode(tokens))
    return None if decode is None else Macs(encode, decode)


def _countable(part: object) -> dict[int, int]:
    """The numbers of a tokenizer, or of what it holds, that are in torch modules or metered models; keys are ids."""
    if (numbers := of_torch(part)) is not None:
        return numbers
    held = list(getattr(part, "__dict__", {}).values())
    if isinstance(part, Tokenizer):
        return dict(ChainMap(*map(_countable, held)))
    stated = sum(held_by(part).values())
    if any(isinstance(value, Metered) for value in _and_inside(held)):
        return {id(part): stated}
    return {id(part): min(stated, sum(ChainMap(*(of_torch(value) or {} for value in held)).values()))}


def _and_inside(values: Iterable[object]) -> Iterator[object]:
    for value in values:
        yield from (value, *(value.values() if isinstance(value, dict) else ()))


def _counted(call: Callable[[], Any]) -> tuple[Any, int | None]:
    with metering() as meter, _no_fused_kernels(), FlopCounterMode(display=False, custom_mapping=_DISTANCES) as counter:
        result = call()
    return result, None if meter.macs is None else meter.macs + counter.get_total_flops() // 2


@contextmanager
def _no_fused_kernels() -> Iterator[None]:
    """Without kernels of a whole layer (LSTM, attention, transformer), into which the counter cannot see."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with warnings.catch_warnings(), sdpa_kernel(SDPBackend.MATH), torch.backends.cudnn.flags(enabled=False):
            warnings.filterwarnings("ignore", "TF32 acceleration")  # what these flags leave alone
            with torch.backends.mkldnn.flags(enabled=False):
                yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


def _distances(a: Any, b: Any, *_: Any, **__: Any) -> int:
    """FLOPs of `torch.cdist`: shapes [.., M, D] and [.., N, D]."""
    pairs = 1
    for size in a[:-1]:
        pairs *= size
    return 2 * pairs * b[-2] * a[-1]


_DISTANCES = {torch.ops.aten._cdist_forward: _distances, torch.ops.aten._euclidean_dist: _distances}
