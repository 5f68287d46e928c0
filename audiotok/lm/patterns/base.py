"""A pattern: the order in which a language model reads and writes a clip's codes. Lossless, with an inverse."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from audiotok.core.tokens import Tokens, TokenSpec, check_is_tokens
from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.lm.sequences import Sequences, pad
from audiotok.lm.vocabulary import END, PAD, START, Vocabulary

IntMatrix = NDArray[np.int64]  # [S, L]


@dataclass(frozen=True, eq=False)
class _CachedLayout:
    """A layout as ids are written and read by it."""

    low: IntMatrix  # [S, L] the id of code 0 at each place, or of the special token there
    size: IntMatrix  # [S, L] how many ids may stand there
    places: IntMatrix  # [N] of the codes, counted through all streams …
    fields: IntMatrix  # [N] … their fields …
    frames: IntMatrix  # [N] … and frames
    shown: Tensor  # [S, L] fields, -1 at special tokens


def special(token: int) -> int:
    """How a layout writes that a place holds a special token, which is of no field: a negative number."""
    return -1 - token


class Pattern(ABC):
    """Base of every pattern; a leaf says where in the sequence of a clip of so many frames each code stands.

    Codes of a whole clip come first. A code that is held over a stride stands once. Durations are written where decode
    needs them, or where `max_duration` asks for them; a clip's `num_samples` is not part of a sequence.
    """

    name: ClassVar[str]  # by which it is asked for
    #: Whether a clip's length is settled before most of it is written: a continuation then has to have the full
    #: length, since the model would end it before it says anything.
    settles_length_first: ClassVar[bool] = False
    streams: int  # ids per step

    def __init__(self, spec: TokenSpec, *, max_duration: int | None = None) -> None:
        max_duration = durations_of(spec, max_duration)
        if spec.max_duration and not max_duration:
            raise InvalidOption("max_duration=0 would drop durations that decode needs; leave it out")
        self.spec = spec
        self.vocabulary = Vocabulary(spec, max_duration)
        # What stands in each frame, coarse to fine: codebooks, then the duration.
        strides = [spec.stride(k) for k in range(spec.num_codebooks)]
        self._framewise = np.arange(spec.num_codebooks)
        if max_duration:
            strides.append(1)
            self._framewise = np.append(self._framewise, self.vocabulary.duration)
        self._strides = np.array(strides)
        self._global_fields = spec.num_codebooks + np.arange(len(spec.global_sizes))

    @abstractmethod
    def steps(self, frames: int) -> int:
        """Length of the sequence of a clip of so many frames, start and end included; grows with every frame."""

    @final
    @lru_cache(maxsize=256)  # noqa: B019  # patterns are few and small
    def layout(self, frames: int) -> tuple[IntMatrix, IntMatrix]:
        """Which field stands at each place (`special(token)` where none), and of which frame; not to be written to."""
        return self._layout(frames)

    @lru_cache(maxsize=256)  # noqa: B019  # patterns are few and small
    def _cached_layout(self, frames: int) -> _CachedLayout:
        fields, at = self.layout(frames)
        real = fields >= 0
        of_code = np.maximum(fields, 0)
        return _CachedLayout(
            low=np.where(real, np.array(self.vocabulary.offsets)[of_code], special(0) - fields),
            size=np.where(real, np.array(self.vocabulary.sizes)[of_code], 1),
            places=np.flatnonzero(real),
            fields=fields[real],
            frames=at[real],
            shown=torch.from_numpy(np.where(real, fields, -1)),
        )

    @abstractmethod
    def _layout(self, frames: int) -> tuple[IntMatrix, IntMatrix]:
        """Computes what `layout` keeps."""

    @abstractmethod
    def allowed(
        self, prefix: Tensor, *, min_frames: int = 1, max_frames: int | None = None, first: int | None = None
    ) -> Tensor:
        """[S, n] ids of one clip so far -> [S, V] bool: what may come next.

        `max_frames` is the longest clip that may be written. Where there are several streams, the first one's id is
        drawn first and passed as `first`, since the others end when it does.
        """

    @property
    def heads(self) -> Tensor:
        """[S, V] bool: the ids that each stream's distribution runs over. All of them in a row."""
        heads = torch.zeros(self.streams, self.vocabulary.size, dtype=torch.bool, device="cpu")
        if self.streams == 1:
            return ~heads
        for stream, field in enumerate(self._framewise):
            heads[stream, self.vocabulary.ids_of(int(field))] = True
        for field in self._global_fields:
            heads[0, self.vocabulary.ids_of(int(field))] = True
        heads[0, END] = True
        return heads

    @final
    def apply(self, tokens: Tokens) -> Sequences:
        """A ragged batch -> its sequences, on the CPU. Raises InvalidTokens where they would lose something."""
        check_is_tokens(tokens, f"the pattern {self.name}")
        if tokens.spec != self.spec:
            raise InvalidTokens(f"this pattern is for tokens of {self.spec}, got {tokens.spec}")
        values = self._values(tokens)
        clips = []
        for clip, frames in zip(values, tokens.lengths.tolist(), strict=True):
            cached = self._cached_layout(frames)
            ids = cached.low.copy()
            ids.reshape(-1)[cached.places] += clip[cached.fields, cached.frames]
            clips.append((torch.from_numpy(ids), cached.shown))
        if not clips:
            raise InvalidTokens("nothing to lay out: the batch holds no clips")
        return pad(clips, self.vocabulary)

    @final
    def invert(self, sequences: Sequences | Tensor) -> Tokens:
        """Sequences, or ids [B, S, L] (or [B, L]) padded on either side -> tokens.

        Raises InvalidTokens, with the place, where a sequence is not one that `apply` gives.
        """
        ids = sequences.ids if isinstance(sequences, Sequences) else sequences
        if not isinstance(ids, Tensor):
            raise InvalidTokens(f"ids must be Sequences or a tensor [B, {self.streams}, L], got {type(ids).__name__}")
        ids = ids.cpu()
        if ids.ndim == 2:
            ids = ids[:, None]
        if ids.ndim != 3 or ids.shape[1] != self.streams or not len(ids):
            raise InvalidTokens(f"ids must be [B, {self.streams}, L], got {list(ids.shape)}")
        values = [self._invert(index, _unpadded(clip)) for index, clip in enumerate(ids)]
        frames = [clip.shape[1] for clip in values]
        shape = (len(values), len(self.vocabulary.sizes), max(frames))
        padded = torch.zeros(shape, dtype=torch.int64, device="cpu")
        for row, clip in enumerate(values):
            padded[row, :, : frames[row]] = torch.from_numpy(clip)
        books, whole = self.spec.num_codebooks, len(self.spec.global_sizes)
        if whole and min(frames) == 0:
            raise InvalidTokens("a clip without frames has no place for its codes of the whole clip")
        lengths = torch.tensor(frames, device="cpu")
        durations = None
        if self.vocabulary.max_duration:
            durations = padded[:, self.vocabulary.duration] + 1
            durations *= torch.arange(durations.shape[1], device="cpu") < lengths[:, None]
        return Tokens(
            codes=padded[:, :books].contiguous(),
            lengths=lengths,
            spec=self.spec,
            durations=durations,
            global_codes=padded[:, books : books + whole, 0].contiguous() if whole else None,
        )

    def max_frames(self, steps: int) -> int:
        """The longest clip whose sequence fits into so many steps. Raises InvalidOption where none does."""
        if steps < self.steps(0):
            raise InvalidOption(f"{steps} steps hold no clip; the shortest sequence has {self.steps(0)}")
        return bisect_left(range(steps + 1), steps + 1, key=self.steps) - 1

    def _values(self, tokens: Tokens) -> IntMatrix:
        """[B, F, T] codes by field; a global code stands in frame 0."""
        codes = tokens.codes.cpu().numpy()
        batch, _, frames = codes.shape
        mask = tokens.mask.cpu().numpy()
        values = np.zeros((batch, len(self.vocabulary.sizes), frames), np.int64)
        values[:, : self.spec.num_codebooks] = codes
        if tokens.global_codes is not None:
            if bool((tokens.lengths == 0).any()):
                raise InvalidTokens("a clip without frames has no place for its codes of the whole clip")
            values[:, self._global_fields, 0] = tokens.global_codes.cpu().numpy()
        if self.vocabulary.max_duration:
            if tokens.durations is None:
                raise InvalidTokens("durations are missing, and this pattern writes them")
            durations = tokens.durations.cpu().numpy()
            longest = int((durations * mask).max(initial=0))
            if longest > self.vocabulary.max_duration:
                raise InvalidTokens(
                    f"a run of {longest} frames is longer than max_duration={self.vocabulary.max_duration}"
                )
            values[:, self.vocabulary.duration] = durations - 1
        return values

    def _invert(self, index: int, ids: IntMatrix) -> IntMatrix:
        """[S, L] of one clip -> [F, T]"""
        steps = ids.shape[1]
        frames = bisect_left(range(steps), steps, key=self.steps)
        if self.steps(frames) != steps:
            raise InvalidTokens(f"clip {index}: no clip has a sequence of {steps} steps; was it cut?")
        cached = self._cached_layout(frames)
        codes = ids - cached.low
        wrong = (codes < 0) | (codes >= cached.size)
        if wrong.any():
            stream, step = (int(i) for i in np.argwhere(wrong)[0])
            named, low = int(cached.shown[stream, step]), int(cached.low[stream, step])
            name = self.vocabulary.names[named] if named >= 0 else "a special token"
            raise InvalidTokens(
                f"clip {index}, step {step}, stream {stream}: expected {name}, ids {low} to "
                f"{low + cached.size[stream, step] - 1}, got {ids[stream, step]}"
            )
        values = np.zeros((len(self.vocabulary.sizes), frames), np.int64)
        if not frames:
            return values
        values[cached.fields, cached.frames] = codes.reshape(-1)[cached.places]
        for field, stride in zip(self._framewise, self._strides, strict=True):
            if stride > 1:  # held
                values[field] = values[field, np.arange(frames) // stride * stride]
        return values

    def _starts(self, frames: int) -> NDArray[np.bool_]:
        """[T, n] whether each of the codes that a frame has starts there."""
        return np.arange(frames)[:, None] % self._strides == 0

    def _nothing(self) -> Tensor:
        """[S, V] for `allowed` to fill."""
        return torch.zeros(self.streams, self.vocabulary.size, dtype=torch.bool, device="cpu")

    def _only_start(self) -> Tensor:
        allowed = self._nothing()
        allowed[:, START] = True
        return allowed


def _unpadded(ids: Tensor) -> IntMatrix:
    """[S, L] -> without the padding on both sides; padding in between stays, and is refused."""
    inside = (ids[0] != PAD).nonzero()[:, 0]
    return (ids[:, int(inside[0]) : int(inside[-1]) + 1] if len(inside) else ids[:, :0]).numpy()


def durations_of(spec: TokenSpec, max_duration: int | None) -> int:
    """The longest duration that a pattern writes: the one asked for, or that of the spec. Raises InvalidOption."""
    if not isinstance(spec, TokenSpec):
        raise InvalidOption(f"a pattern is made for a TokenSpec, got {type(spec).__name__}; pass codec.spec")
    return spec.max_duration if max_duration is None else max_duration


def check_limits(min_frames: int, max_frames: int | None) -> None:
    """Raises InvalidOption unless 0 <= min_frames <= max_frames."""
    if min_frames < 0 or (max_frames is not None and max_frames < min_frames):
        raise InvalidOption(f"expected 0 <= min_frames <= max_frames, got {min_frames} and {max_frames}")
