"""Hours of audio in bounded memory: encoded and decoded in chunks that see a little of their neighbours.

Each chunk is coded with `context_s` seconds on both sides, which are then thrown away. Where a code depends
on no more audio than that (a convolutional encoder), the result is that of the whole clip at once; where it depends on
all that came before (an LSTM, attention), most codes agree, and how many is a property of the tokenizer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import IO

import torch
from torch import Tensor

from audiotok.core.audio import Audio, check_downmix, energy, resampled_length
from audiotok.core.audio_file import PIECE_SECONDS, AudioFile, in_file
from audiotok.core.resampler import Resampler
from audiotok.core.streaming import AudioStream, Streaming
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidAudio, InvalidOption, InvalidTokens

_CHUNKS_AT_ONCE = 8  # where clips go through a model together


def encode_long(
    tokenizer: Tokenizer,
    audio: Audio | AudioFile | str | Path | IO[bytes],
    chunk_s: float = 30.0,
    context_s: float = 2.0,
    *,
    downmix: bool = False,
    mono: bool = False,
) -> Tokens:
    """One clip, or a file (or a stretch of it, an `AudioFile`) that is read piece by piece -> its Tokens, on the CPU.

    A `Streaming` tokenizer is streamed, which is exact; `context_s` is of no account then. Memory is that of a chunk
    with its context (of eight where clips go through the model together, as on a GPU), and of the codes. `mono`: the
    mean of the channels, which a stereo tokenizer gets twice; `downmix` averages for a mono tokenizer only. Raises
    InvalidOption where tokens do not follow the audio frame by frame (variable rate, codes of the whole clip),
    InvalidAudio as `encode` does.
    """
    if not (chunk_s > 0 and context_s >= 0):
        raise InvalidOption(f"chunk_s must be positive and context_s not negative, got {chunk_s} and {context_s}")
    if tokenizer.spec.variable_rate or tokenizer.spec.global_sizes:
        raise InvalidOption(f"{tokenizer.identifier} has codes that depend on the whole clip; use encode")
    if isinstance(audio, Audio):
        source: _Memory | AudioFile = _Memory(audio)
    else:
        source = audio if isinstance(audio, AudioFile) else AudioFile(audio)
    at_rate = _AtRate(tokenizer, source, downmix, mono)
    if isinstance(tokenizer, Streaming):
        codes = _streamed(tokenizer, at_rate.pieces())
    else:
        codes = _chunked(tokenizer, at_rate.pieces(), chunk_s, context_s)
    tokens = Tokens.from_clips([torch.cat(list(codes), dim=1)], tokenizer.spec)
    return tokenizer.signed(tokens, num_samples=torch.tensor([at_rate.num_samples], device="cpu"))


class _Memory:
    """One clip that is there already, in pieces."""

    name = None  # of a file

    def __init__(self, audio: Audio) -> None:
        if len(audio) != 1:
            raise InvalidAudio(f"encode_long takes one clip, this batch has {len(audio)}: call it for each audio[i]")
        self._audio = audio[0]
        self.sample_rate = audio.sample_rate

    def pieces(self) -> Iterator[Tensor]:
        yield from self._audio.waveform[0].split(PIECE_SECONDS * self.sample_rate, dim=1)


class _AtRate:
    """The pieces with the tokenizer's channels and at its rate, and how long they were together."""

    def __init__(self, tokenizer: Tokenizer, source: _Memory | AudioFile, downmix: bool, mono: bool) -> None:
        self._tokenizer, self._source, self._downmix = tokenizer, source, downmix
        self._averages = mono or (downmix and tokenizer.spec.channels == 1)
        self._received = 0

    def pieces(self) -> Iterator[Tensor]:
        """[C, T] each. Raises InvalidAudio, at the end where the average of all channels is silent."""
        spec, rate = self._tokenizer.spec, self._source.sample_rate
        resampler = Resampler(rate, spec.sample_rate, spec.channels)
        of_channels = of_mean = 0.0
        for piece in self._source.pieces():
            self._received += piece.shape[1]
            if self._averages and piece.shape[0] > 1:
                # Not `Audio.mono`: a stretch may cancel where the clip does not.
                mixed = piece.mean(dim=0, keepdim=True)
                of_channels, of_mean = of_channels + energy(piece), of_mean + energy(mixed)
                piece = mixed
            with in_file(self._source.name):
                checked = self._tokenizer.match_channels(Audio.from_array(piece[None], rate), self._downmix)
            yield resampler.push(checked.waveform[0].cpu())
        with in_file(self._source.name):
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


@dataclass(frozen=True)
class _Window:
    """A chunk with its context, and the frames of it that are kept."""

    samples: Tensor  # [C, T]
    start: int
    end: int | None  # None: to the last one


def _chunked(tokenizer: Tokenizer, pieces: Iterator[Tensor], chunk_s: float, context_s: float) -> Iterator[Tensor]:
    """-> [K, T] each."""
    rate = tokenizer.spec.sample_rate
    frames = _whole_frames(tokenizer.spec)
    unit = int(frames * tokenizer.spec.hop)
    windows = _windows(tokenizer, pieces, frames, unit, chunk_s * rate, context_s * rate)
    while group := list(islice(windows, _at_once(tokenizer))):
        tokens = tokenizer.encode([window.samples for window in group], rate)
        for i, window in enumerate(group):
            codes = tokens[i].codes[0].cpu()
            if window.end is not None and codes.shape[1] < window.end:  # the last frame needs audio that comes after it
                raise InvalidOption(
                    f"context_s={context_s} is too short for {tokenizer.identifier}; try {unit / rate:.2f}"
                )
            yield codes[:, window.start : window.end]


def _windows(
    tokenizer: Tokenizer, pieces: Iterator[Tensor], frames: int, unit: int, chunk: float, context: float
) -> Iterator[_Window]:
    """Chunks and context are whole numbers of `unit` samples, which are `frames` frames."""
    chunk, context = max(unit, _whole_units(chunk, unit)), _whole_units(context, unit)
    buffer = torch.zeros(tokenizer.spec.channels, 0, dtype=torch.float32, device="cpu")
    before = 0  # samples of context at the buffer's beginning
    for piece in pieces:
        buffer = torch.cat([buffer, piece], dim=1)
        while buffer.shape[1] > before + chunk + context:
            start, end = before // unit * frames, (before + chunk) // unit * frames
            yield _Window(buffer[:, : before + chunk + context], start, end)
            keep = max(0, before + chunk - context)
            before, buffer = before + chunk - keep, buffer[:, keep:].clone()
    yield _Window(buffer, before // unit * frames, None)


def decode_long(codec: Codec, tokens: Tokens, chunk_s: float = 30.0, context_s: float = 2.0) -> Iterator[Audio]:
    """Tokens of one clip -> its audio, in pieces on the CPU that follow one another; `encode_long`'s inverse.

        with soundfile.SoundFile("long.wav", "w", codec.decode_sample_rate, codec.spec.channels) as file:
            for piece in decode_long(codec, tokens):
                file.write(piece.numpy().T)

    Memory is that of a chunk with its context. A `Streaming` codec is streamed, which is exact. Raises InvalidOption
    where the audio does not follow the tokens frame by frame (durations, a variable rate), InvalidTokens as `decode`.
    """
    if not (chunk_s > 0 and context_s >= 0):
        raise InvalidOption(f"chunk_s must be positive and context_s not negative, got {chunk_s} and {context_s}")
    codec.check_tokens(tokens)
    if codec.spec.variable_rate or tokens.durations is not None:
        raise InvalidOption(f"{codec.identifier} has tokens of unlike durations; use decode")
    if len(tokens) != 1:
        raise InvalidTokens(f"decode_long takes one clip, this batch has {len(tokens)}: call it for each tokens[i]")
    tokens = tokens[0]
    total = int(codec.decoded_lengths(tokens)[0])
    if isinstance(codec, Streaming):
        return _fitted(codec, _decode_stream(codec.stream_decode(), tokens.to(codec.device), chunk_s), total)
    return _fitted(codec, _decode_chunks(codec, tokens, chunk_s, context_s), total)


def _fitted(codec: Codec, pieces: Iterator[Tensor], total: int) -> Iterator[Audio]:
    """Pieces [C, T], cut or filled with zeros at the end to `total` samples."""
    left, last = total, torch.zeros(codec.spec.channels, 0, dtype=torch.float32, device="cpu")
    for piece in pieces:
        if left > 0 and piece.shape[1]:
            last = piece[:, :left]
            left -= last.shape[1]
            yield Audio.from_array(last.cpu()[None], codec.decode_sample_rate)
    if left > 0:  # decoders may end up to a frame early
        silence = torch.zeros(1, last.shape[0], left, dtype=torch.float32, device="cpu")
        yield Audio.from_array(silence, codec.decode_sample_rate)


def _decode_stream(stream: AudioStream, tokens: Tokens, chunk_s: float) -> Iterator[Tensor]:
    step = max(1, math.ceil(chunk_s * tokens.spec.frame_rate))
    for start in range(0, int(tokens.lengths[0]), step):
        audio = stream.push(_slice(tokens, start, start + step))
        if audio is not None:
            yield audio[0]
    audio = stream.flush()
    if audio is not None:
        yield audio[0]


def _decode_chunks(codec: Codec, tokens: Tokens, chunk_s: float, context_s: float) -> Iterator[Tensor]:
    """Chunks and context are whole numbers of `unit` frames, which are whole samples."""
    hop = codec.spec.hop * Fraction(codec.decode_sample_rate, codec.spec.sample_rate)
    unit = math.lcm(_whole_frames(codec.spec), hop.denominator)
    chunk, context = (_whole_units(seconds * codec.spec.frame_rate, unit) for seconds in (chunk_s, context_s))
    chunk, frames = max(chunk, unit), int(tokens.lengths[0])
    starts = iter(range(0, frames, chunk))
    while group := list(islice(starts, _at_once(codec))):
        windows = [_slice(tokens, max(0, start - context), start + chunk + context) for start in group]
        audio = codec.decode(Tokens.collate(windows))
        for i, start in enumerate(group):
            first = int(min(start, context) * hop)
            kept = int(min(chunk, frames - start) * hop)
            yield audio.waveform[i, :, first : first + kept]


def _slice(tokens: Tokens, start: int, end: int) -> Tokens:
    """Frames of the one clip, as a clip of its own."""
    codes = tokens.codes[:, :, start:end]
    lengths = torch.tensor([codes.shape[2]], device=codes.device)
    return replace(tokens, codes=codes, lengths=lengths, num_samples=None)


def _whole_frames(spec: TokenSpec) -> int:
    """The fewest frames after which a frame of each stride begins, at a whole sample."""
    frames = math.lcm(*(spec.stride(k) for k in range(spec.num_codebooks)))
    return math.lcm(frames, Fraction(spec.hop).denominator)


def _at_once(tokenizer: Tokenizer) -> int:
    return _CHUNKS_AT_ONCE if tokenizer.together else 1


def _whole_units(samples: float, unit: int) -> int:
    """Rounded up."""
    return math.ceil(samples / unit) * unit
