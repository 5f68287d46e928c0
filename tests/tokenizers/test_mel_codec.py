"""The shipped residual codec: conformance with random weights, and what the shipped weights do."""

import math

import pytest
import torch
from safetensors import safe_open

import audiotok
from audiotok import conformance
from audiotok.errors import InvalidData, InvalidOption
from audiotok.metrics.stoi import stoi
from audiotok.tokenizers.mel_codec import WEIGHTS, MelCodec
from audiotok.train.model import CodecConfig
from audiotok.train.model import MelCodec as Model
from audiotok.train.vocoder import Vocoder, VocoderConfig


def model(**options) -> Model:
    torch.manual_seed(0)
    shape = {"channels": 16, "encoder_blocks": 1, "decoder_blocks": 1, "latent": 8, "codebooks": 3, "entries": 16}
    small = Model(CodecConfig(**shape | options))
    small(torch.randn(1, 4 * small.config.stack, 128) - 3)  # k-means
    return small


@pytest.fixture(scope="module")
def codec() -> MelCodec:
    return MelCodec.of(model())


@pytest.fixture(scope="module")
def voice() -> torch.Tensor:
    """[T] at 16 kHz: a second and a half of a gliding harmonic tone that swells and fades."""
    seconds = torch.arange(24000) / 16000
    phase = 2 * math.pi * (140 * seconds + 10 * torch.sin(2 * math.pi * seconds))
    tone = sum(torch.sin(h * phase) / h for h in range(1, 20))
    return 0.1 * tone * (0.6 + 0.4 * torch.sin(6 * math.pi * seconds))


@pytest.mark.parametrize("check", conformance.checks(), ids=lambda check: check.name)
def test_it_conforms(codec, check):
    finding = check(codec)
    assert finding.outcome != "failed", finding.message


def vocoder(iterations: int) -> Vocoder:
    torch.manual_seed(1)
    return Vocoder(VocoderConfig(channels=8, blocks=1, iterations=iterations)).eval().requires_grad_(False)


@pytest.mark.parametrize("check", conformance.checks(), ids=lambda check: check.name)
@pytest.mark.parametrize("iterations", [0, 2])
def test_it_conforms_with_a_vocoder(check, iterations):
    finding = check(MelCodec.of(model(), vocoder=vocoder(iterations)))
    assert finding.outcome != "failed", finding.message


def test_a_vocoder_changes_the_audio_and_neither_the_tokens_nor_their_length(tmp_path, voice):
    model().save(tmp_path / "codec.safetensors", {"data": "tones"})
    vocoder(0).save(tmp_path / "vocoder.safetensors", {"data": "hums"})
    plain = audiotok.load(f"mel:checkpoint={tmp_path}/codec.safetensors,num_codebooks=3")
    other = audiotok.load(
        f"mel:checkpoint={tmp_path}/codec.safetensors,num_codebooks=3,vocoder={tmp_path}/vocoder.safetensors"
    )
    tokens = plain.encode(voice[:7001], 16000)
    own = other.encode(voice[:7001], 16000)
    assert torch.equal(own.codes, tokens.codes)
    first = other.decode(own).waveform
    assert first.shape == (1, 1, 7001)
    assert torch.equal(first, other.decode(own).waveform)
    assert not torch.allclose(first, plain.decode(tokens).waveform, atol=1e-3)
    assert other.card.training_data == "tones; vocoder: hums"
    assert other.card.weights_sha256.startswith(f"{plain.card.weights_sha256} vocoder:")


@pytest.mark.parametrize(("stack", "rate"), [(2, 50), (4, 25), (8, 12.5), (16, 6.25)])
def test_each_frame_rate_decodes_to_the_clip_s_length(stack, rate, voice):
    codec = MelCodec.of(model(stack=stack))
    tokens = codec.encode(voice[:7001], 16000)
    assert codec.spec.frame_rate == rate
    assert tokens.codes.shape[2] == math.ceil(7001 / (160 * stack))
    assert codec.decode(tokens).waveform.shape[2] == 7001


@pytest.mark.parametrize("quantizer", ["simvq", "fsq", "lfq", "split"])
def test_other_quantizers_embed_what_the_decoder_gets(quantizer, voice):
    codec = MelCodec.of(model(quantizer=quantizer, entries=64))
    tokens = codec.encode(voice[:4000], 16000)
    assert codec.embed(tokens).shape == (1, 3, 13, 8)
    codec.decode(tokens)


def test_a_quantizer_without_prefixes_keeps_all_its_codebooks():
    codec = MelCodec.of(model(quantizer="pq", latent=9))
    with pytest.raises(InvalidOption, match="needs all of its 3"):
        codec.with_codebooks(2)


def test_a_checkpoint_of_one_s_own_is_opened(tmp_path, codec, voice):
    path = tmp_path / "own.safetensors"
    codec._model.save(path, {"data": "mine"})
    own = audiotok.load(f"mel:checkpoint={path},num_codebooks=2")
    assert own.spec.num_codebooks == 2
    assert own.card.training_data == "mine"


def test_a_missing_checkpoint_is_an_error_that_names_it(tmp_path):
    with pytest.raises(InvalidData, match="nowhere"):
        MelCodec(checkpoint=str(tmp_path / "nowhere.safetensors"))


shipped = pytest.mark.skipif(not WEIGHTS.is_file(), reason="the weights are not in this checkout")


@shipped
def test_the_shipped_codec_is_intelligible_and_better_with_more_codebooks(voice):
    codec = audiotok.load("mel")
    assert codec.spec.bitrate == 4000
    scores = []
    for count in (1, 8):
        fewer = codec.with_codebooks(count)
        decoded = fewer.decode(fewer.encode(voice, 16000))
        scores.append(stoi(voice.numpy(), decoded.numpy()[0], 16000))
    assert scores[1] > scores[0]


@shipped
def test_the_shipped_weights_say_what_made_them():
    _, metadata = Model.load(WEIGHTS)
    assert metadata["command"].startswith("python recipes/train_codec.py")
    assert "sha256:" in metadata["data"]
    assert WEIGHTS.stat().st_size < 6_000_000


@shipped
def test_what_it_holds_is_what_the_file_holds():
    with safe_open(WEIGHTS, "pt") as file:
        held = sum(file.get_tensor(name).numel() for name in file.keys())  # noqa: SIM118 (not a dict)
    assert held <= audiotok.load("mel").num_parameters < 1.01 * held
