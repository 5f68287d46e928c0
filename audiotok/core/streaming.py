"""Encoding and decoding while the audio is still coming, with the same result as when all of it is there.

`Streaming` is the interface. `FrameCodec` is the base of codecs that code one frame after the other and keep state
between them: it gets encode, decode and both streams from two functions, so that they cannot differ.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import final

import numpy as np
import torch
from torch import Tensor

from audiotok.core.numerics import default_numerics
from audiotok.core.resampler import Resampler
from audiotok.core.samples import check_samples
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidAudio, InvalidOption, InvalidTokens

Coder = Callable[[Tensor], Tensor]  # keeps its state between calls


class TokenStream(ABC):
    """Audio in, tokens out. Rows are clips of their own: each can end and begin anew without the others."""

    @abstractmethod
    def push(self, chunk: Tensor) -> Tokens | None:
        """[B, C, T] of any T >= 0 -> the frames that are now whole, None where no row has one."""

    @abstractmethod
    def flush(self) -> Tokens | None:
        """The last, padded frames of all rows, which then are as new."""

    @abstractmethod
    def reset(self, mask: Tensor | None = None) -> None:
        """Forget the rows where mask [B] bool is True (None: all); the next chunk begins a clip there."""


class AudioStream(ABC):
    """Tokens in, audio out."""

    @abstractmethod
    def push(self, tokens: Tokens) -> Tensor | None:
        """Frames that follow those pushed before -> [B, C, T] at decode_sample_rate, None where there are none.

        A row with fewer frames than the longest is padded with zeros, in proportion to `tokens.lengths`; where the
        codec holds frames back (EnCodec the first six of a clip, FocalCodec those of a chunk that is not whole), what
        a row has is counted with those.
        """

    @abstractmethod
    def flush(self) -> Tensor | None:
        """The samples that the decoder still holds back; all rows then are as new."""

    @abstractmethod
    def reset(self, mask: Tensor | None = None) -> None:
        """Forget the rows where mask [B] bool is True (None: all)."""


class Streaming(ABC):
    """A codec that can encode and decode a stream. Chunks of any size give the same result as `encode` and `decode`."""

    @abstractmethod
    def stream(self, batch_size: int = 1, sample_rate: int | None = None) -> TokenStream:
        """A stream for audio at `sample_rate` (None: the tokenizer's own); another rate is resampled with state.

        Raises InvalidAudio where the rate is impossible.
        """

    @abstractmethod
    def stream_decode(self, batch_size: int = 1) -> AudioStream:
        """A stream of `batch_size` clips."""


class FrameCodec(Codec, Streaming):
    """A mono codec of fixed frames, coded in order. A leaf gives a fresh encoder and a fresh decoder per clip."""

    @abstractmethod
    def _encoder(self) -> Coder:
        """-> a function [n * hop] float32 on the CPU -> [K, n] int64, n >= 1."""

    @abstractmethod
    def _decoder(self) -> Coder:
        """-> a function [K, n] int64 on the CPU -> [n * hop] float32 at decode_sample_rate, n >= 1."""

    @final
    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        clips = [clip[0, : int(n)].cpu() for clip, n in zip(waveform, lengths, strict=True)]
        codes = [self._encoder()(whole_frames(clip, frame_samples(self.spec))) for clip in clips]
        return Tokens.from_clips(codes, self.spec).to(waveform.device)

    @final
    def _decode(self, tokens: Tokens) -> Tensor:
        clips = [
            self._decoder()(codes[:, : int(n)].cpu()) for codes, n in zip(tokens.codes, tokens.lengths, strict=True)
        ]
        return torch.nn.utils.rnn.pad_sequence(clips, batch_first=True)[:, None].to(tokens.codes.device)

    @final
    def stream(self, batch_size: int = 1, sample_rate: int | None = None) -> TokenStream:
        hop, rate = frame_samples(self.spec), self.spec.sample_rate if sample_rate is None else sample_rate

        def begin() -> Row:
            encode = self._encoder()
            return Row(
                self.spec,
                rate,
                lambda frames: encode(frames[0]),
                lambda rest: encode(whole_frames(rest[0], hop)),
            )

        return RowTokenStream(self, batch_size, begin)

    @final
    def stream_decode(self, batch_size: int = 1) -> AudioStream:
        def begin() -> Coder:
            decode = self._decoder()
            return lambda codes: decode(codes.cpu())

        return RowAudioStream(self, batch_size, begin)


class Row:
    """One clip of an encoding stream: what is not yet a whole frame, and the encoder behind it."""

    def __init__(
        self,
        spec: TokenSpec,
        sample_rate: int,
        encode: Coder,
        encode_last: Coder,
        first_frames: int = 1,
        together: int = 1,
    ) -> None:
        """`encode` gets samples [1, T] on the CPU: whole frames, a multiple of `together`, at first `first_frames` or
        more, and `encode_last` what is left at the end: less than that."""
        self._spec, self._encode, self._encode_last = spec, encode, encode_last
        self._fewest, self._together = first_frames, together
        self._resampler = Resampler(sample_rate, spec.sample_rate, channels=1)
        self._hop = frame_samples(spec)
        self._rest = torch.zeros(1, 0, dtype=torch.float32, device="cpu")

    def push(self, samples: Tensor) -> Tensor:
        """[1, T] -> [K, n]"""
        return self._code(self._resampler.push(samples.detach().cpu()))

    def flush(self) -> Tensor:
        codes = self._code(self._resampler.flush())
        return torch.cat([codes, self._encode_last(self._rest)], dim=1) if self._rest.shape[1] else codes

    def _code(self, samples: Tensor) -> Tensor:
        samples = torch.cat([self._rest, samples], dim=1)
        frames = _multiple(samples.shape[1] // self._hop, self._together)
        if frames < self._fewest:
            self._rest = samples
            return torch.zeros(self._spec.num_codebooks, 0, dtype=torch.int64)
        self._fewest = 1
        self._rest = samples[:, frames * self._hop :]
        return self._encode(samples[:, : frames * self._hop])


class RowTokenStream(TokenStream):
    """Rows that know nothing of each other; `begin` gives a fresh one."""

    @default_numerics()
    def __init__(self, codec: Codec, batch_size: int, begin: Callable[[], Row]) -> None:
        self._codec, self._begin = codec, begin
        self._rows = [begin() for _ in range(check_batch_size(batch_size))]

    @torch.no_grad()
    @default_numerics()
    def push(self, chunk: Tensor) -> Tokens | None:
        check_chunk(chunk, len(self._rows))
        return self._tokens([row.push(samples) for row, samples in zip(self._rows, chunk, strict=True)])

    @torch.no_grad()
    @default_numerics()
    def flush(self) -> Tokens | None:
        tokens = self._tokens([row.flush() for row in self._rows])
        self.reset()
        return tokens

    @default_numerics()
    def reset(self, mask: Tensor | None = None) -> None:
        for index in chosen_rows(mask, len(self._rows)):
            self._rows[index] = self._begin()

    def _tokens(self, codes: list[Tensor]) -> Tokens | None:
        if not any(code.shape[1] for code in codes):
            return None
        return self._codec.signed(Tokens.from_clips(codes, self._codec.spec)).to(self._codec.device)


class RowAudioStream(AudioStream):
    """Decoders that know nothing of each other; `begin` gives a fresh one, codes [K, n] -> [T], n >= 1.

    It gets `first_frames` or more in its first call, or all of a shorter clip, and a multiple of `together` in all but
    a clip's last.
    """

    @default_numerics()
    def __init__(
        self, codec: Codec, batch_size: int, begin: Callable[[], Coder], first_frames: int = 1, together: int = 1
    ) -> None:
        self._codec, self._begin, self._first_frames, self._together = codec, begin, first_frames, together
        self._rows: list[_Decoding] = [self._fresh() for _ in range(check_batch_size(batch_size))]

    @torch.no_grad()
    @default_numerics()
    def push(self, tokens: Tokens) -> Tensor | None:
        self._codec.check_own(tokens)
        if len(tokens) != len(self._rows):
            raise InvalidTokens(f"this stream takes {len(self._rows)} clips, got {len(tokens)}")
        codes, lengths = tokens.to(self._codec.device).codes, tokens.lengths.tolist()
        return self._audio([row.push(code[:, :n]) for row, code, n in zip(self._rows, codes, lengths, strict=True)])

    @torch.no_grad()
    @default_numerics()
    def flush(self) -> Tensor | None:
        audio = self._audio([row.flush() for row in self._rows])
        self.reset()
        return audio

    @default_numerics()
    def reset(self, mask: Tensor | None = None) -> None:
        for index in chosen_rows(mask, len(self._rows)):
            self._rows[index] = self._fresh()

    def _fresh(self) -> _Decoding:
        return _Decoding(self._begin(), self._first_frames, self._together)

    def _audio(self, clips: list[Tensor]) -> Tensor | None:
        if not any(clip.shape[0] for clip in clips):
            return None
        clips = [clip.to(self._codec.device) for clip in clips]
        return torch.nn.utils.rnn.pad_sequence(clips, batch_first=True)[:, None]


class _Decoding:
    """One clip of a decoding stream: the frames that are too few to be decoded yet, and the decoder behind them."""

    def __init__(self, decode: Coder, first_frames: int, together: int) -> None:
        self._decode, self._fewest, self._together = decode, first_frames, together
        self._waiting: list[Tensor] = []

    def push(self, codes: Tensor) -> Tensor:
        """[K, n] -> [T]"""
        self._waiting.append(codes)
        frames = _multiple(sum(piece.shape[1] for piece in self._waiting), self._together)
        if frames < self._fewest:
            return torch.zeros(0)
        self._fewest = 1
        codes = torch.cat(self._waiting, dim=1)
        self._waiting = [codes[:, frames:]]
        return self._decode(codes[:, :frames])

    def flush(self) -> Tensor:
        codes, self._waiting = self._waiting, []
        return self._decode(torch.cat(codes, dim=1)) if any(piece.shape[1] for piece in codes) else torch.zeros(0)


def _multiple(frames: int, together: int) -> int:
    """As many of them as make whole groups."""
    return frames - frames % together


def frame_samples(spec: TokenSpec) -> int:
    """Samples per frame, where they are a whole number. Raises InvalidOption where they are not."""
    if spec.hop.denominator != 1:
        raise InvalidOption(f"frames of {spec.hop} samples do not begin at whole samples")
    return int(spec.hop)


def whole_frames(samples: Tensor, hop: int) -> Tensor:
    """[..., T] -> padded with zeros to a multiple of hop."""
    return torch.nn.functional.pad(samples, (0, -samples.shape[-1] % hop))


def check_chunk(chunk: Tensor, batch_size: int) -> None:
    """Raises InvalidAudio unless it is finite float32 [B, 1, T], and no integers stored as floats."""
    if not isinstance(chunk, Tensor) or chunk.ndim != 3 or chunk.shape[:2] != (batch_size, 1):
        came = list(chunk.shape) if isinstance(chunk, Tensor) else type(chunk).__name__
        raise InvalidAudio(f"a chunk must be a tensor [B={batch_size}, C=1, T], got {came}")
    if chunk.dtype != torch.float32 or not bool(torch.isfinite(chunk).all()):
        raise InvalidAudio(f"a chunk must be finite float32, got {chunk.dtype} or values that are NaN or infinite")
    check_samples(chunk)


def check_batch_size(batch_size: int) -> int:
    """Raises InvalidOption unless it is an integer, NumPy's included, of at least 1."""
    if not isinstance(batch_size, (int, np.integer)) or isinstance(batch_size, bool) or batch_size < 1:
        raise InvalidOption(f"batch_size must be at least 1 and a whole number, got {batch_size!r}")
    return int(batch_size)


def chosen_rows(mask: Tensor | None, batch_size: int) -> list[int]:
    """Indices of the rows to reset. Raises InvalidOption unless mask is None or bool [B]."""
    if mask is None:
        return list(range(batch_size))
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool or tuple(mask.shape) != (batch_size,):
        came = f"{mask.dtype} {list(mask.shape)}" if isinstance(mask, Tensor) else type(mask).__name__
        raise InvalidOption(f"mask must be bool [B={batch_size}], got {came}")
    return mask.nonzero()[:, 0].tolist()
