import numpy as np
import pytest
import soxr

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics.pesq import METRICS, pesq_by_rate, pesq_wb

# 0.999 + 4 / (1 + exp(3.8224 - 1.3669 * 4.5)), P.862.2's map of the best raw score.
BEST = 4.6439


def test_identical_signals_reach_the_top_of_the_scale(speech):
    assert pesq_wb(speech, speech.copy(), 16000) == pytest.approx(BEST, abs=1e-3)


def test_the_score_is_the_packages(speech):
    from pesq import pesq

    estimate = speech + np.random.default_rng(0).normal(scale=0.01, size=len(speech)).astype(np.float32)
    assert pesq_wb(speech, estimate, 16000) == pesq(16000, speech, estimate, "wb")


@pytest.mark.parametrize("factor", [-1.0, 0.2])
def test_gain_and_polarity_of_the_estimate_cost_nothing(speech, factor):
    estimate = speech + np.random.default_rng(0).normal(scale=0.003, size=len(speech)).astype(np.float32)
    assert pesq_wb(speech, factor * estimate, 16000) == pytest.approx(pesq_wb(speech, estimate, 16000), abs=0.01)


def test_more_noise_scores_lower(speech):
    scores = [
        pesq_wb(speech, speech + np.random.default_rng(0).normal(scale=x, size=len(speech)).astype(np.float32), 16000)
        for x in (0.0003, 0.003, 0.03)
    ]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) >= METRICS[0].range[0]


@pytest.mark.parametrize("silent", ["reference", "estimate"])
def test_silence_has_no_score(silent, voice):
    signals = {"reference": voice, "estimate": voice} | {silent: np.zeros_like(voice)}
    with pytest.raises(MetricUndefined, match=f"the {silent} is silent"):
        pesq_wb(**signals, sample_rate=16000)


def test_a_reference_without_utterances_has_no_score():
    hum = (0.5 * np.sin(2 * np.pi * 20 * np.arange(16000) / 16000)).astype(np.float32)
    with pytest.raises(MetricUndefined, match="No utterances"):
        pesq_wb(hum, hum, 16000)


def test_less_than_a_quarter_of_a_second_has_no_score(voice):
    with pytest.raises(MetricUndefined, match="1/4 of a second"):
        pesq_wb(voice[:3999], voice[:3999], 16000)


def test_another_rate_is_refused(voice):
    with pytest.raises(InvalidAudio, match="16000"):
        pesq_wb(voice, voice, 44100)


def test_it_is_asked_of_speech_only():
    assert {metric.domains for metric in METRICS} == {("speech",)}


@pytest.mark.parametrize(
    ("rate", "at", "band"), [(8000, 8000, "nb"), (12000, 8000, "nb"), (16000, 16000, "wb"), (24000, 16000, "wb")]
)
def test_the_rate_chooses_the_band(make_voice, rate, at, band):
    from pesq import pesq

    reference = soxr.resample(make_voice(2.0, 120.0), 16000, rate, quality="HQ")
    estimate = reference + np.random.default_rng(0).normal(scale=0.005, size=len(reference)).astype(np.float32)
    heard = [soxr.resample(x, rate, at, quality="HQ") for x in (reference, estimate)]
    assert pesq_by_rate(reference, estimate, rate) == pesq(at, *heard, band)


def test_narrow_band_is_another_scale(voice):
    # 0.999 + 4 / (1 + exp(4.6607 - 1.4945 * 4.5)), P.862.1's map of the best raw score.
    narrow = soxr.resample(voice, 16000, 8000, quality="HQ")
    assert pesq_by_rate(narrow, narrow.copy(), 8000) == pytest.approx(4.5488, abs=1e-3)
    assert {metric.name: bool(metric.unranked) for metric in METRICS} == {"pesq_wb": False, "pesq_by_rate": True}


def test_silence_has_no_score_in_either_band(voice):
    with pytest.raises(MetricUndefined, match="the estimate is silent"):
        pesq_by_rate(voice, np.zeros_like(voice), 8000)
