"""Hours of audio in bounded memory: encode it in chunks that see a little of their neighbours.

Each chunk is encoded with `context_s` seconds on both sides, whose frames are then thrown away. Where a code depends
on no more audio than that (a convolutional encoder), the result is that of the whole clip at once; where it depends on
all that came before (an LSTM, attention), most codes agree, and how many is a property of the tokenizer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import IO

import torch
from torch import Tensor

from audiotok.core.audio import Audio, check_downmix, energy, resampled_length
from audiotok.core.audio_file import PIECE_SECONDS, AudioFile
from audiotok.core.resampler import Resampler
from audiotok.core.streaming import Streaming
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidAudio, InvalidOption


def encode_long(
    tokenizer: Tokenizer,
    audio: Audio | AudioFile | str | Path | IO[bytes],
    chunk_s: float = 30.0,
    context_s: float = 2.0,
    *,
    downmix: bool = False,
) -> Tokens:
    """One clip, or a file (or a stretch of it, an `AudioFile`) that is read piece by piece -> its Tokens, on the CPU.

    A `Streaming` tokenizer is streamed, which is exact; `context_s` is of no account then. Memory is that of a chunk
    with its context, and of the codes. Raises InvalidOption where tokens do not follow the audio frame by frame
    (variable rate, codes of the whole clip), InvalidAudio as `encode` does.
    """
    if not (chunk_s > 0 and context_s >= 0):
        raise InvalidOption(f"chunk_s must be positive and context_s not negative, got {chunk_s} and {context_s}")
    if tokenizer.spec.variable_rate or tokenizer.spec.global_sizes:
        raise InvalidOption(f"{tokenizer.identifier} has codes that depend on the whole clip; use encode")
    if isinstance(audio, Audio):
        source: _Memory | AudioFile = _Memory(audio)
    else:
        source = audio if isinstance(audio, AudioFile) else AudioFile(audio)
    at_rate = _AtRate(tokenizer, source, downmix)
    if isinstance(tokenizer, Streaming):
        codes = _streamed(tokenizer, at_rate.pieces())
    else:
        codes = _chunked(tokenizer, at_rate.pieces(), chunk_s, context_s)
    tokens = Tokens.from_clips([torch.cat(list(codes), dim=1)], tokenizer.spec, tokenizer.identifier)
    return replace(tokens, num_samples=torch.tensor([at_rate.num_samples]))


class _Memory:
    """One clip that is there already, in pieces."""

    def __init__(self, audio: Audio) -> None:
        if len(audio) != 1:
            raise InvalidAudio(f"encode_long takes one clip, this batch has {len(audio)}: call it for each audio[i]")
        self._audio = audio[0]
        self.sample_rate = audio.sample_rate

    def pieces(self) -> Iterator[Tensor]:
        yield from self._audio.waveform[0].split(PIECE_SECONDS * self.sample_rate, dim=1)


class _AtRate:
    """The pieces with the tokenizer's channels and at its rate, and how long they were together."""

    def __init__(self, tokenizer: Tokenizer, source: _Memory | AudioFile, downmix: bool) -> None:
        self._tokenizer, self._source, self._downmix = tokenizer, source, downmix
        self._received = 0

    def pieces(self) -> Iterator[Tensor]:
        """[C, T] each. Raises InvalidAudio, at the end where the average of all channels is silent."""
        spec, rate = self._tokenizer.spec, self._source.sample_rate
        resampler = Resampler(rate, spec.sample_rate, spec.channels)
        of_channels = of_mean = 0.0
        for piece in self._source.pieces():
            self._received += piece.shape[1]
            if self._downmix and spec.channels == 1 and piece.shape[0] > 1:
                # Not `Audio.mono`: a stretch may cancel where the clip does not.
                mixed = piece.mean(dim=0, keepdim=True)
                of_channels, of_mean = of_channels + energy(piece), of_mean + energy(mixed)
                piece = mixed
            checked = self._tokenizer.match_channels(Audio.from_array(piece[None], rate), self._downmix)
            yield resampler.push(checked.waveform[0].cpu())
        check_downmix(of_channels, of_mean)
        yield resampler.flush()

    @property
    def num_samples(self) -> int:
        """At the tokenizer's rate, of what was read so far."""
        return resampled_length(self._received, self._source.sample_rate, self._tokenizer.spec.sample_rate)


def _streamed(tokenizer: Streaming, pieces: Iterator[Tensor]) -> Iterator[Tensor]:
    """-> [K, T] each"""
    stream = tokenizer.stream()
    for piece in pieces:
        if tokens := stream.push(piece[None]):
            yield tokens.codes[0].cpu()
    if tokens := stream.flush():
        yield tokens.codes[0].cpu()


def _chunked(tokenizer: Tokenizer, pieces: Iterator[Tensor], chunk_s: float, context_s: float) -> Iterator[Tensor]:
    """-> [K, T] each. Chunks and context are whole numbers of `unit` samples, where a frame of each stride begins."""
    spec = tokenizer.spec
    frames = math.lcm(*(spec.stride(k) for k in range(spec.num_codebooks)))
    frames = math.lcm(frames, Fraction(spec.hop).denominator)
    unit = int(frames * spec.hop)
    chunk, context = (_whole_units(seconds * spec.sample_rate, unit) for seconds in (chunk_s, context_s))
    chunk = max(chunk, unit)
    buffer = torch.zeros(spec.channels, 0)
    before = 0  # samples of context at the buffer's beginning
    for piece in pieces:
        buffer = torch.cat([buffer, piece], dim=1)
        while buffer.shape[1] > before + chunk + context:
            codes = _codes(tokenizer, buffer[:, : before + chunk + context])
            start, end = before // unit * frames, (before + chunk) // unit * frames
            if codes.shape[1] < end:  # the last frame needs audio that comes after it
                raise InvalidOption(
                    f"context_s={context_s} is too short for {tokenizer.identifier}; try {unit / spec.sample_rate:.2f}"
                )
            yield codes[:, start:end]
            keep = max(0, before + chunk - context)
            before, buffer = before + chunk - keep, buffer[:, keep:].clone()
    yield _codes(tokenizer, buffer)[:, before // unit * frames :]


def _codes(tokenizer: Tokenizer, samples: Tensor) -> Tensor:
    return tokenizer.encode(samples[None], tokenizer.spec.sample_rate).codes[0].cpu()


def _whole_units(samples: float, unit: int) -> int:
    """Rounded up."""
    return math.ceil(samples / unit) * unit
