from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics.visqol import METRICS, _gammatone, visqol_audio, visqol_speech


@pytest.fixture(params=[visqol_speech, visqol_audio])
def measure(request):
    return request.param


def test_identical_signals_are_near_the_top(measure, speech):
    assert measure(speech, speech.copy(), 16000) > 4.5  # the lattice gives some recordings no more than 4.54


def package(mode, **options):
    """The package's own program, with our spectrogram (tests/metrics/test_gammatone.py), whose kernel is compiled."""
    from visqol import VisqolApi

    api = VisqolApi()
    api.create(mode=mode, **options)
    api._manager.spect_builder.build = partial(_gammatone, api._manager.spect_builder)
    return api


def test_speech_mode_is_the_packages_with_the_lattice(speech):
    estimate = speech + np.random.default_rng(0).normal(scale=0.001, size=len(speech)).astype(np.float32)
    expected = (
        package("speech", use_lattice_model=True)
        .measure_from_arrays(speech.astype(np.float64), estimate.astype(np.float64), 16000)
        .moslqo
    )
    assert visqol_speech(speech, estimate, 16000) == pytest.approx(expected, abs=1e-9)


def test_audio_mode_is_the_packages_at_48_khz():
    music = np.random.default_rng(0).normal(scale=0.1, size=72000)
    estimate = music + np.random.default_rng(1).normal(scale=0.05, size=72000)
    expected = package("audio").measure_from_arrays(music, estimate, 48000).moslqo
    assert visqol_audio(music, estimate, 48000) == pytest.approx(expected, abs=1e-9)


def test_more_noise_scores_lower(measure, voice):
    noise = np.random.default_rng(0).standard_normal(len(voice)).astype(np.float32)
    scores = [measure(voice, voice + level * noise, 16000) for level in (0.0, 0.001, 0.03)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[2] + 1


@pytest.mark.parametrize("factor", [-1.0, 0.3])
def test_gain_and_polarity_of_the_estimate_cost_next_to_nothing(measure, voice, factor):
    assert measure(voice, factor * voice, 16000) == pytest.approx(measure(voice, voice, 16000), abs=0.05)


def test_a_constant_delay_costs_next_to_nothing(measure, voice):
    late = np.pad(voice, (160, 0))[: len(voice)]
    assert measure(voice, late, 16000) == pytest.approx(measure(voice, voice, 16000), abs=0.05)


@pytest.mark.parametrize("silent", ["reference", "estimate"])
def test_silence_has_no_score(measure, silent, voice):
    signals = {"reference": voice, "estimate": voice} | {silent: np.zeros_like(voice)}
    with pytest.raises(MetricUndefined, match=f"the {silent} is silent"):
        measure(**signals, sample_rate=16000)


@pytest.mark.parametrize("samples", [1, 100, 1600])
def test_too_short_a_clip_has_no_score(measure, voice, samples):
    with pytest.raises(MetricUndefined, match="no patch"):
        measure(voice[2000 : 2000 + samples], voice[2000 : 2000 + samples], 16000)


def test_speech_mode_refuses_another_rate(voice):
    with pytest.raises(InvalidAudio, match="16000"):
        visqol_speech(voice, voice, 44100)


def test_the_clips_domain_chooses_the_mode(voice, noisy, clip):
    features = [{"waveform": signal, "sample_rate": np.array(16000)} for signal in (voice, noisy)]
    scores = {domain: METRICS[0].score(*features, replace(clip, domain=domain)).value for domain in METRICS[0].domains}
    assert scores["speech"] == visqol_speech(voice, noisy, 16000)
    assert scores["music"] == scores["audio"] == visqol_audio(voice, noisy, 16000)


def test_audio_mode_is_had_of_speech_too(voice, noisy, clip):
    (metric,) = [metric for metric in METRICS if metric.name == "visqol_audio"]
    features = [{"waveform": signal, "sample_rate": np.array(16000)} for signal in (voice, noisy)]
    score = metric.score(*features, replace(clip, domain="speech")).value
    assert score == visqol_audio(voice, noisy, 16000) != visqol_speech(voice, noisy, 16000)
