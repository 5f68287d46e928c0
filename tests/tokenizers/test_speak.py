"""`speak(inner)`: units that decode to speech, with random weights over units of log-mel frames."""

import dataclasses

import pytest
import soundfile
import torch
from torch import Tensor

import audiotok
from audiotok import conformance
from audiotok.core.batching import encode_clips
from audiotok.core.tokenizer import Codec, Embeddable, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import AssetUnavailable, InvalidOption, InvalidTokens
from audiotok.models.inverse import Inverse, InverseConfig
from audiotok.models.mel import log_mel
from audiotok.tokenizers.bpe import bpe
from audiotok.tokenizers.mulaw import MuLaw
from audiotok.tokenizers.speak import PROMPTS, Speak, unit_vectors
from audiotok.units.bpe import UnitBPE
from audiotok.units.centroids import assign
from audiotok.units.flatten import flatten


class MelUnits(Tokenizer, Embeddable):
    """Which of 12 vectors is nearest to a pair of log-mel frames."""

    card = dataclasses.replace(MuLaw.card, title="mel units", weights_sha256="units-of-the-test")

    def __init__(self) -> None:
        self.spec = TokenSpec(16000, 50.0, (12,))
        self.vectors = torch.linspace(-6, 1, 12)[:, None].repeat(1, 256)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._units, waveform, lengths, self.spec)

    def _units(self, clip: Tensor) -> Tensor:
        frames = log_mel(torch.nn.functional.pad(clip[0, 0], (0, -clip.shape[2] % 320)))
        return assign(frames.reshape(-1, 256), self.vectors)[None, None]

    def embed(self, tokens: Tokens) -> Tensor:
        return self.vectors[tokens.codes]


def inverse(**options) -> Inverse:
    torch.manual_seed(0)
    shape = {"dim": 256, "channels": 16, "layers": 1, "heads": 2, "hidden": 24, "kernel": 5}
    return Inverse(InverseConfig(**shape | options))


@pytest.fixture(scope="module")
def prompt() -> audiotok.Audio:
    return audiotok.Audio.load(PROMPTS / "allison.flac")


@pytest.fixture(scope="module")
def codec(prompt) -> Speak:
    return Speak.of(MelUnits(), inverse(), prompt)


def noise(samples: int, seed: int = 0) -> Tensor:
    """Now loud, now soft."""
    level = torch.exp(3 * torch.sin(torch.arange(samples) / 900) - 3)
    return level * torch.randn(1, samples, generator=torch.Generator().manual_seed(seed)).clamp(-3, 3) / 4


@pytest.mark.parametrize("check", conformance.checks(), ids=lambda check: check.name)
def test_it_conforms(codec, check) -> None:
    finding = check(codec)
    assert finding.outcome != "failed", finding.message


def test_its_tokens_are_those_of_its_units(codec) -> None:
    clip = noise(7001)
    assert torch.equal(codec.encode(clip, 16000).codes, MelUnits().encode(clip, 16000).codes)


def test_decoding_repeats_itself_and_a_batch_decodes_to_its_clips(codec) -> None:
    audio = audiotok.Audio.from_clips([noise(9000, 1), noise(3001, 2)], 16000)
    tokens = codec.encode(audio)
    first = codec.decode(tokens)
    torch.rand(5)
    assert torch.equal(first.waveform, codec.decode(tokens).waveform)
    for i, length in enumerate((9000, 3001)):
        alone = codec.decode(tokens[i])
        assert torch.allclose(first.waveform[i, :, :length], alone.waveform[0, :, :length], atol=1e-5)


def test_codes_of_a_language_model_decode_to_20_ms_each(codec) -> None:
    tokens = Tokens.from_clips([torch.tensor([[3, 3, 0, 11]])], codec.spec)
    assert codec.decode(tokens).lengths.tolist() == [4 * 320]


def test_a_unit_out_of_range_is_refused(codec) -> None:
    with pytest.raises(InvalidTokens, match="12"):
        Tokens.from_clips([torch.tensor([[12]])], codec.spec)


def test_another_prompt_says_the_same_tokens_otherwise(codec) -> None:
    other = Speak.of(MelUnits(), inverse(), audiotok.Audio.load(PROMPTS / "carlo.flac"))
    tokens = codec.encode(noise(5000), 16000)
    assert torch.equal(tokens.codes, other.encode(noise(5000), 16000).codes)
    assert not torch.allclose(codec.decode(tokens).waveform, other.decode(tokens).waveform)


def test_a_prompt_at_another_rate_is_resampled(codec, prompt) -> None:
    resampled = Speak.of(MelUnits(), inverse(), prompt.resample(32000))
    difference = (resampled._prompt - codec._prompt)[:, :110]  # above, where the resampler's filter ends
    assert float(difference.abs().mean()) < 0.02


@pytest.mark.parametrize(("samples", "rate"), [(1600, 16000), (16000, 44100)])
def test_a_prompt_that_is_too_short_in_seconds_is_refused(samples, rate) -> None:
    with pytest.raises(InvalidOption, match=r"needs 1\.5 s"):
        Speak.of(MelUnits(), inverse(), audiotok.Audio.from_array(noise(samples), rate))


def test_a_silent_prompt_is_refused() -> None:
    with pytest.raises(InvalidOption, match="silent"):
        Speak.of(MelUnits(), inverse(), audiotok.Audio.from_array(torch.zeros(32000), 16000))


def test_a_model_of_other_vectors_is_refused(prompt) -> None:
    with pytest.raises(InvalidOption, match="takes vectors of 99"):
        Speak.of(MelUnits(), inverse(dim=99), prompt)
    with pytest.raises(InvalidOption, match="at 25 Hz"):
        Speak.of(MelUnits(), inverse(stack=4), prompt)


def test_a_tokenizer_whose_codes_have_no_vectors_is_refused() -> None:
    with pytest.raises(InvalidOption, match="no vector for each"):
        unit_vectors(MuLaw())


@pytest.fixture
def trained(tmp_path) -> str:
    path = tmp_path / "inverse.safetensors"
    made_of = {"units": "mel-units", "units_sha256": MelUnits.card.weights_sha256, "data": "none"}
    inverse().save(path, made_of)
    return str(path)


def test_a_model_and_a_prompt_of_one_s_own_are_in_the_weights_hash(trained, tmp_path) -> None:
    soundfile.write(tmp_path / "mine.wav", noise(40000)[0].numpy(), 22050)
    mine = Speak(MelUnits(), model=trained, prompt=str(tmp_path / "mine.wav"))
    bundled = Speak(MelUnits(), model=trained, prompt="june")
    assert mine.card.weights_sha256 != bundled.card.weights_sha256
    assert bundled.card.weights_sha256.startswith("units-of-the-test inverse:")
    assert isinstance(mine, Codec)


def test_a_model_of_other_units_is_refused(trained, monkeypatch) -> None:
    monkeypatch.setattr(MelUnits, "card", dataclasses.replace(MelUnits.card, weights_sha256="others"))
    with pytest.raises(InvalidOption, match="speaks the units of mel-units"):
        Speak(MelUnits(), model=trained)


def test_a_prompt_that_is_not_there_is_named_with_those_that_are(trained) -> None:
    with pytest.raises(InvalidOption, match="allison, carlo, ivrvoice, june; got 'nobody'"):
        Speak(MelUnits(), model=trained, prompt="nobody")


def test_bpe_over_it_is_a_codec_with_the_same_audio(codec, tmp_path) -> None:
    audio = audiotok.Audio.from_clips([noise(30000, 1), noise(9000, 2)], 16000)
    UnitBPE.train(flatten(codec.encode(audio)), 12, 20).save(tmp_path / "bpe.json")
    outer = bpe(codec, model=str(tmp_path / "bpe.json"))
    assert isinstance(outer, Codec)
    tokens = outer.encode(audio)
    assert len(codec.encode(audio).codes.unique()) > 6
    assert int(tokens.lengths[0]) < 30000 / 320
    assert torch.equal(outer.decode(tokens).waveform, codec.decode(codec.encode(audio)).waveform)


@pytest.mark.weights
def test_one_that_was_trained_for_whisper_units_is_marked_as_taught_by_whisper(tmp_path) -> None:
    try:
        units = audiotok.load("whisper-units")
    except AssetUnavailable as error:
        pytest.skip(str(error))
    path = tmp_path / "own.safetensors"
    made_of = {"units": units.identifier, "units_sha256": units.card.weights_sha256, "data": "none"}
    inverse(dim=512).save(path, made_of)
    codec = audiotok.load(f"speak(whisper-units):model={path},prompt=june")
    assert codec.card.trained_with == ("whisper-base",)
    assert codec.identifier == f"speak(whisper-units:k=500):model={path},prompt=june"
    assert isinstance(audiotok.load(f"bpe({codec.identifier}):model=whisper-units-2048"), Codec)
    assert codec.decode(codec.encode(noise(8000), 16000)).lengths.tolist() == [8000]
