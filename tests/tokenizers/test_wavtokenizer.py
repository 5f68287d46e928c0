"""Against upstream's own classes, whose output is in tests/golden (they are in no package)."""

import runpy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from audiotok.tokenizers.wavtokenizer import Model, WavTokenizer, load_state

GOLDEN = Path(__file__).parents[1] / "golden"
made = runpy.run_path(str(GOLDEN / "make_wavtokenizer.py"))


@pytest.fixture(scope="module", params=made["RATIOS"])
def case(request):
    model = Model(made["RATIOS"][request.param], **made["SIZE"], layers=made["LAYERS"])
    load_state(model, made["seeded_state"](model.state_dict()))
    golden = load_file(GOLDEN / "wavtokenizer.safetensors")
    return WavTokenizer.of(model), golden[f"{request.param}.codes"], golden[f"{request.param}.audio"]


def test_codes_are_upstreams(case):
    tokenizer, codes, _ = case
    assert torch.equal(tokenizer.encode(made["clip"](), 24000).codes[0].int(), codes)


def test_audio_is_upstreams(case, assert_same_signal):
    tokenizer, _, audio = case
    decoded = tokenizer.decode(tokenizer.encode(made["clip"](), 24000)).waveform[0]
    assert_same_signal(decoded, audio[:, : decoded.shape[1]])


def test_what_inference_does_not_need_is_left_out_of_a_published_state(case):
    model = case[0]._model
    state = {**model.state_dict(), "feature_extractor.encodec.decoder.model.0.bias": torch.zeros(1)}
    load_state(model, {**state, "multiperioddisc.weight": torch.zeros(1)})
