"""The clip of the golden codes is the same everywhere, and enough for codes to change."""

import pytest
import torch

from audiotok.golden.clip import clip_sha256, golden_clip


@pytest.mark.parametrize(
    ("sample_rate", "sha256"),
    [
        (16000, "23c25dc266fa31c04b474c83c054ff62a144bbcc3263a607d594d038477c7660"),
        (48000, "b539a35094f1a443a44e8f385f108c5cabe5857abeb7186c70c875f66854abbe"),
    ],
)
def test_the_clip_is_the_one_that_the_files_were_made_with(sample_rate: int, sha256: str) -> None:
    assert clip_sha256(golden_clip(sample_rate)) == sha256


def test_samples_are_whole_numbers_of_16_bits() -> None:
    clip = golden_clip(24000)
    assert clip.shape == (1, 48000)
    assert torch.equal(clip * 32768, (clip * 32768).round())
    assert float(clip.abs().max()) == 0.5


def test_a_second_channel_is_another_signal() -> None:
    left, right = golden_clip(48000, channels=2)
    assert torch.equal(left, golden_clip(48000)[0])
    assert not torch.equal(left, right)


def test_it_holds_voice_and_noise() -> None:
    """Half of each swell is harmonic, so that its spectrum is uneven; the other half is noise, so that it is not."""
    clip = golden_clip(16000)[0]
    voice, noise = clip[1000:5000], clip[6400:10400]  # around the extremes of a sine of 1.5 Hz
    flatness = []
    for part in (voice, noise):
        power = torch.fft.rfft(part * torch.hann_window(len(part))).abs().square()[50:-50] + 1e-12
        flatness.append(float(power.log().mean().exp() / power.mean()))
    assert flatness[0] < 0.1 < 0.3 < flatness[1]
