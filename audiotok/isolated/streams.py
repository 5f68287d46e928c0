"""Streams whose state is kept in a worker: this end of them.

A stream has a number, which is never given twice in this process, so that a worker that was started again, or that of a
fork, takes no stream for another. Streams that nobody holds any more are told of with the next call of any.
"""

from __future__ import annotations

import contextlib
import itertools
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from audiotok.core.streaming import AudioStream, TokenStream
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidAudio
from audiotok.isolated import wire

#: (name of the call, tensors, what else stands in the header); IsolatedTokenizer._call
Call = Callable[..., wire.Message]
_numbers = itertools.count()


class Remote:
    """The stream `number` of a worker, opened by the first of these objects' calls."""

    def __init__(self, call: Call, dropped: deque[int], **opened: Any) -> None:
        self._call, self._dropped, self._number = call, dropped, next(_numbers)
        self._call("open_stream", number=self._number, dropped=self._all_dropped(), **opened)
        weakref.finalize(self, dropped.append, self._number)  # no call: the collector may run in the midst of one

    def __call__(self, name: str, tensors: Mapping[str, Tensor] | None = None) -> dict[str, Tensor]:
        """The return value of the stream's method of that name; nothing for None."""
        return self._call(name, tensors, number=self._number, dropped=self._all_dropped()).tensors

    def reset(self, mask: Tensor | None) -> None:
        self("reset", {} if mask is None else {"mask": mask})

    def _all_dropped(self) -> list[int]:
        numbers: list[int] = []
        with contextlib.suppress(IndexError):  # another thread may take the last
            while True:
                numbers.append(self._dropped.popleft())
        return numbers


class IsolatedTokenStream(TokenStream):
    def __init__(self, remote: Remote, tokenizer: Tokenizer) -> None:
        self._remote, self._tokenizer, self._device = remote, tokenizer, tokenizer.device

    def push(self, chunk: Tensor) -> Tokens | None:
        if not isinstance(chunk, Tensor):
            raise InvalidAudio(f"a chunk must be a tensor [B, C, T], got {type(chunk).__name__}")
        return self._tokens(self._remote("push", {"chunk": chunk}))

    def flush(self) -> Tokens | None:
        return self._tokens(self._remote("flush"))

    def reset(self, mask: Tensor | None = None) -> None:
        self._remote.reset(mask)

    def _tokens(self, tensors: dict[str, Tensor]) -> Tokens | None:
        if not tensors:
            return None
        tokens = Tokens(**tensors, spec=self._tokenizer.spec, tokenizer=None, weights_sha256=None)
        return self._tokenizer.signed(tokens).to(self._device)


class IsolatedAudioStream(AudioStream):
    def __init__(self, remote: Remote, codec: Tokenizer) -> None:
        self._remote, self._codec, self._device = remote, codec, codec.device

    def push(self, tokens: Tokens) -> Tensor | None:
        self._codec.check_own(tokens)
        return self._waveform(self._remote("push", tokens._tensors()))

    def flush(self) -> Tensor | None:
        return self._waveform(self._remote("flush"))

    def reset(self, mask: Tensor | None = None) -> None:
        self._remote.reset(mask)

    def _waveform(self, tensors: dict[str, Tensor]) -> Tensor | None:
        return tensors["waveform"].to(self._device) if tensors else None
