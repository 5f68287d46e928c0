"""Agreement with the package's own call on the same audio."""

from importlib.util import find_spec

import numpy as np
import pytest
import torch

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics import score
from audiotok.metrics.distillmos import METRICS, distillmos, load

pytestmark = pytest.mark.skipif(find_spec("distillmos") is None, reason="the package distillmos is not installed")

NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, 10 * 16000).astype(np.float32)


@pytest.fixture(scope="module")
def model():
    return load()


@torch.no_grad()
@pytest.mark.parametrize(
    "samples", [8000, 122_880, pytest.param(160_000, marks=pytest.mark.slow)]
)  # padded, one window, several windows
def test_the_score_is_the_packages_own(model, samples):
    import distillmos as package

    theirs = package.ConvTransformerSQAModel().eval()(torch.from_numpy(NOISE[:samples])[None])
    assert distillmos(NOISE[:samples], 16000, model) == pytest.approx(float(theirs), abs=1e-5)


@pytest.fixture(scope="module")
def clean(model, english):
    return distillmos(english, 16000, model)


def test_recorded_speech_has_the_score_that_was_written_down(clean):
    assert clean == pytest.approx(4.331, abs=2e-3)


def test_noise_in_speech_lowers_the_score(model, english, clean):
    noisy, noisier = (distillmos(english + level * NOISE[: len(english)], 16000, model) for level in (0.01, 0.1))
    assert clean > noisy > noisier
    assert clean - noisier > 1


def test_a_gain_costs_nothing(model, english, clean):
    assert distillmos(english / 50, 16000, model) == pytest.approx(clean, abs=1e-3)


def test_opening_the_model_prints_nothing(capsys):
    load()
    assert capsys.readouterr().out == ""


def test_it_is_reached_by_its_name(english, clean):
    assert score("distillmos", english, english, 16000) == pytest.approx(clean, abs=1e-5)
    assert METRICS[0].range == (1.0, 5.0)


@pytest.mark.parametrize("waveform", [np.zeros(16000, np.float32), NOISE[:7999]])
def test_silence_and_snippets_have_no_score(model, waveform):
    with pytest.raises(MetricUndefined):
        distillmos(waveform, 16000, model)


def test_another_rate_is_refused(model):
    with pytest.raises(InvalidAudio, match="16000"):
        distillmos(NOISE, 44100, model)
