import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiotok.errors import MetricUndefined
from audiotok.metrics.alignment import apply_lag, estimate_lag
from audiotok.metrics.distortion import LIMIT, si_sdr

RATE = 16000


def shifted(signal: np.ndarray, lag: int) -> np.ndarray:
    """The signal `lag` samples later, zeros moved in."""
    return np.pad(signal, (max(0, lag), max(0, -lag)))[max(0, -lag) :][: len(signal)]


@given(lag=st.integers(-800, 800))
@settings(max_examples=30, deadline=None)
def test_the_lag_within_50_ms_is_found_and_taken_out(lag):
    signal = np.random.default_rng(0).standard_normal(4000).astype(np.float32)
    estimate = shifted(signal, lag)
    assert estimate_lag(signal, estimate, RATE) == lag
    assert si_sdr(*apply_lag(signal, estimate, lag)) == LIMIT


def test_a_late_estimate_has_a_positive_lag(speech):
    assert estimate_lag(speech, shifted(speech, 37), RATE) == 37


def test_a_real_lag_is_found_in_noise(speech):
    estimate = shifted(speech, -120) + 0.01 * np.random.default_rng(0).standard_normal(len(speech))
    assert estimate_lag(speech, estimate.astype(np.float32), RATE) == -120


def test_gain_does_not_move_the_lag(speech):
    assert estimate_lag(speech, 0.1 * shifted(speech, 25), RATE) == 25


def test_the_search_ends_at_50_ms():
    signal = np.random.default_rng(0).standard_normal(8000)
    assert abs(estimate_lag(signal, shifted(signal, 2000), RATE)) <= 800


def test_a_periodic_signal_is_not_moved_by_a_period():
    tone = np.sin(2 * np.pi * 400 * np.arange(16000) / RATE)
    assert estimate_lag(tone, tone, RATE) == 0


def test_one_sample_has_lag_zero():
    assert estimate_lag(np.ones(1), np.ones(1), RATE) == 0


def test_silence_has_no_lag(voice):
    with pytest.raises(MetricUndefined, match="silent"):
        estimate_lag(voice, np.zeros_like(voice), RATE)
