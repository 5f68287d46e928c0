"""Patterns that write several codes at once, a stream for each codebook: short sequences, one output head a stream."""

from __future__ import annotations

from typing import final

import numpy as np
from torch import Tensor

from audiotok.core.tokens import TokenSpec
from audiotok.errors import InvalidOption
from audiotok.lm.patterns.base import IntMatrix, Pattern, check_limits, durations_of, special
from audiotok.lm.vocabulary import EMPTY, END, PAD, START


class MultiStreamPattern(Pattern):
    """Base of `Parallel` and `Delay`: stream s says at step n what belongs to frame n minus its delay.

    A stream is empty before its first frame, after its end, and where a code is held. Codes of the whole clip come
    first, in stream 0. Durations have a stream of their own, the last.
    """

    def __init__(self, spec: TokenSpec, *, delays: tuple[int, ...], max_duration: int | None) -> None:
        super().__init__(spec, max_duration=max_duration)
        self.streams = len(self._framewise)
        if len(delays) != self.streams or min(delays) < 0 or delays[0] != 0:
            raise InvalidOption(f"delays must be {self.streams} numbers of steps, the first one 0, got {delays}")
        self.delays = delays
        self._begin = 1 + len(self._global_fields)  # step of the first frame in stream 0

    @final
    def steps(self, frames: int) -> int:
        return self._begin + frames + max(self.delays) + 1

    @final
    def _layout(self, frames: int) -> tuple[IntMatrix, IntMatrix]:
        fields = np.full((self.streams, self.steps(frames)), special(EMPTY))
        at = np.zeros_like(fields)
        fields[:, 0] = special(START)
        fields[0, 1 : self._begin] = self._global_fields
        starts = self._starts(frames)
        for stream, delay in enumerate(self.delays):
            begin, end = self._begin + delay, self._begin + delay + frames
            fields[stream, begin:end] = np.where(starts[:, stream], self._framewise[stream], special(EMPTY))
            at[stream, begin:end] = np.arange(frames)
            fields[stream, end] = special(END)
        return fields, at

    @final
    def allowed(
        self, prefix: Tensor, *, min_frames: int = 1, max_frames: int | None = None, first: int | None = None
    ) -> Tensor:
        check_limits(min_frames, max_frames)
        step = prefix.shape[1]
        if not step:
            return self._only_start()
        allowed = self._nothing()
        if step < self._begin:
            allowed[1:, EMPTY] = True
            allowed[0, self.vocabulary.ids_of(int(self._global_fields[step - 1]))] = True
            return allowed
        ended = (prefix[0] == END).nonzero()
        frames = int(ended[0]) - self._begin if len(ended) else None  # of the clip, once it is known
        if frames is None and first == END:
            frames = step - self._begin
        if frames is not None and step >= self.steps(frames):
            allowed[:, PAD] = True
            return allowed
        for stream, delay in enumerate(self.delays):
            frame = step - self._begin - delay
            if frames is not None and frame == frames:
                allowed[stream, END] = True
            elif frame < 0 or frame % self._strides[stream] or (frames is not None and frame > frames):
                allowed[stream, EMPTY] = True
            else:
                allowed[stream, self.vocabulary.ids_of(int(self._framewise[stream]))] = True
        frame = step - self._begin
        if frames is None and frame >= min_frames:
            if max_frames is not None and frame >= max_frames:
                allowed[0] = False
            allowed[0, END] = True
        return allowed


class Parallel(MultiStreamPattern):
    """All codes of a frame at once: each is predicted from the frames before it, and from none of its own frame."""

    name = "parallel"

    def __init__(self, spec: TokenSpec, *, max_duration: int | None = None) -> None:
        durations = bool(durations_of(spec, max_duration))
        super().__init__(spec, delays=(0,) * (spec.num_codebooks + durations), max_duration=max_duration)


class Delay(MultiStreamPattern):
    """Codebook k comes k steps late (MusicGen), so that it is predicted from the coarser codes of its frame too."""

    name = "delay"

    def __init__(
        self, spec: TokenSpec, *, delays: tuple[int, ...] | None = None, max_duration: int | None = None
    ) -> None:
        durations = bool(durations_of(spec, max_duration))
        delays = tuple(range(spec.num_codebooks + durations)) if delays is None else delays
        super().__init__(spec, delays=delays, max_duration=max_duration)


PATTERNS = (Delay, Parallel)
