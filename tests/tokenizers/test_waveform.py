"""Codecs of the waveform, with random weights and from files of one's own."""

import pytest
import torch

import audiotok
from audiotok import conformance
from audiotok.models.waveform_codec import WaveformCodec as Model
from audiotok.models.waveform_codec import WaveformConfig
from audiotok.tokenizers.own_codecs import WaveformCodec


def model(**options) -> Model:
    torch.manual_seed(0)
    shape = {"channels": 2, "lstm_layers": 1, "latent": 8, "codebooks": 3, "entries": 16}
    small = Model(WaveformConfig(**shape | options))
    small.start(0.1 * torch.randn(2, 32 * small.config.hop))
    return small


@pytest.fixture(scope="module")
def codec() -> WaveformCodec:
    return WaveformCodec.of(model())


@pytest.mark.parametrize("check", conformance.checks(), ids=lambda check: check.name)
def test_it_conforms(codec, check):
    finding = check(codec)
    assert finding.outcome != "failed", finding.message


@pytest.mark.parametrize("causal", [True, False])
def test_a_checkpoint_of_one_s_own_is_opened(tmp_path, voice, causal):
    path = tmp_path / "own.safetensors"
    made = model(causal=causal, quantizer="fsq", stack=4)
    made.save(path, {"data": "mine", "trained_with": "whisper-base", "objective": "Rec, VQ"})
    own = audiotok.load(f"waveform:checkpoint={path}")
    assert (own.spec.num_codebooks, own.spec.frame_rate) == (3, 25)
    assert own.card.training_data == "mine"
    assert own.card.trained_with == ("whisper-base",)
    assert own.card.objective == ("Rec", "VQ")
    assert own.card.quantizer == "FSQ"
    assert own.card.streamable == causal
    tokens = own.encode(voice[:7001], 16000)
    assert own.decode(tokens).waveform.shape == (1, 1, 7001)
    assert own.embed(tokens).shape == (1, 3, 11, 8)
