import numpy as np
import pytest

from audiotok.errors import MetricUndefined
from audiotok.metrics.dependencies import needs
from audiotok.metrics.spectral import MEL_SCALES, mel_distance, stft_distance


@pytest.fixture(params=[mel_distance, stft_distance])
def measure(request):
    return request.param


def stft(signal: np.ndarray, window: int) -> np.ndarray:
    """[bins, frames] magnitudes in float64, one frame after the other."""
    padded = np.pad(signal.astype(np.float64), window // 2, mode="reflect")
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    starts = range(0, len(padded) - window + 1, window // 4)
    return np.abs(np.stack([np.fft.rfft(hann * padded[start : start + window]) for start in starts], axis=1))


@pytest.mark.filterwarnings("ignore:Empty filters")
@pytest.mark.parametrize("rate", [16000, 44100])
def test_mel_distance_is_dacs_definition_computed_frame_by_frame(speech, rate):
    estimate = (np.round(speech * 63) / 63).astype(np.float32)
    expected = 0.0
    scales = ((32, 5), (64, 10), (128, 20), (256, 40), (512, 80), (1024, 160), (2048, 320))
    for window, bands in scales:
        filters = needs("librosa.filters").mel(
            sr=rate, n_fft=window, n_mels=bands, fmin=0, fmax=rate / 2, dtype=np.float64
        )
        logs = [np.log10(np.maximum(filters @ stft(signal, window), 1e-5)) for signal in (speech, estimate)]
        expected += np.abs(logs[0] - logs[1]).mean()
    assert mel_distance(speech, estimate, rate) == pytest.approx(expected, rel=1e-4)


def test_stft_distance_is_dacs_definition_computed_frame_by_frame(speech):
    estimate = (np.round(speech * 63) / 63).astype(np.float32)
    expected = 0.0
    for window in (2048, 512):
        ours, theirs = stft(speech, window), stft(estimate, window)
        logs = [np.log10(np.maximum(spectrum, 1e-5) ** 2) for spectrum in (ours, theirs)]
        expected += np.abs(logs[0] - logs[1]).mean() + np.abs(ours - theirs).mean()
    assert stft_distance(speech, estimate) == pytest.approx(expected, rel=1e-4)


def test_identical_signals_are_at_zero(measure, speech):
    assert measure(speech, speech.copy(), 16000) == 0


def test_polarity_costs_nothing(measure, voice, noisy):
    assert measure(voice, -noisy, 16000) == pytest.approx(measure(voice, noisy, 16000), rel=1e-6)


def test_reference_and_estimate_may_change_places(measure, voice, noisy):
    assert measure(voice, noisy, 16000) == pytest.approx(measure(noisy, voice, 16000), rel=1e-6)


def test_mel_distance_of_a_gain_is_its_logarithm_in_each_of_seven_scales():
    # White noise leaves no band at the floor.
    noise = np.random.default_rng(0).standard_normal(16000).astype(np.float32)
    empty = 1 - np.mean([bands_filled(window, bands) for window, bands in MEL_SCALES])
    assert mel_distance(noise, noise / 10, 16000) == pytest.approx(7 * (1 - empty), rel=1e-4)


@pytest.mark.filterwarnings("ignore:Empty filters")
def bands_filled(window: int, bands: int) -> float:
    return float(np.mean(needs("librosa.filters").mel(sr=16000, n_fft=window, n_mels=bands).any(axis=1)))


def test_more_noise_is_further_away(measure, voice):
    distances = [
        measure(voice, voice + np.random.default_rng(0).normal(scale=level, size=len(voice)).astype(np.float32), 16000)
        for level in (0.001, 0.01, 0.1)
    ]
    assert distances == sorted(distances)


def test_silence_is_an_ordinary_spectrum(measure, voice):
    silence = np.zeros_like(voice)
    assert measure(silence, silence, 16000) == 0
    assert measure(silence, voice, 16000) > 1


def test_a_clip_shorter_than_half_a_window_is_undefined(measure, voice):
    with pytest.raises(MetricUndefined, match="1025"):
        measure(voice[:1024], voice[:1024], 16000)
    assert measure(voice[:1025], voice[:1025], 16000) == 0


def test_the_scales_are_those_of_dac() -> None:
    """Windows of 32 to 2048 samples with 5 to 320 bands, as descript-audio-codec's MelSpectrogramLoss is configured."""
    assert MEL_SCALES == ((32, 5), (64, 10), (128, 20), (256, 40), (512, 80), (1024, 160), (2048, 320))
