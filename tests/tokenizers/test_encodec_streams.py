"""A stream of EnCodec 24 kHz equals the whole clip, whose parity with upstream test_upstream.py shows."""

from itertools import accumulate

import pytest
import torch

from audiotok.conformance.latency import measure
from audiotok.core.audio import Audio
from audiotok.core.long import encode_long
from audiotok.core.streaming import Streaming
from audiotok.core.tokens import Tokens
from audiotok.tokenizers.encodec import wrap

HOP = 320
FIRST = 7  # frames that upstream's mirroring at the frame rate spans


@pytest.fixture(scope="module")
def codec(families):
    with torch.no_grad():
        return families["encodec"]().tokenizer


def noise(samples: int) -> torch.Tensor:
    return 0.3 * torch.randn(1, 1, samples, generator=torch.Generator().manual_seed(samples))


def framed(codes: torch.Tensor, like: Tokens) -> Tokens:
    return Tokens(codes, torch.full((len(codes),), codes.shape[2]), like.spec)


@pytest.mark.parametrize(
    "count", [pytest.param(n, marks=() if n in (1, 3, 8) else pytest.mark.slow) for n in range(1, 9)]
)
@pytest.mark.parametrize("sizes", [[320], [1, 0, 997, 4801], [5000]])
def test_codes_of_a_stream_are_those_of_the_whole(codec, count, sizes, pushed):
    tokenizer, wave = codec.with_codebooks(count), noise(20003)
    assert torch.equal(pushed(tokenizer.stream(), wave, sizes), tokenizer.encode(wave, 24000).codes)


@pytest.mark.parametrize("samples", [1, 319, 320, 321, FIRST * HOP - 1, FIRST * HOP, FIRST * HOP + 1, 8 * HOP + 3])
@pytest.mark.parametrize("size", [1, 7, 5000])
def test_a_clip_that_is_short_or_ends_within_a_frame_is_coded_and_decoded_as_the_whole(
    codec, samples, size, pushed, heard
):
    wave = noise(samples)
    whole = codec.encode(wave, 24000)
    assert torch.equal(pushed(codec.stream(), wave, [size]), whole.codes)
    audio = heard(codec.stream_decode(), whole, size)
    torch.testing.assert_close(audio[:, :, :samples], codec.decode(whole).waveform, rtol=0, atol=1e-6)


@pytest.mark.parametrize("count", [1, 3, 8])
@pytest.mark.parametrize("frames", [1, 3, 6, 7, 100])
def test_audio_of_a_stream_is_that_of_the_whole(codec, count, frames, heard):
    tokenizer = codec.with_codebooks(count)
    tokens = tokenizer.encode(noise(20003), 24000)
    audio = heard(tokenizer.stream_decode(), tokens, frames)
    assert audio.shape[2] == tokens.codes.shape[2] * HOP
    torch.testing.assert_close(audio[:, :, :20003], tokenizer.decode(tokens).waveform, rtol=0, atol=1e-6)


def test_seven_frames_begin_a_clip_and_then_each_comes_with_its_own_samples(codec):
    """The latency, measured: frames that are there after every 80 samples."""
    stream, decoding = codec.stream(), codec.stream_decode()
    pieces = [stream.push(piece) for piece in noise(10 * HOP).split(80, dim=2)]
    frames = [0 if piece is None else piece.codes.shape[2] for piece in pieces]
    whole = [at // 4 for at in range(1, 41)]  # with all their samples there
    assert list(accumulate(frames)) == [n if n >= FIRST else 0 for n in whole]
    audio = [decoding.push(piece) for piece in pieces if piece is not None]
    assert [piece.shape[2] // HOP for piece in audio] == [FIRST, 1, 1, 1]


def test_that_latency_is_what_is_measured(codec):
    assert str(measure(codec)) == "13.3 ms, a clip's first 93.3 ms"


def test_nothing_less_than_seven_frames_would_do(codec):
    first, seventh = noise(10 * HOP), noise(10 * HOP)
    seventh[:, :, 6 * HOP :] *= -1
    embedded = [codec._model.encoder(wave)[0, :, 0] for wave in (first, seventh)]
    assert not torch.allclose(*embedded)


def test_rows_begin_anew_on_their_own_and_hold_their_first_frames_back(codec):
    stream, wave = codec.stream(batch_size=2), noise(10 * HOP)
    two = wave.expand(2, -1, -1)
    stream.push(two)
    stream.reset(torch.tensor([False, True]))
    assert stream.push(two[:, :, : 2 * HOP]).lengths.tolist() == [2, 0]
    tokens = stream.push(two[:, :, 2 * HOP :])
    assert tokens.lengths.tolist() == [8, 10]
    assert torch.equal(tokens.codes[1], codec.encode(wave, 24000).codes[0])

    decoding, whole = codec.stream_decode(batch_size=2), framed(tokens.codes[1:].expand(2, -1, -1), tokens)
    decoding.push(whole)
    decoding.reset(torch.tensor([False, True]))
    early = decoding.push(framed(whole.codes[:, :, :2], whole))
    assert (early.shape[2], bool(early[1].any())) == (2 * HOP, False)
    audio = decoding.push(framed(whole.codes[:, :, 2:], whole))
    torch.testing.assert_close(audio[1:], codec.decode(whole[1]).waveform, rtol=0, atol=1e-6)
    assert decoding.flush() is None


def test_a_stream_resamples_with_state(codec, pushed):
    wave = noise(16001)
    offline = codec.encode(wave, 16000).codes
    assert torch.equal(pushed(codec.stream(sample_rate=16000), wave, [1000, 37]), offline)


def test_a_long_clip_is_coded_as_at_once(codec):
    wave = noise(12 * 24000 + 5)  # more than is read at a time
    long = encode_long(codec, Audio.from_array(wave, 24000))
    assert torch.equal(long.codes, codec.encode(wave, 24000).codes)


def test_only_a_causal_model_streams(codec, small_encodec):
    assert isinstance(codec, Streaming)
    assert isinstance(codec.with_codebooks(2), Streaming)
    stereo = wrap(small_encodec(48000, 2, [0.6], 1.0), 1)
    assert not isinstance(stereo, Streaming)
    centred = small_encodec(24000, 1, [0.3], None)
    centred.decoder.model[0].causal = False
    assert not isinstance(wrap(centred, 1), Streaming)
