"""Agreement with the package's own call on the same samples."""

import numpy as np
import pytest

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics.dnsmos import METRICS, cut, dnsmos, load

SLOW = pytest.mark.slow
NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, 10 * 16000).astype(np.float32)


@pytest.fixture(scope="module")
def model():  # type: ignore[no-untyped-def]
    return load()


# Of 2.5 s two doublings make one window, of 5.5 s one makes 11 s and two windows.
@pytest.mark.parametrize("samples", [pytest.param(40000, marks=SLOW), 88000, pytest.param(16000 * 9 + 160, marks=SLOW)])
@pytest.mark.usefixtures("librosa")
def test_scores_are_the_packages_own(model, samples: int) -> None:  # type: ignore[no-untyped-def]
    from speechmos import dnsmos as package

    clip = np.resize(NOISE, samples)
    theirs = package.run(clip, 16000)
    ours = dnsmos(clip, 16000, model)
    for name, score in ours.items():
        assert score == pytest.approx(float(theirs[f"{name}_mos"]), abs=1e-6)


def test_noise_far_below_the_output_is_within_the_tolerance(model, decoded_speech) -> None:  # type: ignore[no-untyped-def]
    quiet = 1e-5 * np.abs(decoded_speech).max() * np.random.default_rng(0).standard_normal(len(decoded_speech))
    plain, noisy = (dnsmos(x.astype(np.float32), 16000, model) for x in (decoded_speech, decoded_speech + quiet))
    metric = METRICS[0]
    assert all(0 < abs(plain[name] - noisy[name]) < metric.allowed(plain[name], noisy[name]) for name in plain)


def test_windows_have_together_the_scores_that_they_have_alone(model, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    together = dnsmos(NOISE[:88000], 16000, model)
    monkeypatch.setattr("audiotok.metrics.dnsmos.TOGETHER", 1)
    assert dnsmos(NOISE[:88000], 16000, model) == together


def test_frames_have_the_scores_that_they_have_in_smaller_parts(model, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    at_once = dnsmos(NOISE[:40000], 16000, model)
    monkeypatch.setattr("audiotok.metrics.dnsmos.AT_ONCE", 100)
    assert dnsmos(NOISE[:40000], 16000, model) == at_once


@pytest.mark.parametrize("seconds", [1, 4, 9.01, 9.5, 31])
def test_windows_are_those_of_the_package(seconds: float) -> None:
    """Its loop, written out."""
    clip = doubled = np.arange(seconds * 16000, dtype=np.float32)
    while len(doubled) < 144160:
        doubled = np.append(doubled, doubled)
    theirs = [doubled[i * 16000 : int((i + 9.01) * 16000)] for i in range(int(len(doubled) // 16000 - 9.01) + 1)]
    whole, starts = cut(clip)
    assert [whole[start : start + 144160].tolist() for start in starts] == [
        window.tolist() for window in theirs if len(window) == 144160
    ]


def test_speech_is_better_than_the_same_speech_in_noise(model, english) -> None:  # type: ignore[no-untyped-def]
    clean, rate = english[:40000], 16000
    noisy = np.clip(clean + 0.3 * NOISE[: len(clean)], -1, 1).astype(np.float32)
    worse = dnsmos(noisy, rate, model)
    for name, score in dnsmos(clean, rate, model).items():
        assert score > worse[name]


def test_a_score_is_the_same_every_time(model) -> None:  # type: ignore[no-untyped-def]
    assert dnsmos(NOISE, 16000, model) == dnsmos(NOISE, 16000, model)


def test_the_four_metrics_share_one_analysis_and_lie_in_their_range(model) -> None:  # type: ignore[no-untyped-def]
    features = METRICS[0].analysis.run(NOISE, 16000, None, model)  # type: ignore[arg-type]  # no clip is needed
    for metric in METRICS[:4]:
        assert metric.analysis is METRICS[0].analysis
        assert metric.range[0] <= metric.score({}, features, None).value <= metric.range[1]  # type: ignore[arg-type]


def test_at_full_scale_the_level_of_the_clip_does_not_matter(model) -> None:  # type: ignore[no-untyped-def]
    loud, quiet = (level * NOISE / np.abs(NOISE).max() for level in (1.0, 0.05))
    (analysis,) = {metric.analysis for metric in METRICS[4:]}
    features = [analysis.run(x, 16000, None, model) for x in (loud, quiet)]  # type: ignore[arg-type]
    as_it_is = dnsmos(loud, 16000, model)
    for metric in METRICS[4:]:
        scores = [metric.score({}, one, None).value for one in features]  # type: ignore[arg-type]
        assert scores[0] == pytest.approx(scores[1], abs=1e-3)
        name = {"dnsmos_p808_peak": "p808", "dnsmos_ovrl_peak": "ovrl"}[metric.name]
        assert scores[0] == pytest.approx(as_it_is[name], abs=1e-3)


@pytest.mark.parametrize("waveform", [np.zeros(16000, np.float32), NOISE[:7999]])
def test_silence_and_snippets_have_no_score(model, waveform) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MetricUndefined):
        dnsmos(waveform, 16000, model)


@pytest.mark.parametrize(
    ("waveform", "rate"),
    [(NOISE, 8000), (4 * NOISE, 16000), (NOISE[None], 16000), (NOISE * np.nan, 16000), (NOISE[:0], 16000)],
)
def test_what_is_no_waveform_at_16_khz_is_refused(model, waveform, rate: int) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidAudio, match="expected"):
        dnsmos(waveform, rate, model)
