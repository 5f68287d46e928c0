"""The level of a clip or segment as a code: what EnCodec's kin divide by before they encode, and store as a float."""

from __future__ import annotations

from torch import Tensor

LEVELS = 256
_QUIETEST, _LOUDEST = -96.0, 6.0  # dB of full scale
_STEP = (_LOUDEST - _QUIETEST) / (LEVELS - 1)


def loudness(piece: Tensor) -> Tensor:
    """[1, C, T] -> [1, 1, 1]: the effective value of all channels' mean, as upstream has it."""
    return 1e-8 + piece.mean(dim=1, keepdim=True).pow(2).mean(dim=2, keepdim=True).sqrt()


def level_code(level: Tensor) -> Tensor:
    """Nearest of 256 levels, evenly spaced in dB; quieter and louder ones get the last."""
    return ((20 * level.log10() - _QUIETEST) / _STEP).round().clamp(0, LEVELS - 1).long()


def level_of(code: Tensor) -> Tensor:
    return 10 ** ((_QUIETEST + code * _STEP) / 20)
