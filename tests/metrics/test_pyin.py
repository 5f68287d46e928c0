"""Agreement with librosa.pyin, frame by frame."""

import json
from pathlib import Path

import numpy as np
import pytest

from audiotok.metrics.dependencies import needs
from audiotok.metrics.pyin import pyin

TIME = np.arange(24000) / 16000
RANDOM = np.random.default_rng(0)
SIGNALS = {
    "a tone that jumps by two octaves": np.where(TIME < 0.7, np.sin(200 * np.pi * TIME), np.sin(800 * np.pi * TIME)),
    "harmonics after a pause": np.r_[np.zeros(8000), sum(np.sin(300 * np.pi * k * TIME) for k in range(1, 9))[:16000]],
    "noise": RANDOM.normal(size=24000),
    "clicks": (RANDOM.random(24000) < 0.001) * 1.0,
    "a glide": np.sin(2 * np.pi * (100 * TIME + 100 * TIME**2)),
}


#: What librosa.pyin of librosa 0.11.0 gives, in tenths of a semitone above the lowest pitch; None where unvoiced.
LIBROSA = json.loads(Path(__file__).with_name("librosa_pyin.json").read_text(encoding="utf-8"))
RANGE = (16000, 65.0, 500.0, 1024, 256)
OTHER = (8000, 80.0, 400.0, 512, 100)


def librosas(name, fmin):
    return np.array([np.nan if step is None else fmin * 2 ** (step / 120) for step in LIBROSA[name]])


def live(waveform, rate, fmin, fmax, frame, hop):
    librosa = needs("librosa")
    return librosa.pyin(waveform, fmin=fmin, fmax=fmax, sr=rate, frame_length=frame, hop_length=hop)[0]


def quiet(signal):
    return (0.1 * signal / np.abs(signal).max()).astype(np.float32)


def test_the_track_of_speech_is_librosas(english):
    track = pyin(english, *RANGE)
    assert np.isfinite(track).sum() == 196
    np.testing.assert_allclose(track, librosas("speech", 65.0), rtol=1e-12)


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_track_of_other_signals_is_librosas(signal):
    np.testing.assert_allclose(pyin(quiet(SIGNALS[signal]), *RANGE), librosas(signal, 65.0), rtol=1e-12)


def test_other_rates_ranges_and_frames_are_librosas(english):
    track = pyin(english[:16000], *OTHER)
    np.testing.assert_allclose(track, librosas("speech at another rate", 80.0), rtol=1e-12)


@pytest.mark.slow
def test_the_tracks_are_those_of_the_librosa_that_is_installed(english):
    """It compiles librosa's own kernels, which nothing else needs."""
    np.testing.assert_array_equal(pyin(english, *RANGE), live(english, *RANGE))
    np.testing.assert_array_equal(pyin(english[:16000], *OTHER), live(english[:16000], *OTHER))
    for signal in map(quiet, SIGNALS.values()):
        np.testing.assert_array_equal(pyin(signal, *RANGE), live(signal, *RANGE))


@pytest.mark.parametrize("seed", range(20))
def test_the_path_is_that_of_all_pairs_of_states(seed):
    """Against Viterbi's algorithm over a whole matrix, where improbable leaps pay."""
    random = np.random.default_rng(seed)
    pitches, reach, frames = 9, 2, 12
    stay, switch = (np.log(random.uniform(0.01, 1, size=(pitches, 2 * reach + 1))) for _ in range(2))
    observed = np.where(random.random((frames, 2 * pitches)) < 0.2, 0.0, -8.0)
    elsewhere, start = -6.0, -1.0
    steps = np.full((2 * pitches, 2 * pitches), elsewhere)  # [to, from]
    for to in range(2 * pitches):
        for come in range(2 * pitches):
            offset = come % pitches - to % pitches
            if abs(offset) <= reach:
                band = stay if (come < pitches) == (to < pitches) else switch
                steps[to, come] = band[to % pitches, offset + reach]
    likely, origins = observed[0] + start, []
    for frame in observed[1:]:
        ways = likely + steps
        origins.append(ways.argmax(axis=1))
        likely = frame + ways.max(axis=1)
    path = [likely.argmax()]
    for origin in reversed(origins):
        path.append(origin[path[-1]])
    ours = needs("audiotok.metrics._pyin").most_likely_path(observed, stay, switch, elsewhere, start)
    assert ours.tolist() == path[::-1]
