import numpy as np
import pytest

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics.dependencies import needs
from audiotok.metrics.f0 import METRICS, f0_error, f0_rmse, f0_track, voicing_error
from audiotok.metrics.outcomes import ClipScore

NAN = np.nan


@pytest.mark.slow
def test_the_track_is_librosas(speech):
    expected, _, _ = needs("librosa").pyin(
        speech, fmin=65, fmax=500, sr=16000, frame_length=1024, hop_length=256, resolution=0.1
    )
    np.testing.assert_array_equal(f0_track(speech, 16000), expected)


@pytest.mark.parametrize("pitch", [90.0, 220.0, 440.0])
def test_the_pitch_of_a_steady_tone_is_found_to_ten_cents(pitch):
    phase = 2 * np.pi * pitch * np.arange(16000) / 16000
    tone = sum(np.sin(k * phase) / k for k in range(1, 8)).astype(np.float32) / 3
    assert 1200 * np.log2(np.nanmedian(f0_track(tone, 16000)) / pitch) == pytest.approx(0, abs=10)


@pytest.mark.parametrize("factor", [-1.0, 0.25])
def test_gain_and_polarity_do_not_move_the_track(voice, factor):
    np.testing.assert_allclose(f0_track(factor * voice, 16000), f0_track(voice, 16000), rtol=1e-6)


@pytest.mark.parametrize("measure", [f0_error, f0_rmse, voicing_error])
def test_identical_tracks_have_no_error(measure):
    track = np.array([NAN, 100.0, 200.0])
    assert measure(track, track.copy()).value == 0


def test_f0_error_counts_cents_where_both_are_voiced():
    reference = np.array([100.0, 100.0, 100.0, NAN])
    estimate = np.array([200.0, 100.0, NAN, 300.0])
    assert f0_error(reference, estimate) == ClipScore(1200.0, 2.0)


def test_f0_rmse_is_in_hz_where_both_are_voiced():
    reference = np.array([100.0, 100.0, 100.0, NAN])
    estimate = np.array([103.0, 96.0, NAN, 300.0])
    assert f0_rmse(reference, estimate).value == pytest.approx(np.sqrt((9 + 16) / 2))


def test_voicing_error_counts_frames_voiced_in_one_signal_only():
    assert voicing_error(np.array([100.0, NAN, 100.0, NAN]), np.array([100.0, 100.0, NAN, NAN])) == ClipScore(2.0, 4.0)


@pytest.mark.parametrize("measure", [f0_error, f0_rmse, voicing_error])
def test_an_unvoiced_reference_leaves_all_undefined(measure):
    with pytest.raises(MetricUndefined, match="no voiced frame"):
        measure(np.array([NAN, NAN]), np.array([100.0, NAN]))


@pytest.mark.parametrize("measure", [f0_error, f0_rmse])
def test_a_whispered_estimate_has_no_f0_error(measure):
    with pytest.raises(MetricUndefined, match="voiced in both"):
        measure(np.array([100.0, NAN]), np.array([NAN, NAN]))


def test_a_whispered_estimate_has_a_voicing_error():
    assert voicing_error(np.array([100.0, NAN]), np.array([NAN, NAN])).value == 0.5


def test_noise_has_no_pitch():
    noise = np.random.default_rng(0).normal(scale=0.1, size=16000).astype(np.float32)
    assert np.isnan(f0_track(noise, 16000)).mean() > 0.9


def test_silence_has_no_track():
    with pytest.raises(MetricUndefined, match="silent"):
        f0_track(np.zeros(16000, np.float32), 16000)


def test_another_rate_is_refused(voice):
    with pytest.raises(InvalidAudio, match="16000"):
        f0_track(voice, 44100)


@pytest.mark.parametrize("samples", [1, 200, 700])
def test_a_clip_shorter_than_a_frame_has_a_track_or_a_reason(voice, samples):
    track = f0_track(voice[2000 : 2000 + samples], 16000)
    assert len(track) == 1 + samples // 256


def test_a_pitch_raised_by_a_semitone_is_100_cents_off(clip, make_voice):
    tracks = [{"f0": f0_track(make_voice(2.0, pitch), 16000)} for pitch in (120.0, 120.0 * 2 ** (1 / 12))]
    assert METRICS[0].score(*tracks, clip).value == pytest.approx(100, abs=10)
