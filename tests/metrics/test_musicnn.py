"""Agreement with the package musicnn 0.1.0, its network run by TensorFlow 2.21 on librosa's spectrogram in float32.

The package takes float16, in which this signal overflows, so that all its tags are NaN.
"""

import numpy as np
import pytest

from audiotok.errors import AssetUnavailable, InvalidAudio
from audiotok.metrics.musicnn import MUSICNN, MusiCNN, segments, spectrogram


def glide(seconds: float) -> np.ndarray:
    """A tone that rises and pulses, and a short high one twice a second."""
    t = np.arange(int(seconds * 16000)) / 16000
    low = 0.4 * np.sin(2 * np.pi * (200 * t + 60 * t * t)) * (1 + np.sin(6 * np.pi * t)) / 2
    return (low + 0.1 * np.sin(2 * np.pi * 5000 * t) * (t % 0.5 < 0.1)).astype(np.float32)


def test_the_spectrogram_is_librosas() -> None:
    found = spectrogram(glide(6.5))
    assert found.shape == (407, 96)
    theirs = [[1.578887, 1.069542, 4.009431], [7.9e-05, 0.002105, 4.009431]]
    assert found[[3, 220]][:, [2, 10, 81]] == pytest.approx(np.array(theirs), abs=1e-5)
    assert 10 ** found.max() / 10000 > 6.55  # where float16 ends


def test_segments_stand_one_after_the_other_and_a_short_signal_is_repeated() -> None:
    frames = np.arange(400.0, dtype=np.float32)[:, None].repeat(96, axis=1)
    assert segments(frames)[:, [0, -1], 0].tolist() == [[0, 186], [187, 373]]
    (short,) = segments(frames[:100])
    assert short[:, 0].tolist() == [*range(100), *range(87)]


@pytest.fixture(scope="module")
def model() -> MusiCNN:
    try:
        return MusiCNN()
    except AssetUnavailable as error:
        pytest.skip(f"the weights of musicnn are not here: {error}")


@pytest.mark.weights
def test_the_embedding_is_the_layer_before_the_packages_tags(model: MusiCNN) -> None:
    found = model.embed(glide(6.5))
    assert found.shape == (2, 200)
    theirs = [[0.32624683, 1.91817474, 1.26432908], [-0.07995161, 1.91373670, 0.90989172]]
    assert found[:, [0, 100, 199]] == pytest.approx(np.array(theirs), abs=1e-4)
    assert np.linalg.norm(found, axis=1) == pytest.approx([9.747875, 10.143204], abs=1e-4)


@pytest.mark.weights
def test_a_short_sound_and_silence_have_an_embedding(model: MusiCNN) -> None:
    assert np.linalg.norm(model.embed(glide(1.0)), axis=1) == pytest.approx([9.773372], abs=1e-4)
    silence = model.embed(np.zeros(1, np.float32))
    assert silence.shape == (1, 200)
    assert np.linalg.norm(silence - model.embed(glide(1.0))) > 5


@pytest.mark.weights
def test_what_is_no_waveform_is_refused(model: MusiCNN) -> None:
    with pytest.raises(InvalidAudio, match=r"a finite waveform \[T\]"):
        model.embed(np.zeros((2, 9), np.float32))
    with pytest.raises(InvalidAudio, match="expected 16000 Hz, got 44100 Hz"):
        MUSICNN.run(glide(1.0), 44100, None, model)  # type: ignore[arg-type]
