"""Patterns that write one code after another: any decoder-only language model reads and writes them."""

from __future__ import annotations

from abc import abstractmethod
from typing import final

import numpy as np
import torch
from torch import Tensor

from audiotok.core.tokens import TokenSpec
from audiotok.errors import InvalidOption
from audiotok.lm.patterns.base import IntMatrix, Pattern, check_limits, special
from audiotok.lm.vocabulary import END, PAD, START

_UNBOUNDED = 1 << 48  # frames


class FlatPattern(Pattern):
    """Base of `Flatten` and `CoarseFirst`: start, codes of the whole clip, all other codes in some order, end."""

    streams = 1

    def __init__(self, spec: TokenSpec, *, max_duration: int | None = None) -> None:
        super().__init__(spec, max_duration=max_duration)
        if self._strides.min() > 1:
            raise InvalidOption(
                f"with strides {spec.strides} some frames have no code, so a row cannot tell their number"
            )

    @final
    def steps(self, frames: int) -> int:
        return 2 + len(self._global_fields) + int(np.sum(-(-frames // self._strides)))

    def _row(self, fields: IntMatrix, frames: IntMatrix) -> tuple[IntMatrix, IntMatrix]:
        """Put start, the clip's own codes and end around the codes of frames."""
        whole = self._global_fields
        ends = [special(START)], [special(END)]
        zeros = np.zeros(len(whole) + 1, np.int64)
        return (
            np.concatenate([ends[0], whole, fields, ends[1]])[None],
            np.concatenate([zeros, frames, [0]])[None],
        )

    @final
    def allowed(
        self, prefix: Tensor, *, min_frames: int = 1, max_frames: int | None = None, first: int | None = None
    ) -> Tensor:
        check_limits(min_frames, max_frames)
        written = prefix.shape[1]
        if not written:
            return self._only_start()
        allowed = self._nothing()
        if int(prefix[0, -1]) in (END, PAD):
            allowed[0, PAD] = True
        elif written <= len(self._global_fields):
            allowed[0, self.vocabulary.ids_of(int(self._global_fields[written - 1]))] = True
        else:
            return self._among_frames(prefix, min_frames, max_frames)
        return allowed

    @abstractmethod
    def _among_frames(self, prefix: Tensor, min_frames: int, max_frames: int | None) -> Tensor:
        """`allowed`, where codes of frames or the end come next."""


class Flatten(FlatPattern):
    """Frame after frame, in a frame coarse to fine: every code is predicted from all before it."""

    name = "flatten"

    def _layout(self, frames: int) -> tuple[IntMatrix, IntMatrix]:
        at, which = np.nonzero(self._starts(frames))
        return self._row(self._framewise[which], at)

    def _among_frames(self, prefix: Tensor, min_frames: int, max_frames: int | None) -> Tensor:
        step = prefix.shape[1]
        # Each frame has a code at least, so this many frames reach beyond the step; powers of two are few layouts.
        fields, at = self.layout(1 << step.bit_length())
        frame = int(at[0, step])
        begins = step == 1 + len(self._global_fields) or int(at[0, step - 1]) != frame
        allowed = self._nothing()
        if begins and frame >= min_frames:
            allowed[0, END] = True
        if not begins or max_frames is None or frame < max_frames:
            allowed[0, self.vocabulary.ids_of(int(fields[0, step]))] = True
        return allowed


class CoarseFirst(FlatPattern):
    """All of the first codebook, then all of the second, …: the coarse codes of a whole clip, then its details."""

    name = "coarse_first"
    settles_length_first = True

    def _layout(self, frames: int) -> tuple[IntMatrix, IntMatrix]:
        which, at = np.nonzero(self._starts(frames).T)
        return self._row(self._framewise[which], at)

    def _among_frames(self, prefix: Tensor, min_frames: int, max_frames: int | None) -> Tensor:
        allowed = self._nothing()
        codes = prefix[0, 1 + len(self._global_fields) :]
        counts = torch.bincount(self.vocabulary.field_of(codes), minlength=len(self.vocabulary.sizes))
        written = [int(counts[field]) for field in self._framewise]
        current = max((i for i, count in enumerate(written) if count), default=0)
        # The clip has low..high frames; each codebook that is done narrows this.
        low, high = min_frames, _UNBOUNDED if max_frames is None else max_frames
        for i, (field, stride, count) in enumerate(zip(self._framewise, self._strides.tolist(), written, strict=True)):
            if i >= current:
                if -(-high // stride) > count:
                    allowed[0, self.vocabulary.ids_of(int(field))] = True
                if -(-low // stride) > count:
                    return allowed
            low, high = max(low, stride * (count - 1) + 1), min(high, stride * count)
        allowed[0, END] = True
        return allowed


PATTERNS = (Flatten, CoarseFirst)
