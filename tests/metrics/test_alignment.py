from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiotok.errors import MetricUndefined
from audiotok.metrics import catalogue
from audiotok.metrics.alignment import Lag, apply_lag, common_lag, correlate_pair, peak
from audiotok.metrics.distortion import LIMIT, si_sdr

RATE = 16000
Change = Callable[[np.ndarray], np.ndarray]


def shifted(signal: np.ndarray, lag: int) -> np.ndarray:
    """The signal `lag` samples later, zeros moved in."""
    return np.pad(signal, (max(0, lag), max(0, -lag)))[max(0, -lag) :][: len(signal)]


def without_phase(signal: np.ndarray, seed: int = 0) -> np.ndarray:
    """The signal with the phase of every bin of its spectrogram drawn at random."""
    from scipy.signal import istft, stft

    spectrum = stft(signal, nperseg=512)[2]
    phases = np.exp(2j * np.pi * np.random.default_rng(seed).random(spectrum.shape))
    return istft(np.abs(spectrum) * phases, nperseg=512)[1][: len(signal)].astype(np.float32)


def lag_of(clips: list[np.ndarray], change: Change, rate: int = RATE) -> Lag:
    return common_lag((correlate_pair(clip, change(clip), rate), rate) for clip in clips)


@pytest.fixture(scope="module")
def talk(make_voice) -> list[np.ndarray]:
    """Speech of voices of several pitches."""
    return [make_voice(1.0, pitch) for pitch in (90.0, 105.0, 120.0, 140.0, 165.0, 190.0, 220.0)]


@pytest.fixture(scope="module")
def music() -> list[np.ndarray]:
    """Chords of notes that begin one after another and die away, at 44.1 kHz."""
    rng, clips = np.random.default_rng(0), []
    time = np.arange(44100) / 44100
    for _ in range(5):
        clip = np.zeros_like(time)
        for begin in rng.uniform(0, 0.8, 12):
            since = np.maximum(time - begin, 0)
            clip += (
                np.sin(2 * np.pi * 110 * 2 ** (rng.integers(0, 36) / 12) * since) * np.exp(-since / 0.2) * (since > 0)
            )
        clips.append((clip / 12).astype(np.float32))
    return clips


@given(lag=st.integers(-800, 800))
@settings(max_examples=30, deadline=None)
def test_the_lag_within_50_ms_is_found_and_taken_out(lag):
    signal = np.random.default_rng(0).standard_normal(4000).astype(np.float32)
    estimate = shifted(signal, lag)
    assert lag_of([signal], lambda clip: shifted(clip, lag)) == (lag, RATE)
    assert si_sdr(*apply_lag(signal, estimate, lag)) == LIMIT


@pytest.mark.parametrize("polarity", [1, -1])
@pytest.mark.parametrize("lag", [-300, -8, -1, 0, 1, 37, 240])
def test_a_delay_is_found_to_the_sample_in_either_polarity(talk, music, lag, polarity):
    assert lag_of(talk, lambda clip: polarity * shifted(clip, lag)).samples == lag
    assert lag_of(music, lambda clip: polarity * shifted(clip, lag), 44100).samples == lag


def test_a_late_estimate_has_a_positive_lag(speech):
    assert lag_of([speech], lambda clip: shifted(clip, 37)).samples == 37


def test_a_real_lag_is_found_in_noise(talk):
    rng = np.random.default_rng(0)
    noisy = lag_of(talk, lambda clip: shifted(clip, -120) + 0.3 * rng.standard_normal(len(clip)).astype(np.float32))
    assert noisy.samples == -120


@pytest.mark.parametrize("gain", [0.1, -0.1])
def test_gain_does_not_move_the_lag(speech, gain):
    assert lag_of([speech], lambda clip: gain * shifted(clip, 25)).samples == 25


@pytest.mark.parametrize("clips", ["talk", "music"])
@pytest.mark.parametrize("lag", [0, 200])
def test_phase_noise_has_no_delay(clips, lag, request):
    for seed in range(5):
        with pytest.raises(MetricUndefined, match=r"no delay measurable: the lags of \d of \d clips agree within 1 ms"):
            lag_of(request.getfixturevalue(clips), lambda clip: shifted(without_phase(clip, seed), lag))  # noqa: B023


def test_one_clip_of_phase_noise_has_no_delay(english):
    with pytest.raises(MetricUndefined, match=r"no delay measurable: the mean correlation is 0\.\d+ at its largest"):
        lag_of([english], without_phase)


def test_clips_of_two_delays_have_the_one_of_most_of_them_or_none(talk):
    assert common_lag(delayed(talk, 40, 40, 40, 40, 40, 0, -90)).samples == 40
    with pytest.raises(MetricUndefined, match="the lags of 3 of 7 clips agree"):
        common_lag(delayed(talk, 40, 40, 40, 0, 300, -90, -300))


def delayed(clips: list[np.ndarray], *lags: int) -> list[tuple[np.ndarray, int]]:
    pairs = zip(clips, lags, strict=True)
    return [(correlate_pair(clip, shifted(clip, lag), RATE), RATE) for clip, lag in pairs]


def test_a_few_clips_that_lie_a_sample_aside_do_not_move_the_lag(talk):

    assert common_lag(delayed(talk, 0, 0, 0, 0, 0, 3, 3)).samples == 0


def test_a_lag_is_that_of_the_highest_rate_of_its_clips():
    """What is 20 samples late at 8 kHz is 60 late at 24 kHz."""
    rng = np.random.default_rng(0)
    clips = [rng.standard_normal(rate).astype(np.float32) for rate in (8000, 24000, 16000, 24000)]
    pairs = [(correlate_pair(clip, shifted(clip, len(clip) // 400), len(clip)), len(clip)) for clip in clips]
    assert common_lag(pairs) == (60, 24000)
    assert [common_lag(pairs).at(rate) for rate in (8000, 16000, 24000)] == [20, 40, 60]


def test_the_search_ends_at_50_ms():
    signal = np.random.default_rng(0).standard_normal(8000)
    assert abs(peak(correlate_pair(signal, shifted(signal, 2000), RATE))) <= 800


def test_a_periodic_signal_is_not_moved_by_a_period():
    tone = np.sin(2 * np.pi * 400 * np.arange(16000) / RATE)
    assert lag_of([tone], lambda clip: clip).samples == 0
    assert lag_of([tone], lambda clip: -clip).samples == 0


def test_one_sample_has_no_delay_to_speak_of():
    assert lag_of([np.ones(1)], lambda clip: clip).samples == 0


def test_silence_has_no_lag(voice):
    with pytest.raises(MetricUndefined, match="silent"):
        correlate_pair(voice, np.zeros_like(voice), RATE)
    with pytest.raises(MetricUndefined, match="no delay measurable: all clips are silent"):
        common_lag([])


def test_aligned_metrics_are_a_version_above_their_plain_ones():
    """In the version of the plain metric, they took the median of the clips' lags, whether those agreed or not."""
    for name in ("si_sdr", "mel_distance", "stft_distance"):
        assert catalogue.get(f"{name}_aligned").version == catalogue.get(name).version + 1
    assert catalogue.get("sdr_aligned").version == 3
