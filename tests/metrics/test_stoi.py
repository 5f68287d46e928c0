import warnings

import numpy as np
import pytest

from audiotok.errors import MetricUndefined
from audiotok.metrics.stoi import METRICS, SHORTEST_S, stoi

extended = pytest.mark.parametrize("extended", [False, True], ids=["stoi", "estoi"])


@extended
def test_identical_speech_is_fully_intelligible(speech, extended):
    assert stoi(speech, speech.copy(), 16000, extended=extended) == pytest.approx(1.0, abs=1e-6)


@extended
def test_the_score_is_pystois(speech, extended):
    from pystoi import stoi as reference_implementation

    estimate = speech + np.random.default_rng(0).normal(scale=0.05, size=len(speech)).astype(np.float32)
    expected = reference_implementation(speech, estimate, 16000, extended=extended)
    assert stoi(speech, estimate, 16000, extended=extended) == pytest.approx(expected, abs=1e-9)


@extended
@pytest.mark.parametrize("factor", [-1.0, 0.2])
def test_gain_and_polarity_cost_nothing(voice, noisy, extended, factor):
    scores = [stoi(voice, estimate, 16000, extended=extended) for estimate in (noisy, factor * noisy)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-5)


@extended
def test_unrelated_noise_is_not_intelligible(voice, extended):
    unrelated = np.random.default_rng(0).standard_normal(len(voice)).astype(np.float32)
    assert stoi(voice, unrelated, 16000, extended=extended) < 0.5


@extended
def test_a_delay_costs(voice, extended):
    assert stoi(voice, np.pad(voice, (400, 0))[: len(voice)], 16000, extended=extended) < 0.95


@extended
@pytest.mark.parametrize("silent", ["reference", "estimate"])
def test_silence_has_no_score(voice, extended, silent):
    signals = {"reference": voice, "estimate": voice} | {silent: np.zeros_like(voice)}
    with pytest.raises(MetricUndefined, match=f"the {silent} is silent"):
        stoi(**signals, sample_rate=16000, extended=extended)


@extended
@pytest.mark.parametrize("samples", [1, 300, int(SHORTEST_S * 16000) - 1])
def test_too_short_a_clip_has_no_score(extended, samples):
    noise = np.random.default_rng(0).standard_normal(samples).astype(np.float32)
    with pytest.raises(MetricUndefined, match="too short"):
        stoi(noise, noise, 16000, extended=extended)


@extended
def test_a_clip_that_is_mostly_silent_has_no_score(voice, extended):
    mostly_silent = np.concatenate([np.zeros(32000, np.float32), voice[:2000], np.zeros(32000, np.float32)])
    with pytest.raises(MetricUndefined, match="fewer than 30 frames"):
        stoi(mostly_silent, mostly_silent, 16000, extended=extended)


def test_it_leaves_the_callers_warnings_as_they_are(voice):
    before = list(warnings.filters)
    stoi(voice, voice, 16000)
    assert warnings.filters == before


def test_it_is_asked_of_speech_only():
    assert {metric.domains for metric in METRICS} == {("speech",)}


@extended
def test_equal_signals_have_equal_scores_to_the_last_bit(voice, noisy, extended):
    scores = set()
    for seed in range(8):
        np.random.seed(seed)  # the generator that pystoi draws from
        scores.add(stoi(voice, noisy, 16000, extended=extended))
    assert len(scores) == 1


@extended
def test_numpys_generator_is_left_as_it_was(voice, noisy, extended):
    np.random.seed(1)
    expected = np.random.random(3).tolist()
    np.random.seed(1)
    stoi(voice, noisy, 16000, extended=extended)
    assert np.random.random(3).tolist() == expected
