"""Checks of abilities that a tokenizer claims: streams, fewer codebooks, vectors."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import nn

from audiotok.conformance.checking import (
    LEAST_EQUAL_APPROXIMATE,
    DoesNotApply,
    audio_tolerance,
    checks_of,
    clips,
    codec_of,
    compare,
    demand,
    demand_equal,
    long_clips,
    signal,
)
from audiotok.conformance.latency import measure
from audiotok.core.approximate import Approximate
from audiotok.core.streaming import Streaming
from audiotok.core.tokenizer import Embeddable, Scalable, Tokenizer
from audiotok.core.tokens import Tokens


def stream_equals_offline(tokenizer: Tokenizer) -> str:
    """Do chunks of odd sizes, pushed one after the other, give the codes of the whole?"""
    if not isinstance(tokenizer, Streaming):
        raise DoesNotApply("no Streaming interface")
    clip = signal(tokenizer.spec, 2 * tokenizer.spec.sample_rate // 3)[None]
    offline = tokenizer.encode(clip, tokenizer.spec.sample_rate)
    stream = tokenizer.stream()
    sizes = [1, 0, 997, 10000, 3, 4801]
    chunks: list[Tokens | None] = []
    start = 0
    while start < clip.shape[2]:
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(stream.push(clip[:, :, start : start + size].to(tokenizer.device)))
        start += size
    codes = torch.cat([tokens.codes for tokens in (*chunks, stream.flush()) if tokens is not None], dim=2)
    streamed = replace(offline, codes=codes, lengths=torch.full_like(offline.lengths, codes.shape[2]))
    return compare(tokenizer, [(offline, streamed)])


def latency(tokenizer: Tokenizer) -> str:
    """How long after its frame begins is a code there?"""
    measured = measure(tokenizer)
    if measured is None:
        raise DoesNotApply("no Streaming interface")
    return str(measured)


def decoding_stream_equals_offline(tokenizer: Tokenizer) -> str:
    """Do tokens, pushed a few frames at a time, give the audio of the whole?"""
    codec = codec_of(tokenizer)
    if not isinstance(codec, Streaming):
        raise DoesNotApply("no Streaming interface")
    tokens = codec.encode(signal(codec.spec, 2 * codec.spec.sample_rate // 3)[None], codec.spec.sample_rate)
    stream, pieces = codec.stream_decode(), []
    frames = tokens.codes.shape[2]
    held = math.lcm(*codec.spec.strides)  # a held code is not pushed in pieces
    step = held * max(1, round(max(3, frames // 7) / held))
    for start in range(0, frames, step):
        codes = tokens.codes[:, :, start : start + step]
        pieces.append(stream.push(Tokens(codes, torch.tensor([codes.shape[2]], device=codes.device), codec.spec)))
    waveform = torch.cat([piece for piece in (*pieces, stream.flush()) if piece is not None], dim=2)
    offline = codec.decode(tokens).waveform
    waveform = nn.functional.pad(waveform, (0, max(0, offline.shape[2] - waveform.shape[2])))[:, :, : offline.shape[2]]
    worst = float((waveform - offline).abs().max())
    demand(worst <= audio_tolerance(codec), f"samples differ by up to {worst:.1e}")
    return f"samples differ by at most {worst:.1e}"


def trainable(tokenizer: Tokenizer) -> str:
    """Can codes be embedded in a training loop, and does the tokenizer stay out of the user's module?"""
    demand(not isinstance(tokenizer, nn.Module), "a tokenizer is an nn.Module; it would end up in checkpoints")
    tokens = tokenizer.encode(signal(tokenizer.spec, tokenizer.spec.sample_rate // 4)[None], tokenizer.spec.sample_rate)
    table = nn.Embedding(max(tokenizer.spec.codebook_sizes), 2, device=tokens.codes.device)
    table(tokens.codes).sum().backward()
    return "an embedding of its codes learns"


def scalable(tokenizer: Tokenizer) -> str:
    """Is the same tokenizer with one codebook cheaper, and the original untouched by it?"""
    if not isinstance(tokenizer, Scalable):
        raise DoesNotApply("one bitrate")
    spec, clip = tokenizer.spec, signal(tokenizer.spec, tokenizer.spec.sample_rate // 4)[None]
    before = tokenizer.encode(clip, spec.sample_rate)
    small = tokenizer.with_codebooks(1)
    small.encode(clip, spec.sample_rate)
    demand(small.spec.num_codebooks <= spec.num_codebooks, f"one codebook gives {small.spec}")
    demand(tokenizer.spec == spec, "with_codebooks changed the tokenizer that it was asked of")
    demand_equal(tokenizer.encode(clip, spec.sample_rate).codes, before.codes, "codes after with_codebooks")
    return f"{small.spec.bitrate} to {spec.bitrate} bit/s"


def embeddable(tokenizer: Tokenizer) -> str:
    """Has every code a vector?"""
    if not isinstance(tokenizer, Embeddable):
        raise DoesNotApply("codes have no vectors")
    tokens = tokenizer.encode(clips(tokenizer.spec))
    vectors = tokenizer.embed(tokens)
    demand(
        vectors.ndim == 4 and vectors.shape[:3] == tokens.codes.shape, f"got {list(vectors.shape)}, not [B, K, T, D]"
    )
    demand(bool(torch.isfinite(vectors).all()), "vectors hold NaN or infinite values")
    return f"{vectors.shape[3]} dimensions"


def equal_to_exact(tokenizer: Tokenizer) -> str:
    """What share of the codes of a tokenizer that was made faster is that of the exact one?"""
    if not isinstance(tokenizer, Approximate):
        raise DoesNotApply("it is exact")
    audio = long_clips(tokenizer.spec)
    share = compare(tokenizer, [(tokenizer.exact.encode(audio), tokenizer.encode(audio))], LEAST_EQUAL_APPROXIMATE)
    return f"of the exact tokenizer's, {share}"


CHECKS = checks_of(
    stream_equals_offline,
    decoding_stream_equals_offline,
    latency,
    trainable,
    scalable,
    embeddable,
    equal_to_exact,
)
