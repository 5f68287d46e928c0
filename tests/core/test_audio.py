from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
import torch
from hypothesis import given
from hypothesis import strategies as st

from audiotok import Audio
from audiotok.errors import AudiotokError, InvalidAudio


def noise(*shape: int) -> torch.Tensor:
    return 0.1 * torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_clips_are_padded_with_zeros_and_come_back_without() -> None:
    clips = [noise(1, 5), noise(1, 9)]
    audio = Audio.from_clips(clips, 16000)
    assert audio.waveform.shape == (2, 1, 9)
    assert not audio.waveform[0, :, 5:].any()
    assert all(torch.equal(a, b) for a, b in zip(audio.clips(), clips, strict=True))


@pytest.mark.parametrize(
    "waveform",
    [
        torch.full((1, 1, 4), torch.nan),
        torch.full((1, 1, 4), torch.inf),
        torch.zeros(1, 1, 0),
        torch.zeros(4),
        torch.zeros(1, 1, 4, dtype=torch.float64),
    ],
    ids=["nan", "infinite", "empty", "no batch", "float64"],
)
def test_a_waveform_that_cannot_be_used_is_refused(waveform: torch.Tensor) -> None:
    with pytest.raises(InvalidAudio):
        Audio(waveform, torch.tensor([max(1, waveform.shape[-1])]), 16000)


@pytest.mark.parametrize("rate", [0, -1, 16000.0, None, True, 10**7])
def test_a_sample_rate_that_is_none_is_refused(rate: object) -> None:
    with pytest.raises(InvalidAudio, match="sample_rate"):
        Audio(torch.zeros(1, 1, 4), torch.tensor([4]), rate)


def test_an_array_needs_its_sample_rate() -> None:
    with pytest.raises(InvalidAudio, match="pass sample_rate="):
        Audio.from_array(np.zeros(4), None)


def test_integer_pcm_is_scaled_by_its_full_range() -> None:
    audio = Audio.from_array(np.array([-32768, 16384], np.int16), 16000)
    assert audio.waveform.tolist() == [[[-1.0, 0.5]]]


def test_an_array_with_time_first_is_refused() -> None:
    with pytest.raises(InvalidAudio, match=r"\[C, T\]"):
        Audio.from_array(np.zeros((16000, 2)), 16000)


def test_a_wav_comes_back_to_the_bit(tmp_path: Path) -> None:
    audio = Audio.from_array(3 * noise(2, 500), 44100)
    audio.save(tmp_path / "a.wav")
    again = Audio.load(tmp_path / "a.wav")
    assert torch.equal(again.waveform, audio.waveform)
    assert again.sample_rate == 44100


def test_a_truncated_wav_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, noise(1000).numpy(), 16000)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(InvalidAudio, match="cut short, its header says 1000 frames"):
        Audio.load(path)


def test_a_truncated_flac_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    soundfile.write(path, noise(50000).numpy(), 16000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InvalidAudio, match="cut"):
        Audio.load(path)


def test_a_text_file_named_wav_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("hello")
    with pytest.raises(InvalidAudio, match="not an audio file"):
        Audio.load(tmp_path / "a.wav")


def test_a_wav_without_samples_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(0), 16000)
    with pytest.raises(InvalidAudio, match="no samples"):
        Audio.load(tmp_path / "a.wav")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidAudio, match="no such file"):
        Audio.load(tmp_path / "a.wav")


def test_a_file_with_nan_names_itself(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.array([0.0, np.nan]), 16000, subtype="FLOAT")
    with pytest.raises(InvalidAudio, match=r"a\.wav.*NaN"):
        Audio.load(tmp_path / "a.wav")


def test_a_full_disk_is_an_error_that_names_the_file(
    tmp_path: Path, full_disk: Callable[[], AbstractContextManager[None]]
) -> None:
    with full_disk(), pytest.raises(AudiotokError, match=r"a\.wav: cannot be written"):
        Audio.from_array(torch.zeros(10000), 16000).save(tmp_path / "a.wav")


@given(st.integers(1, 3000), st.sampled_from([(44100, 16000), (16000, 24000), (48000, 8000), (8000, 44100)]))
def test_resampling_gives_the_rounded_length(samples: int, rates: tuple[int, int]) -> None:
    old, new = rates
    resampled = Audio.from_array(torch.ones(samples), old).resample(new)
    assert int(resampled.lengths) == max(1, int(samples * new / old + 0.5))


def test_resampling_is_soxr_hq() -> None:
    wave = noise(5000)
    expected = soxr.resample(wave.numpy(), 44100, 16000, quality="HQ")
    assert np.array_equal(Audio.from_array(wave, 44100).resample(16000).numpy()[0], expected)


def test_resampling_a_clip_does_not_see_its_neighbour() -> None:
    clips = [noise(1, 400), noise(1, 3000)]
    batch = Audio.from_clips(clips, 24000).resample(16000)
    alone = Audio.from_clips(clips[:1], 24000).resample(16000)
    assert torch.equal(batch[0].waveform, alone.waveform)


@pytest.mark.parametrize("kind", [">f4", ">f8", ">i2", ">i4"])
def test_the_byte_order_of_an_array_does_not_matter(kind: str) -> None:
    native = (np.arange(100) * 100).astype(kind[1:]) if "i" in kind else np.linspace(-1, 1, 100).astype(kind[1:])
    expected = Audio.from_array(native, 16000)
    assert torch.equal(Audio.from_array(native.astype(kind), 16000).waveform, expected.waveform)
