import numpy as np
import pytest
from scipy.stats import pearsonr

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics import score
from audiotok.metrics.f0_correlation import log_f0_correlation

NAN = np.nan
RNG = np.random.default_rng(0)
TRACK = 120 * 2 ** (0.2 * np.sin(np.arange(40) / 5))


def test_it_is_pearsons_r_of_log_f0_over_the_frames_voiced_in_both():
    estimate = TRACK * np.exp(0.05 * RNG.standard_normal(40))
    reference = TRACK.copy()
    reference[:5], estimate[30:] = NAN, NAN
    expected = pearsonr(np.log(reference[5:30]), np.log(estimate[5:30])).statistic
    assert 0.5 < expected < 0.99
    assert log_f0_correlation(reference, estimate) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("factor", [1.0, 0.5, 2.0])
def test_a_constant_factor_of_pitch_costs_nothing(factor):
    assert log_f0_correlation(TRACK, factor * TRACK) == pytest.approx(1, abs=1e-12)


def test_a_mirrored_melody_is_at_minus_one():
    assert log_f0_correlation(TRACK, 120**2 / TRACK) == pytest.approx(-1, abs=1e-12)


def test_fewer_than_ten_frames_voiced_in_both_have_no_correlation():
    estimate = TRACK.copy()
    estimate[9:] = NAN
    with pytest.raises(MetricUndefined, match="9 frames"):
        log_f0_correlation(TRACK, estimate)


def test_a_whispered_estimate_has_no_correlation():
    with pytest.raises(MetricUndefined, match="voiced in both"):
        log_f0_correlation(TRACK, np.full(40, NAN))


@pytest.mark.parametrize(("which", "pair"), [("reference", (0, 1)), ("estimate", (1, 0))])
def test_a_flat_pitch_has_no_correlation(which, pair):
    tracks = (np.full(40, 120.0), TRACK)
    with pytest.raises(MetricUndefined, match=f"the {which} is flat"):
        log_f0_correlation(tracks[pair[0]], tracks[pair[1]])


def test_tracks_of_unlike_lengths_are_refused():
    with pytest.raises(InvalidAudio, match="equally long"):
        log_f0_correlation(TRACK, TRACK[:-1])


def test_speech_at_half_the_level_keeps_its_melody(english):
    assert score("log_f0_correlation", english, english / 2, 16000) == pytest.approx(1, abs=1e-6)


def test_another_melody_does_not_follow_the_references(english, italian):
    length = min(len(english), len(italian))
    assert score("log_f0_correlation", english[:length], italian[:length], 16000) < 0.8
