"""How far a network sees: measured on the network itself, never typed in.

A step is the smallest piece of input with outputs of its own: a frame of audio and its feature, a frame of features
and its samples, or as many frames as the coarsest codebook holds one code. NaN in one step reaches every output that
depends on it, whatever the weights and the audio are, where a gradient could vanish; what it does not reach is
independent of that step. Attention passes NaN on even where its mask is closed: whether a network looks ahead at all is
therefore asked by changing all that comes after a step.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

_SHORTEST, _LONGEST = 16, 1024  # steps of the clips that are measured; what sees farther is taken to see everything
_BEGINNING = 16  # steps after which a causal network must have begun

Network = Callable[[Tensor], Tensor]  # [B, C, n * steps.inputs] -> [B, D, about n * steps.outputs]


@dataclass(frozen=True)
class Steps:
    """Inputs and outputs of a step."""

    inputs: int
    outputs: int


@dataclass(frozen=True)
class Field:
    """Steps that the outputs of one step depend on, besides it.

    `finite`: how many before and after, None where they reach to an end of the clip. `causal_from`: a clip of at least
    so many steps does not depend on what follows it; None where it does. (EnCodec mirrors the first steps of a clip.)
    """

    finite: tuple[int, int] | None
    causal_from: int | None


#: Fields of modules, as long as these live.
_measured: weakref.WeakKeyDictionary[nn.Module, dict[Steps, Field]] = weakref.WeakKeyDictionary()
_measuring = threading.Lock()  # cuDNN is put out of use meanwhile, in the whole process


def field_of(network: Network, module: nn.Module, steps: Steps, example: Tensor) -> Field:
    """The network's field, measured once and kept by the module that it is made of.

    Only channels, type and device of the example [B, C, T] are used.
    """
    with _measuring:
        known = _measured.setdefault(module, {})
        if steps not in known:
            known[steps] = measure(network, steps, example)
        return known[steps]


@torch.no_grad()
def measure(network: Network, steps: Steps, example: Tensor) -> Field:
    # Without cuDNN: its FFT and Winograd kernels would spread NaN over outputs that do not depend on it.
    with torch.backends.cudnn.flags(enabled=False):
        length = _SHORTEST
        while True:
            finite = _finite(network, steps, example, length)
            if finite is not None or length >= _LONGEST:
                break
            length *= 4
        return Field(finite, None if finite else _causal_from(network, steps, example))


def _finite(network: Network, steps: Steps, example: Tensor, length: int) -> tuple[int, int] | None:
    """Steps before and after that a step depends on, None where they are not all within a clip of so many steps."""
    middle = length // 2
    clip = example.new_zeros(1, example.shape[1], length * steps.inputs)
    clip[:, :, middle * steps.inputs : (middle + 1) * steps.inputs] = torch.nan
    reached = torch.isnan(network(clip)).any(dim=1)[0].nonzero()[:, 0]
    if not len(reached):  # the network has put something else in its place: nothing is known
        return None
    first, last = int(reached[0]) // steps.outputs, int(reached[-1]) // steps.outputs
    if first <= 0 or last >= length - 1:
        return None
    # A step that the NaN reaches backwards is one that depends on what comes after it.
    return max(0, last - middle), max(0, middle - first)


def _causal_from(network: Network, steps: Steps, example: Tensor) -> int | None:
    """The fewest steps from which on those that follow change nothing, None where they always do."""
    length = 2 * _BEGINNING
    clip = torch.randn(1, example.shape[1], length * steps.inputs, generator=torch.Generator().manual_seed(0))
    other = torch.randn(clip.shape, generator=torch.Generator().manual_seed(1))
    after = torch.arange(length * steps.inputs) // steps.inputs >= torch.arange(1, length)[:, None]
    clips = torch.cat(
        [clip, torch.where(after[:, None], other, clip)]
    )  # as it is, changed from step 1 on, from step 2 on …
    found = network(clips.to(example.device, example.dtype))
    causal_from = length
    for begins in range(length - 1, 0, -1):
        before = begins * steps.outputs
        if not torch.equal(found[begins, :, :before], found[0, :, :before]):
            break
        causal_from = begins
    return causal_from if causal_from <= _BEGINNING else None
