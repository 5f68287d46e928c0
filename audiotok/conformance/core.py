"""Checks that every tokenizer, and every codec, must pass."""

from __future__ import annotations

import copy
import math
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import torch

from audiotok.conformance.checking import (
    LEAST_EQUAL_APPROXIMATE,
    LEAST_EQUAL_TOGETHER,
    DoesNotApply,
    all_codes,
    audio_tolerance,
    checks_of,
    clips,
    codec_of,
    compare,
    demand,
    demand_equal,
    demand_error,
    demand_no_surplus,
    difference,
    long_clips,
    signal,
    survives,
)
from audiotok.core.approximate import Approximate
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidAudio, InvalidTokens


def shapes(tokenizer: Tokenizer) -> str:
    """Are codes int64 [B, K, T], no fewer than the audio needs, and zero beyond each clip's length?"""
    audio = clips(tokenizer.spec)
    tokens = tokenizer.encode(audio)
    demand(isinstance(tokens.spec, TokenSpec) and tokens.codes.dtype == torch.int64, "codes are not int64")
    demand(int((tokens.codes * ~tokens.mask[:, None]).abs().sum()) == 0, "codes beyond a clip's length are not 0")
    if tokenizer.spec.variable_rate:
        return f"{tokens.lengths.tolist()} tokens, variable rate"
    expected = audio.lengths.to(tokens.lengths.device) / float(tokenizer.spec.hop)
    fewest = (expected - tokens.lengths).max().item()
    demand(fewest <= 2 + max(tokenizer.spec.strides, default=1), f"{tokens.lengths.tolist()} frames, not {expected}")
    return f"codes {list(tokens.codes.shape)}"


def strides(tokenizer: Tokenizer) -> str:
    """Is a code of a strided codebook held for its stride?"""
    if max(tokenizer.spec.strides, default=1) == 1:
        raise DoesNotApply("every codebook has a code a frame")
    tokens = tokenizer.encode(clips(tokenizer.spec))[0]
    for k, stride in enumerate(tokenizer.spec.strides):
        held = tokens.codes[:, k, ::stride].repeat_interleave(stride, dim=1)[:, : tokens.codes.shape[2]]
        demand(torch.equal(held, tokens.codes[:, k]), f"codebook {k} changes within its stride of {stride} frames")
    return f"strides {tokenizer.spec.strides}"


def determinism(tokenizer: Tokenizer) -> str:
    """Does the same audio give the same codes, and the same codes the same audio, whatever came between?"""
    audio = clips(tokenizer.spec)
    first = tokenizer.encode(audio)
    tokenizer.encode(audio[1])
    for again, before in zip(all_codes(tokenizer.encode(audio)), all_codes(first), strict=True):
        demand_equal(again, before, "codes of a second run")
    if isinstance(tokenizer, Codec):
        decoded = tokenizer.decode(first).waveform
        tokenizer.decode(first[1])
        demand_equal(tokenizer.decode(first).waveform, decoded, "samples of a second run")
    return "twice the same"


def same_in_threads(tokenizer: Tokenizer) -> str:
    """Do two threads that use the tokenizer at the same time get the codes and the audio that one gets?"""
    audio = clips(tokenizer.spec).clips() * 2
    rate = tokenizer.spec.sample_rate
    alone = [tokenizer.encode(clip, rate) for clip in audio]
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda clip: tokenizer.encode(clip, rate), audio))
        message = compare(tokenizer, list(zip(alone, together, strict=True)))
        if not isinstance(tokenizer, Codec):
            return message
        decoded = list(threads.map(tokenizer.decode, alone))
    worst = max(difference(tokenizer.decode(a), b) for a, b in zip(alone, decoded, strict=True))
    demand(worst <= audio_tolerance(tokenizer), f"samples differ by up to {worst:.1e}")
    return f"{message}, samples differ by at most {worst:.1e}"


def batch_equals_single(tokenizer: Tokenizer) -> str:
    """Are a clip's codes in a batch those of the clip alone?"""
    audio = clips(tokenizer.spec)
    batch = tokenizer.encode(audio)
    return compare(tokenizer, [(batch[i], tokenizer.encode(audio[i])) for i in range(len(audio))])


def batched_equals_single(tokenizer: Tokenizer) -> str:
    """Are codes and audio of clips that go through the model together, as on a GPU, those of each clip alone?"""
    audio = long_clips(tokenizer.spec)
    apart, together = copy.copy(tokenizer), copy.copy(tokenizer)
    apart.batched, together.batched = False, True
    tokens = together.encode(audio)
    alone = [apart.encode(audio[i]) for i in range(len(audio))]
    least = LEAST_EQUAL_APPROXIMATE if isinstance(tokenizer, Approximate) else LEAST_EQUAL_TOGETHER
    message = compare(tokenizer, [(tokens[i], alone[i]) for i in range(len(audio))], least)
    if not isinstance(apart, Codec) or not isinstance(together, Codec):
        return message
    decoded = together.decode(tokens)
    worst = max(difference(decoded[i], apart.decode(tokens[i])) for i in range(len(audio)))
    demand(worst <= audio_tolerance(apart), f"samples differ by up to {worst:.1e}")
    return f"{message}, samples differ by at most {worst:.1e}"


def padding_invariance(tokenizer: Tokenizer) -> str:
    """Does what stands beyond a clip's length leave its codes alone?"""
    audio = clips(tokenizer.spec)
    outside = torch.arange(audio.waveform.shape[2]) >= audio.lengths[:, None]
    noisy = replace(audio, waveform=audio.waveform + 0.5 * outside[:, None])
    clean, padded = tokenizer.encode(audio), tokenizer.encode(noisy)
    return compare(tokenizer, [(clean[i], padded[i]) for i in range(len(audio))])


def decoded_batch_equals_single(tokenizer: Tokenizer) -> str:
    """Is a clip decoded in a batch what it is decoded to alone?"""
    codec = codec_of(tokenizer)
    tokens = codec.encode(clips(codec.spec))
    batch = codec.decode(tokens)
    worst = max(difference(batch[i], codec.decode(tokens[i])) for i in range(len(tokens)))
    demand(worst <= audio_tolerance(codec), f"samples differ by up to {worst:.1e}")
    return f"samples differ by at most {worst:.1e}"


def silence(tokenizer: Tokenizer) -> str:
    """Does digital silence encode, and decode to something finite?"""
    return survives(tokenizer, torch.zeros(tokenizer.spec.channels, tokenizer.spec.sample_rate // 2))


def one_sample(tokenizer: Tokenizer) -> str:
    """Does a clip of one sample encode and decode?"""
    return survives(tokenizer, torch.full((tokenizer.spec.channels, 1), 0.1))


def shorter_than_a_frame(tokenizer: Tokenizer) -> str:
    """Does a clip of half a frame encode and decode?"""
    samples = max(1, math.floor(tokenizer.spec.hop / 2))
    return survives(tokenizer, signal(tokenizer.spec, samples))


def full_scale(tokenizer: Tokenizer) -> str:
    """Do clips at and beyond full scale encode and decode?"""
    return survives(tokenizer, 4 * signal(tokenizer.spec, tokenizer.spec.sample_rate // 2))


def round_trip_length(tokenizer: Tokenizer) -> str:
    """Is decoded audio as long as what was encoded?"""
    codec = codec_of(tokenizer)
    audio = clips(codec.spec)
    decoded = codec.decode(codec.encode(audio))
    ratio = codec.decode_sample_rate / codec.spec.sample_rate
    expected = [max(1, round(n * ratio)) for n in audio.lengths.tolist()]
    demand(decoded.lengths.tolist() == expected, f"{expected} samples went in, {decoded.lengths.tolist()} came out")
    demand(decoded.channels == codec.spec.channels, f"{codec.spec.channels} channels in, {decoded.channels} out")
    demand_no_surplus(codec)
    return f"{expected} samples at {codec.decode_sample_rate} Hz"


def bitrate(tokenizer: Tokenizer) -> str:
    """Do frames and bits that are counted agree with the spec?"""
    spec = tokenizer.spec
    if spec.bitrate is None:
        raise DoesNotApply("the rate depends on the audio")
    tokens = tokenizer.encode(signal(spec, 3 * spec.sample_rate)[None], spec.sample_rate)
    bits, frames = float(tokens.bits()[0]), int(tokens.lengths[0])
    nominal = spec.bitrate * frames / spec.frame_rate + sum(math.log2(size) for size in spec.global_sizes)
    slack = sum(math.log2(size) for k, size in enumerate(spec.codebook_sizes) if spec.stride(k) > 1)
    demand(abs(bits - nominal) <= slack + 1e-6, f"{bits:.0f} bits counted, {nominal:.0f} by the spec")
    # SNAC 44 kHz pads to windows of 32 frames, an eighth of these 3 s; more is another frame rate than the spec's.
    demand(
        abs(frames / (3 * spec.frame_rate) - 1) <= 0.15, f"{frames} frames in 3 s, the spec says {spec.frame_rate}/s"
    )
    return f"{spec.bitrate:.1f} bit/s by the spec, {bits / 3:.1f} counted over 3 s"


def no_side_channel(tokenizer: Tokenizer) -> str:
    """Are tokens that were saved and loaded decoded to the same audio?"""
    codec = codec_of(tokenizer)
    tokens = codec.encode(clips(codec.spec))
    direct = codec.decode(tokens)
    codec.encode(signal(codec.spec, codec.spec.sample_rate // 3)[None], codec.spec.sample_rate)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tokens.safetensors"
        tokens.save(path)
        loaded = codec.decode(Tokens.load(path))
    demand_equal(loaded.waveform, direct.waveform, "samples after saving, loading and encoding something else")
    return "decode sees nothing but the tokens"


def codes_matter(tokenizer: Tokenizer) -> str:
    """Do other codes of the same length decode to other audio? A decoder that looks at the length alone cannot."""
    codec = codec_of(tokenizer)
    clip = signal(codec.spec, codec.spec.sample_rate // 2)[None]
    tokens = codec.encode(clip, codec.spec.sample_rate)
    if codec.spec.variable_rate:  # other codes would last differently
        others = codec.encode(clip.flip(-1), codec.spec.sample_rate)
    else:
        sizes = torch.tensor(codec.spec.codebook_sizes, device=tokens.codes.device)[None, :, None]
        others = replace(tokens, codes=(tokens.codes + 1) % sizes)
    if torch.equal(tokens.codes, others.codes):
        raise DoesNotApply("a clip and the same played backwards have the same codes")
    alike = torch.equal(codec.decode(tokens).waveform, codec.decode(others).waveform)
    demand(not alike, "other codes of the same length decode to the same samples")
    return "other codes decode to other samples"


def bad_input(tokenizer: Tokenizer) -> str:
    """Are NaN, a wrong number of channels, foreign and impossible codes refused by an error that says so?"""
    spec = tokenizer.spec
    clip = signal(spec, spec.sample_rate // 4)[None]
    demand_error(InvalidAudio, lambda: tokenizer.encode(clip * math.nan, spec.sample_rate), "NaN")
    demand_error(InvalidAudio, lambda: tokenizer.encode(clip[:, :, :0], spec.sample_rate), "an empty clip")
    too_many = clip[:, :1].expand(-1, spec.channels + 1, -1)
    demand_error(InvalidAudio, lambda: tokenizer.encode(too_many, spec.sample_rate), "a channel too many")
    tokens = tokenizer.encode(clip, spec.sample_rate)
    demand_error(
        InvalidTokens, lambda: replace(tokens, codes=tokens.codes + max(spec.codebook_sizes)), "codes too high"
    )
    if isinstance(tokenizer, Codec):
        codec = tokenizer
        foreign = replace(tokens, tokenizer="another")
        demand_error(InvalidTokens, lambda: codec.decode(foreign), "tokens of another tokenizer")
    return "refused"


CHECKS = checks_of(
    shapes,
    strides,
    determinism,
    same_in_threads,
    batch_equals_single,
    batched_equals_single,
    padding_invariance,
    decoded_batch_equals_single,
    silence,
    one_sample,
    shorter_than_a_frame,
    full_scale,
    round_trip_length,
    bitrate,
    no_side_channel,
    codes_matter,
    bad_input,
)
