"""Log-mel frames and Griffin–Lim."""

import pytest
import torch

from audiotok.metrics.stoi import stoi
from audiotok.models.mel import BANDS, FLOOR, griffin_lim, log_mel, magnitudes


@pytest.mark.parametrize(("samples", "frames"), [(1, 1), (160, 1), (161, 2), (32000, 200)])
def test_a_frame_covers_ten_milliseconds(samples, frames):
    assert log_mel(torch.ones(samples)).shape == (frames, BANDS)


def test_silence_is_the_floor():
    assert bool((log_mel(torch.zeros(500)) == FLOOR).all())


def test_a_gain_is_a_shift(vowel):
    louder = log_mel(2 * vowel)
    loud = log_mel(vowel)
    heard = loud > FLOOR + 1
    assert torch.allclose((louder - loud)[heard], torch.tensor(2.0).log(), atol=1e-3)


def test_a_batch_is_its_clips(vowel):
    batch = log_mel(torch.stack([vowel, 0.5 * vowel]))
    assert torch.allclose(batch[1], log_mel(0.5 * vowel), atol=1e-4)


def test_a_spectrum_that_has_the_bands_is_found(vowel):
    bands = log_mel(vowel).exp()
    spectrum = magnitudes(bands.log())
    assert bool((spectrum >= 0).all())
    from audiotok.models.mel import filters

    again = filters(bands.device).T @ spectrum
    assert float((again.T - bands).abs().sum() / bands.sum()) < 0.02


def test_griffin_lim_returns_what_was_said(vowel):
    waveform = griffin_lim(log_mel(vowel))
    assert waveform.shape == vowel.shape
    assert stoi(vowel.numpy(), waveform.numpy(), 16000) > 0.9


def test_griffin_lim_is_deterministic(vowel):
    frames = log_mel(vowel[:4000])
    first = griffin_lim(frames)
    torch.rand(5)
    assert torch.equal(first, griffin_lim(frames))


def test_silence_decodes_to_silence():
    assert float(griffin_lim(torch.full((10, BANDS), FLOOR)).abs().max()) < 1e-4
