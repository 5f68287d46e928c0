"""Chunks of any size give what the whole gives."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import audiotok
from audiotok.core.audio import Audio
from audiotok.core.resampler import Resampler
from audiotok.core.streaming import Row, RowAudioStream
from audiotok.errors import InvalidAudio, InvalidOption, InvalidTokens

NAMES = ["mulaw:sample_rate=8000", "codec2:mode=2400", "codec2:mode=700"]
WAVE = 0.2 * torch.randn(2, 1, 5000, generator=torch.Generator().manual_seed(0))
sizes = st.lists(st.integers(0, 2000), min_size=1, max_size=6)


def chunks(wave: torch.Tensor, sizes: list[int]) -> list[torch.Tensor]:
    """Of those sizes in turn, until the audio ends; at least every second has at least 1% of it."""
    out, start = [], 0
    while start < wave.shape[-1]:
        size = max(sizes[len(out) % len(sizes)], len(out) % 2 * wave.shape[-1] // 100, len(out) % 2)
        out.append(wave[..., start : start + size])
        start += size
    return out


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=10, deadline=None)
@given(sizes=sizes, rate=st.sampled_from([8000, 11025, 48000]))
def test_encoding_in_chunks_equals_encoding_at_once(name: str, sizes: list[int], rate: int) -> None:
    tokenizer = audiotok.load(name)
    stream = tokenizer.stream(2, rate)
    pieces = [stream.push(chunk) for chunk in chunks(WAVE, sizes)]
    codes = torch.cat([tokens.codes for tokens in (*pieces, stream.flush()) if tokens], dim=2)
    assert torch.equal(codes, tokenizer.encode(Audio.from_array(WAVE, rate)).codes)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=10, deadline=None)
@given(sizes=st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_decoding_in_chunks_equals_decoding_at_once(name: str, sizes: list[int]) -> None:
    tokenizer = audiotok.load(name)
    tokens = tokenizer.encode(WAVE[..., :3000] if "codec2" in name else WAVE[..., :200], 8000)
    stream = tokenizer.stream_decode(2)
    pieces = []
    for codes in chunks(tokens.codes, sizes):
        pieces.append(stream.push(audiotok.Tokens(codes, torch.full((2,), codes.shape[2]), tokenizer.spec)))
    waveform = torch.cat([piece for piece in pieces if piece is not None], dim=2)
    assert torch.equal(waveform[:, :, : tokens.num_samples.max()], tokenizer.decode(tokens).waveform)


def test_a_row_that_is_reset_begins_a_clip_and_the_other_goes_on() -> None:
    tokenizer = audiotok.load("codec2:mode=2400")
    stream = tokenizer.stream(2)
    first = stream.push(WAVE[..., :1000])
    stream.reset(torch.tensor([True, False]))
    rest = [stream.push(WAVE[..., 1000:]), stream.flush()]
    for row, expected in ((0, WAVE[:1, :, 1000:]), (1, WAVE[1:])):
        parts = ([first] if row else []) + rest
        codes = torch.cat([tokens[row].codes for tokens in parts if tokens], dim=2)
        assert torch.equal(codes, tokenizer.encode(expected, 8000).codes)


@settings(max_examples=30, deadline=None)
@given(
    sizes=sizes, samples=st.integers(1, 4000), rates=st.sampled_from([(44100, 16000), (8000, 24000), (16000, 16000)])
)
def test_resampling_in_chunks_equals_resampling_at_once(sizes: list[int], samples: int, rates: tuple[int, int]) -> None:
    wave = WAVE[0, :, :samples]
    resampler = Resampler(*rates, channels=1)
    pieces = [resampler.push(chunk) for chunk in chunks(wave, sizes)]
    assert torch.equal(
        torch.cat([*pieces, resampler.flush()], dim=1), Audio.from_array(wave, rates[0]).resample(rates[1]).waveform[0]
    )


def test_frames_that_go_together_wait_for_the_last_of_them() -> None:
    codec = audiotok.load("mulaw:sample_rate=8000")  # a frame a sample
    wave = WAVE[:1, :, :14]
    codes = codec.encode(wave, 8000).codes
    row = Row(codec.spec, 8000, encoded, encoded, together=4)
    pieces = [row.push(piece) for piece in wave[0].split([3, 2, 9], dim=1)]
    assert [piece.shape[1] for piece in pieces] == [0, 4, 8]
    assert torch.equal(torch.cat([*pieces, row.flush()], dim=1), codes[0])

    stream = RowAudioStream(codec, 1, lambda: lambda codes: codes[0].float(), together=4)
    heard = [
        stream.push(audiotok.Tokens(part, torch.tensor([part.shape[2]]), codec.spec))
        for part in codes.split([3, 2, 9], dim=2)
    ]
    assert [0 if piece is None else piece.shape[2] for piece in heard] == [0, 4, 8]
    assert torch.equal(torch.cat([*heard[1:], stream.flush()], dim=2), codes.float())


def encoded(samples: torch.Tensor) -> torch.Tensor:
    return audiotok.load("mulaw:sample_rate=8000").encode(samples[None], 8000).codes[0]


def test_flushing_nothing_gives_nothing() -> None:
    assert audiotok.load("codec2").stream().flush() is None


@pytest.mark.parametrize(
    "chunk",
    [
        *(torch.zeros(1, 100), torch.zeros(2, 1, 100), torch.zeros(1, 2, 100), torch.zeros(1, 1, 4).double()),
        *(torch.full((1, 1, 4), value) for value in (torch.nan, torch.inf)),
        np.zeros((1, 1, 4), np.float32),
    ],
)
def test_a_chunk_that_cannot_be_used_is_refused(chunk: torch.Tensor) -> None:
    with pytest.raises(InvalidAudio, match="a chunk must be"):
        audiotok.load("mulaw").stream().push(chunk)


@pytest.mark.parametrize(("value", "message"), [(torch.nan, "NaN"), (13500.0, "full scale is 1.0")])
def test_a_chunk_that_is_refused_leaves_the_stream_as_it_was(value: float, message: str) -> None:
    tokenizer = audiotok.load("codec2:mode=2400")
    stream = tokenizer.stream(2, 11025)
    pieces = [stream.push(WAVE[..., :1000])]
    with pytest.raises(InvalidAudio, match=message):
        stream.push(torch.cat([WAVE[:1, :, :700], torch.full((1, 1, 700), value)]))
    pieces += [stream.push(WAVE[..., 1000:]), stream.flush()]
    codes = torch.cat([tokens.codes for tokens in pieces if tokens], dim=2)
    assert torch.equal(codes, tokenizer.encode(Audio.from_array(WAVE, 11025)).codes)


@pytest.mark.parametrize("name", ["mulaw:sample_rate=8000", "codec2:mode=2400"])
@pytest.mark.parametrize("rate", [8000, 11025])
def test_a_chunk_that_requires_a_gradient_is_encoded(name: str, rate: int) -> None:
    tokenizer = audiotok.load(name)
    stream = tokenizer.stream(2, rate)
    pieces = [stream.push(WAVE.clone().requires_grad_()), stream.flush()]
    codes = torch.cat([tokens.codes for tokens in pieces if tokens], dim=2)
    assert torch.equal(codes, tokenizer.encode(Audio.from_array(WAVE, rate)).codes)


def test_a_decoding_stream_keeps_no_graph_of_its_weights() -> None:
    codec, weight = audiotok.load("mulaw:sample_rate=8000"), torch.ones(1, requires_grad=True)
    stream = RowAudioStream(codec, 1, lambda: lambda codes: codes[0] * weight, first_frames=20)
    tokens = codec.encode(WAVE[:1, :, :14], 8000)
    assert stream.push(tokens) is None
    assert not stream.flush().requires_grad
    stream.push(tokens)
    assert not stream.push(tokens).requires_grad


@pytest.mark.parametrize("batch_size", [0, -1, 1.5, 2.0, True, "2", None])
def test_a_batch_size_that_is_no_positive_integer_is_refused(batch_size: object) -> None:
    for begin in (audiotok.load("mulaw").stream, audiotok.load("mulaw").stream_decode):
        with pytest.raises(InvalidOption, match=f"and a whole number, got {batch_size!r}"):
            begin(batch_size)
    assert audiotok.load("mulaw").stream(np.int64(2)).push(WAVE[..., :9]) is not None


def test_a_mask_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(InvalidOption, match=r"bool \[B=2\]"):
        audiotok.load("mulaw").stream(2).reset(torch.tensor([True]))
    with pytest.raises(InvalidOption, match=r"bool \[B=2\], got list"):
        audiotok.load("mulaw").stream(2).reset([True, False])


def test_tokens_of_another_tokenizer_are_refused() -> None:
    tokens = audiotok.load("mulaw").encode(torch.zeros(10), 16000)
    with pytest.raises(InvalidTokens, match="load the tokenizer that made them"):
        audiotok.load("codec2").stream_decode().push(tokens)


def test_integers_stored_as_floats_are_refused() -> None:
    with pytest.raises(InvalidAudio, match="divide by the integers' full scale"):
        audiotok.load("mulaw").stream(2).push(32768 * WAVE)


def test_audio_that_requires_a_gradient_is_encoded() -> None:
    stream, wave = audiotok.load("mulaw").stream(2, 44100), WAVE.clone().requires_grad_()
    assert stream.push(wave) is not None


def test_tokens_of_one_spec_and_two_tokenizers_are_not_decoded_in_a_stream() -> None:
    codec = audiotok.load("mulaw")
    tokens = codec.encode(torch.zeros(10), 16000)
    stream = codec.stream_decode()
    with pytest.raises(InvalidTokens, match="from another; load the tokenizer that made them"):
        stream.push(replace(tokens, tokenizer="another"))
    with pytest.raises(InvalidTokens, match="this stream takes 1 clips, got 2"):
        stream.push(audiotok.Tokens.collate([tokens, tokens]))
    with pytest.raises(InvalidTokens, match=r"takes Tokens, got torch.int64 \[1, 1, 10\]"):
        stream.push(tokens.codes)


@pytest.mark.parametrize("rate", [-1, 0, 44100.0, "16k"])
def test_a_stream_at_an_impossible_rate_is_refused(rate: object) -> None:
    with pytest.raises(InvalidAudio, match="sample_rate must be an integer between 1000 and 768000 Hz"):
        audiotok.load("mulaw").stream(sample_rate=rate)
