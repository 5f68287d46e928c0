import numpy as np
import pytest

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics import score
from audiotok.metrics.log_spectral import log_spectral_distance

NOISE = np.random.default_rng(0).standard_normal(16000).astype(np.float32)


def by_frames(reference: np.ndarray, estimate: np.ndarray) -> float:
    """The definition in float64, one frame after the other."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)
    padded = [np.pad(signal.astype(np.float64), 1024, mode="reflect") for signal in (reference, estimate)]
    distances = []
    for start in range(0, len(padded[0]) - 2047, 512):
        ours, theirs = (np.abs(np.fft.rfft(hann * signal[start : start + 2048])) for signal in padded)
        decibels = 20 * np.log10(np.maximum(ours, 1e-5) / np.maximum(theirs, 1e-5))
        distances.append(np.sqrt(np.mean(decibels**2)))
    return float(np.mean(distances))


def test_it_is_the_definition_computed_frame_by_frame(speech):
    estimate = (np.round(speech * 63) / 63).astype(np.float32)
    assert log_spectral_distance(speech, estimate) == pytest.approx(by_frames(speech, estimate), rel=1e-3)


def test_identical_signals_are_at_zero(speech):
    assert log_spectral_distance(speech, speech.copy()) == 0


@pytest.mark.parametrize(("gain", "decibels"), [(0.1, 20.0), (10.0, 20.0), (-1.0, 0.0)])
def test_a_gain_is_as_far_as_its_decibels(gain, decibels):
    # White noise leaves no bin at the floor.
    assert log_spectral_distance(NOISE, np.float32(gain) * NOISE) == pytest.approx(decibels, abs=1e-2)


def test_reference_and_estimate_may_change_places(voice, noisy):
    assert log_spectral_distance(voice, noisy) == pytest.approx(log_spectral_distance(noisy, voice), rel=1e-9)


def test_more_noise_is_further_away(voice):
    distances = [
        log_spectral_distance(voice[: len(NOISE)], voice[: len(NOISE)] + np.float32(level) * NOISE)
        for level in (0.001, 0.01, 0.1)
    ]
    assert distances == sorted(distances)


def test_silence_is_an_ordinary_spectrum(voice):
    silence = np.zeros_like(voice)
    assert log_spectral_distance(silence, silence) == 0
    assert log_spectral_distance(silence, voice) > 10


def test_a_clip_shorter_than_half_a_window_is_undefined(voice):
    with pytest.raises(MetricUndefined, match="1025"):
        log_spectral_distance(voice[:1024], voice[:1024])
    assert log_spectral_distance(voice[:1025], voice[:1025]) == 0


def test_signals_of_unlike_lengths_are_refused(voice):
    with pytest.raises(InvalidAudio, match="equally long"):
        log_spectral_distance(voice, voice[:-1])


def test_it_is_reached_by_its_name_in_decibels():
    reference = 0.1 * NOISE / np.abs(NOISE).max()
    assert score("log_spectral_distance", reference, reference / 2, 16000) == pytest.approx(6.02, abs=0.01)
