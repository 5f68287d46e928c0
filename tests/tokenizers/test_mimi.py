import pytest
import torch

import audiotok
from audiotok.core.tokens import Tokens


@pytest.fixture(scope="module")
def mimi(families):
    torch.manual_seed(0)
    with torch.no_grad():
        return families["mimi"]().tokenizer


@pytest.fixture(scope="module")
def audio():
    """Longer than the attention's window, ending within a frame."""
    return 0.3 * torch.randn(1, 1, 24 * 1920 + 777, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("sizes", [[1920], [3840], [100, 5000, 1], [100000]])
def test_codes_of_a_stream_are_those_of_the_whole(mimi, audio, sizes, pushed):
    assert torch.equal(pushed(mimi.stream(), audio, sizes), mimi.encode(audio, 24000).codes)


@pytest.mark.parametrize("length", [1, 400, 1919, 1921, 2880])
def test_flush_ends_a_clip_within_a_frame_as_upstream_does(mimi, audio, length, pushed):
    clip = audio[:, :, :length]
    assert torch.equal(pushed(mimi.stream(), clip, [700]), mimi.encode(clip, 24000).codes)


def test_flush_leaves_the_offline_path_as_it_was(mimi, audio, pushed):
    before = mimi.encode(audio, 24000).codes
    pushed(mimi.stream(), audio, [5000])
    assert torch.equal(mimi.encode(audio, 24000).codes, before)


def test_flush_changes_no_module_that_other_threads_may_be_running(mimi, audio):
    modules, found = list(mimi._model.encoder.modules()), []
    hook = mimi._model.encoder.register_forward_hook(
        lambda *_: found.append(sum(len(module._forward_pre_hooks) for module in modules))
    )
    stream = mimi.stream()
    stream.push(audio[:, :, :5000])
    stream.flush()
    hook.remove()
    assert found == [0, 0]


def test_a_stream_resamples_with_state(mimi, pushed):
    audio = 0.3 * torch.randn(1, 1, 32000, generator=torch.Generator().manual_seed(3))
    offline = mimi.encode(audio, 16000).codes
    assert torch.equal(pushed(mimi.stream(sample_rate=16000), audio, [1000, 37]), offline)


def test_rows_of_a_stream_begin_anew_on_their_own(mimi, audio):
    stream = mimi.stream(batch_size=2)
    two = audio[:, :, : 4 * 1920].expand(2, -1, -1)
    stream.push(two)
    stream.reset(torch.tensor([False, True]))
    codes = stream.push(two).codes
    assert torch.equal(codes[1], mimi.encode(two[:1], 24000).codes[0])
    assert not torch.equal(codes[0], codes[1])


@pytest.mark.parametrize("frames", [1, 3, 100])
def test_audio_of_a_stream_is_that_of_the_whole(mimi, audio, frames):
    tokens = mimi.encode(audio, 24000)
    stream = mimi.stream_decode()
    pieces = []
    for at in range(0, tokens.codes.shape[2], frames):
        codes = tokens.codes[:, :, at : at + frames]
        pieces.append(stream.push(Tokens(codes, torch.tensor([codes.shape[2]]), mimi.spec)))
    streamed = torch.cat(pieces, dim=2)[:, :, : audio.shape[2]]
    # Convolutions over pieces of another length add in another order.
    torch.testing.assert_close(streamed, mimi.decode(tokens).waveform, rtol=1e-5, atol=1e-5)


def test_the_first_codebook_alone_is_the_semantic_one(mimi, audio):
    first = mimi.with_codebooks(1).encode(audio, 24000).codes
    assert torch.equal(first, mimi.encode(audio, 24000).codes[:, :1])


def test_a_stream_refuses_stereo(mimi):
    with pytest.raises(audiotok.errors.InvalidAudio, match="C=1"):
        mimi.stream().push(torch.zeros(1, 2, 100))


def test_a_model_that_moves_after_use_takes_its_codebooks_along(families):
    torch.manual_seed(0)
    with torch.no_grad():
        mimi = families["mimi"]().tokenizer
    tokens = mimi.encode(torch.zeros(1920), 24000)
    mimi._model.double()
    mimi.decode(tokens)
    assert mimi.embed(tokens).dtype == torch.float64
