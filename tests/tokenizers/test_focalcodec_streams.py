"""A stream of FocalCodec-Stream equals the whole clip, whose parity with upstream test_upstream.py shows."""

from itertools import accumulate

import pytest
import torch

from audiotok.conformance.latency import measure
from audiotok.core.audio import Audio
from audiotok.core.long import encode_long
from audiotok.core.streaming import Streaming
from audiotok.core.tokens import Tokens
from audiotok.tokenizers.focalcodec import FocalCodec

HOP, HEARD_HOP = 320, 480  # samples of a frame at 16 kHz and at 24 kHz
CHUNK = 4  # frames that see each other
WINDOW = 512  # frames that a chunk sees, itself included


@pytest.fixture(scope="module")
def codec(families):
    torch.manual_seed(0)
    with torch.no_grad():
        return families["focalcodec-causal"]().tokenizer


@pytest.fixture(scope="module")
def far_sighted(families):
    """The codec, made to attend above all to what is about to leave its window: a frame less there is heard."""
    torch.manual_seed(0)
    with torch.no_grad():
        tokenizer = families["focalcodec-causal"]().tokenizer
        transformer = tokenizer._model.encoder.encoder
        farthest = transformer._relative_positions_bucket(torch.tensor(1 - WINDOW))
        transformer.relative_embedding.weight[farthest] += 10
        transformer.layers[0].attention.out_proj.weight *= 10
        transformer.load_state_dict(transformer.state_dict())  # upstream keeps what follows from the embedding
    return tokenizer


def noise(samples: int) -> torch.Tensor:
    return 0.3 * torch.randn(1, 1, samples, generator=torch.Generator().manual_seed(samples))


@pytest.mark.parametrize("sizes", [[320], [1, 0, 997, 4801], [1280], [5000], [20003]])
def test_codes_of_a_stream_are_those_of_the_whole(codec, sizes, pushed):
    wave = noise(20003)
    assert torch.equal(pushed(codec.stream(), wave, sizes), codec.encode(wave, 16000).codes)


@pytest.mark.parametrize("samples", [1, 319, 320, 321, 959, 961, 1279, 1280, 1281, 2559])
@pytest.mark.parametrize("size", [1, 7, 5000])
def test_a_clip_that_ends_within_a_chunk_is_coded_and_decoded_as_the_whole(codec, samples, size, pushed, heard):
    wave = noise(samples)
    whole = codec.encode(wave, 16000)
    assert torch.equal(pushed(codec.stream(), wave, [size]), whole.codes)
    audio = heard(codec.stream_decode(), whole, size)
    expected = codec.decode(whole).waveform
    torch.testing.assert_close(audio[:, :, : expected.shape[2]], expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("frames", range(WINDOW - CHUNK - 1, WINDOW + 2 * CHUNK + 2))
def test_a_clip_may_end_anywhere_about_the_attentions_window(far_sighted, frames, pushed):
    wave = noise(frames * HOP - 100)
    assert torch.equal(pushed(far_sighted.stream(), wave, [1280]), far_sighted.encode(wave, 16000).codes)


def test_a_clips_end_changes_no_module_that_other_threads_may_be_running(codec):
    transformer, found = codec._model.encoder.encoder, []
    hook = transformer.register_forward_hook(lambda *_: found.append(transformer.window_size))
    stream = codec.stream()
    stream.push(noise((WINDOW + CHUNK) * HOP))
    stream.push(noise(100))
    stream.flush()
    hook.remove()
    assert set(found) == {WINDOW}


def test_a_clip_of_two_windows_is_that_of_the_whole_in_both_directions(codec, pushed, heard):
    wave = noise(2 * WINDOW * HOP - 7)
    whole = codec.encode(wave, 16000)
    assert torch.equal(pushed(codec.stream(), wave, [9999]), whole.codes)
    audio = heard(codec.stream_decode(), whole, 7)
    expected = codec.decode(whole).waveform
    torch.testing.assert_close(audio[:, :, : expected.shape[2]], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("frames", [1, 3, 4, 6, 100])
def test_audio_of_a_stream_is_that_of_the_whole(codec, frames, heard):
    tokens = codec.encode(noise(20003), 16000)
    audio = heard(codec.stream_decode(), tokens, frames)
    assert audio.shape[2] == tokens.codes.shape[2] * HEARD_HOP
    expected = codec.decode(tokens).waveform
    torch.testing.assert_close(audio[:, :, : expected.shape[2]], expected, rtol=0, atol=1e-6)


def test_the_frames_of_a_chunk_come_with_its_last_sample(codec):
    """The latency, measured: frames that are there after every 80 samples."""
    stream, decoding = codec.stream(), codec.stream_decode()
    pieces = [stream.push(piece) for piece in noise(10 * HOP).split(80, dim=2)]
    frames = [0 if piece is None else piece.codes.shape[2] for piece in pieces]
    assert list(accumulate(frames)) == [at // 4 // CHUNK * CHUNK for at in range(1, 41)]
    codes = torch.arange(6)[None, None]
    audio = [decoding.push(Tokens(code, torch.tensor([1]), codec.spec)) for code in codes.split(1, dim=2)]
    assert [0 if piece is None else piece.shape[2] for piece in audio] == [0, 0, 0, CHUNK * HEARD_HOP, 0, 0]
    assert decoding.flush().shape[2] == 2 * HEARD_HOP


def test_that_latency_is_what_is_measured(codec):
    assert str(measure(codec)) == "80 ms"


def test_no_part_of_a_chunk_would_do(codec):
    wave = noise(10 * HOP)
    with torch.no_grad():
        feats = [codec._model.sig_to_feats(piece[0])[0, 0] for piece in (wave, wave[:, :, : 3 * HOP])]
    assert not torch.allclose(*feats)


def test_rows_begin_anew_on_their_own(codec):
    stream, wave = codec.stream(batch_size=2), noise(10 * HOP)
    two = wave.expand(2, -1, -1)
    stream.push(two)
    stream.reset(torch.tensor([False, True]))
    tokens = stream.push(two[:, :, : 8 * HOP])
    assert tokens.lengths.tolist() == [8, 8]
    assert not torch.equal(tokens.codes[0], tokens.codes[1])
    rest = stream.push(two[:, :, 8 * HOP :])
    assert rest.lengths.tolist() == [4, 0]
    tokens, last = [tokens[1].codes], stream.flush()
    assert last.lengths.tolist() == [0, 2]
    whole = codec.encode(wave, 16000)
    assert torch.equal(torch.cat([*tokens, last[1].codes], dim=2), whole.codes)


def test_a_stream_resamples_with_state(codec, pushed):
    wave = noise(24001)
    offline = codec.encode(wave, 24000).codes
    assert torch.equal(pushed(codec.stream(sample_rate=24000), wave, [1000, 37]), offline)


def test_a_long_clip_is_coded_as_at_once(codec):
    wave = noise(12 * 16000 + 5)  # more than is read at a time
    long = encode_long(codec, Audio.from_array(wave, 16000))
    assert torch.equal(long.codes, codec.encode(wave, 16000).codes)


def test_only_a_causal_model_streams(codec, families):
    assert isinstance(codec, Streaming)
    assert isinstance(codec, FocalCodec)
    assert not isinstance(families["focalcodec"]().tokenizer, Streaming)
