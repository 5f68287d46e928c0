"""Agreement with Essentia 2.1-beta6's spectrogram and, on it, with the network of the package aisfx 0.1.2."""

import numpy as np
import pytest
import torch

from audiotok.errors import AssetUnavailable, InvalidAudio
from audiotok.metrics.aisfx import AISFX, LOUDEST, AiSFX, segments, spectrogram


def glide(seconds: float) -> np.ndarray:
    """A tone that rises and pulses, and a short high one twice a second."""
    t = np.arange(int(seconds * 44100)) / 44100
    low = 0.4 * np.sin(2 * np.pi * (200 * t + 300 * t * t)) * (1 + np.sin(6 * np.pi * t)) / 2
    return (low + 0.1 * np.sin(2 * np.pi * 5000 * t) * (t % 0.5 < 0.1)).astype(np.float32)


@pytest.mark.parametrize(("samples", "frames"), [(1000, 2), (1024, 2), (2048, 3), (3000, 4), (44032, 44), (44100, 45)])
def test_there_are_as_many_frames_as_essentia_cuts(samples: int, frames: int) -> None:
    assert spectrogram(torch.zeros(samples)).shape == (frames, 96)


def test_the_spectrogram_is_essentias() -> None:
    found = spectrogram(torch.from_numpy(glide(1.0)))
    essentia = [[2.0748907e-01, 5.1262701e-05, 3.0979887e-04], [1.9921314e-02, 6.8177222e-05, 5.4739941e-09]]
    assert found[[3, 20]][:, [2, 30, 60]].numpy() == pytest.approx(np.array(essentia), abs=1e-6)


def test_a_full_scale_sine_is_near_the_loudest_value_of_the_authors_data() -> None:
    # 1024 is the sum of the window over two; the band holds a part of its power.
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(44100) / 44100)
    assert 0.9 < float(spectrogram(tone).max()) < np.log10(1e4 * 512**2 + 1) / LOUDEST


def test_segments_overlap_by_half_and_a_short_signal_has_one() -> None:
    frames = torch.arange(217.0)[:, None].expand(217, 96)
    assert segments(frames)[:, 0, 0].tolist() == [0, 50, 100]
    assert segments(frames).shape == (3, 100, 96)
    (short,) = segments(frames[:60] + 1)
    assert short[:, 0].tolist() == [*range(1, 61), *[0] * 40]


@pytest.fixture(scope="module")
def model() -> AiSFX:
    try:
        return AiSFX()
    except AssetUnavailable as error:
        pytest.skip(f"the weights of aisfx are not here: {error}")


@pytest.mark.weights
def test_the_embedding_is_that_of_the_package(model: AiSFX) -> None:
    found = model.embed(glide(5.0))
    theirs = [
        [1.815704, 0.09126338, 1.9162321],
        [1.1721153, 0.16041683, 1.6668457],
        [0.7215299, 0.24019486, 2.333677],
    ]
    assert found[:, [0, 100, 511]] == pytest.approx(np.array(theirs), abs=1e-4)
    assert np.linalg.norm(found, axis=1) == pytest.approx([49.213493, 46.14712, 45.47392], abs=1e-3)
    assert np.linalg.norm(model.embed(glide(1.0)), axis=1) == pytest.approx([44.850677], abs=1e-3)


@pytest.mark.weights
def test_silence_has_an_embedding_far_from_that_of_a_sound(model: AiSFX) -> None:
    silence = model.embed(np.zeros(1, np.float32))
    assert silence.shape == (1, 512)
    assert np.linalg.norm(silence - model.embed(glide(1.0))) > 10


@pytest.mark.weights
def test_what_is_no_waveform_is_refused(model: AiSFX) -> None:
    with pytest.raises(InvalidAudio, match=r"a finite waveform \[T\]"):
        model.embed(np.zeros((2, 9), np.float32))
    with pytest.raises(InvalidAudio, match="expected 44100 Hz, got 16000 Hz"):
        AISFX.run(glide(1.0), 16000, None, model)  # type: ignore[arg-type]
