"""Codecs of log-mel frames, with random weights and from files of one's own."""

import math

import pytest
import torch

import audiotok
from audiotok import conformance
from audiotok.errors import InvalidData, InvalidOption
from audiotok.models.mel_codec import CodecConfig
from audiotok.models.mel_codec import MelCodec as Model
from audiotok.models.vocoder import Vocoder, VocoderConfig
from audiotok.tokenizers.own_codecs import MelCodec


def model(**options) -> Model:
    torch.manual_seed(0)
    shape = {"channels": 16, "encoder_blocks": 1, "decoder_blocks": 1, "latent": 8, "codebooks": 3, "entries": 16}
    small = Model(CodecConfig(**shape | options))
    small(torch.randn(1, 4 * small.config.stack, 128) - 3)  # k-means
    return small


@pytest.fixture(scope="module")
def codec() -> MelCodec:
    return MelCodec.of(model())


@pytest.mark.parametrize("check", conformance.checks(), ids=lambda check: check.name)
def test_it_conforms(codec, check):
    finding = check(codec)
    assert finding.outcome != "failed", finding.message


def vocoder(iterations: int) -> Vocoder:
    torch.manual_seed(1)
    return Vocoder(VocoderConfig(channels=8, blocks=1, iterations=iterations)).eval().requires_grad_(False)


@pytest.mark.slow
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
    assert torch.equal(first, other.decode(tokens).waveform)
    assert torch.equal(plain.decode(own).waveform, plain.decode(tokens).waveform)
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


@pytest.mark.parametrize("codebooks", [3, 9])
def test_all_codebooks_of_a_file_are_used_and_named_unless_fewer_are_asked_for(tmp_path, codebooks):
    path = tmp_path / "own.safetensors"
    model(codebooks=codebooks).save(path, {"data": "mine"})
    own = audiotok.load(f"mel:checkpoint={path}")
    assert own.spec.num_codebooks == codebooks
    assert own.identifier == f"mel:checkpoint={path},num_codebooks={codebooks}"
    assert audiotok.load(own.identifier).identifier == own.identifier


def test_a_checkpoint_is_asked_for():
    with pytest.raises(InvalidOption, match="mel needs a value for checkpoint"):
        audiotok.load("mel")


def test_a_missing_checkpoint_is_an_error_that_names_it(tmp_path):
    with pytest.raises(InvalidData, match="nowhere"):
        MelCodec(checkpoint=str(tmp_path / "nowhere.safetensors"))
