"""Against Google's three model files, called as upstream calls them: one clip, a fresh interpreter."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

import audiotok
from audiotok.core.audio import Audio
from audiotok.errors import AssetUnavailable, InvalidOption

SAMPLES = Path(__file__).parents[2] / "leaderboard" / "submissions" / "reference" / "samples"
pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def lyra() -> audiotok.Tokenizer:
    try:
        return audiotok.load("lyra")
    except AssetUnavailable as error:
        pytest.skip(f"Lyra's weights: {error}")


@pytest.fixture(scope="module")
def speech() -> Audio:
    return Audio.load(SAMPLES / "asterisk-en-confbridge-dec-list-vol-out.ogg")


@pytest.mark.parametrize("count", [1, 16, 30, 46])
def test_codes_and_audio_are_upstreams(lyra: audiotok.Tokenizer, speech: Audio, count: int) -> None:
    tokenizer = lyra.with_codebooks(count)
    wave = speech.waveform[:, :, :16000]
    models = lyra._models
    encoder, decoder = (
        models.open(name).get_signature_runner() for name in ("soundstream_encoder.tflite", "lyragan.tflite")
    )
    encode, decode = (models.quantizer.get_signature_runner(name) for name in ("encode", "decode"))
    codes, audio = [], []
    for frame in wave.reshape(-1, 1, 320).numpy():
        features = encoder(input_audio=frame)["output_0"]
        codes.append(encode(input_frames=features, num_quantizers=np.int32(count))["output_0"])
        audio.append(decoder(input_audio=decode(encoding_indices=codes[-1])["output_0"])["output_0"][0])
    tokens = tokenizer.encode(wave, 16000)
    assert np.array_equal(tokens.codes[0].T.numpy(), np.stack(codes)[:, :count, 0, 0])
    assert np.array_equal(tokenizer.decode(tokens).numpy()[0], np.concatenate(audio))


def test_reconstruction_correlates_as_measured(lyra: audiotok.Tokenizer, speech: Audio) -> None:
    decoded = lyra.decode(lyra.encode(speech)).waveform[0, 0]
    assert torch.nn.functional.cosine_similarity(decoded, speech.waveform[0, 0], dim=0) > 0.9


def test_a_clip_does_not_hear_the_one_before(lyra: audiotok.Tokenizer, speech: Audio) -> None:
    first = lyra.encode(speech)
    lyra.encode(torch.randn(8000), 16000)
    assert torch.equal(lyra.encode(speech).codes, first.codes)


def test_threads_get_what_one_thread_gets(lyra: audiotok.Tokenizer, speech: Audio) -> None:
    small = lyra.with_codebooks(16)  # which shares the models
    clips = list(speech.waveform[0].split(8000, dim=1))[:6]
    alone = [small.encode(clip, 16000) for clip in clips]
    with ThreadPoolExecutor(2) as threads:
        codes = list(threads.map(lambda clip: small.encode(clip, 16000), clips))
        audio = list(threads.map(small.decode, alone))
    assert all(torch.equal(one.codes, other.codes) for one, other in zip(codes, alone, strict=True))
    assert all(torch.equal(one.waveform, small.decode(other).waveform) for one, other in zip(audio, alone, strict=True))


def test_embeddings_sum_to_what_the_decoder_gets(lyra: audiotok.Tokenizer, speech: Audio) -> None:
    tokens = lyra.encode(speech)
    vectors = lyra.embed(tokens)[0, :, 7].sum(dim=0)
    torch.testing.assert_close(
        vectors, torch.from_numpy(lyra._models.dequantize(tokens.codes[0, :, 7].numpy())[0, 0]), atol=1e-5, rtol=0
    )


@pytest.mark.parametrize("count", [0, 47])
def test_a_number_of_codebooks_that_is_not_there_is_refused(lyra: audiotok.Tokenizer, count: int) -> None:
    with pytest.raises(InvalidOption, match="between 1 and 46"):
        lyra.with_codebooks(count)
