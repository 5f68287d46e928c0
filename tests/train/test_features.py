"""From clips to one stream of frames."""

from dataclasses import replace

import pytest
import soundfile
import torch

from audiotok import data
from audiotok.errors import InvalidData
from audiotok.models.mel import BANDS, FLOOR, log_mel
from audiotok.train.features import Stream, WaveformFeatures, augment, stream


class Counter:
    """A teacher of 25 frames/s, whose frame i says i."""

    sample_rate = 8000
    hop = 320
    dim = 1
    num_parameters = 0

    def __call__(self, waveform: torch.Tensor) -> torch.Tensor:
        return torch.arange(-(-len(waveform) // self.hop)).float()[:, None]


class Negative(Counter):
    """Counts downwards."""

    def __call__(self, waveform: torch.Tensor) -> torch.Tensor:
        return -super().__call__(waveform)


class Fifty(Counter):
    """The same at 50 frames/s."""

    sample_rate = 16000


def test_the_stream_is_the_clips_one_after_the_other(vowels, tmp_path):
    made = stream(vowels, 2, tmp_path)
    clips = sorted(vowels, key=lambda clip: clip.id)
    expected = [log_mel(data.read(clip, vowels.root).waveform[0, 0]) for clip in clips]
    expected = torch.cat([frames[: len(frames) // 2 * 2] for frames in expected])
    assert torch.allclose(made.frames.float(), expected, atol=5e-3)  # half precision
    assert vowels.sha256 in made.data


def test_teachers_have_a_vector_for_each_token_frame(vowels, tmp_path):
    made = stream(vowels, 4, tmp_path, teachers={"counter": Counter()})
    assert made.teachers["counter"].shape == (len(made.frames) // 4, 1)
    finer = stream(vowels, 2, tmp_path, teachers={"counter": Counter()})
    assert len(finer.teachers["counter"]) == len(finer.frames) // 2


@pytest.mark.parametrize(("stack", "heard"), [(2, None), (320, WaveformFeatures())])
def test_a_teacher_s_frame_stays_beside_its_token_frame(tmp_path, stack, heard):
    """A clip of 100.5 frames of the teacher, which has 101, and the codec 100."""
    soundfile.write(tmp_path / "clip.wav", torch.rand(100 * 320 + 160).numpy() - 0.5, 16000)
    manifest, _ = data.make(tmp_path, "clip", domain="speech")
    made = stream(replace(manifest, root=tmp_path), stack, tmp_path / "cache", teachers={"fifty": Fifty()}, heard=heard)
    assert made.teachers["fifty"][:, 0].tolist() == list(range(100))


def test_a_lower_rate_has_means_of_the_frames_that_a_token_covers(tmp_path):
    soundfile.write(tmp_path / "clip.wav", torch.rand(20 * 320 + 400).numpy() - 0.5, 16000)
    manifest, _ = data.make(tmp_path, "clip", domain="speech")
    made = stream(replace(manifest, root=tmp_path), 8, tmp_path / "cache", teachers={"fifty": Fifty()})
    assert made.teachers["fifty"][:, 0].tolist() == [1.5, 5.5, 9.5, 13.5, 17.5]


def test_a_slower_clip_has_more_frames(vowels, tmp_path):
    one, both = stream(vowels, 2, tmp_path), stream(vowels, 2, tmp_path, speeds=(1.0, 0.5))
    assert len(both.frames) == pytest.approx(3 * len(one.frames), rel=0.02)
    assert "speeds 1, 0.5" in both.data


@pytest.mark.parametrize(("least", "expected"), [(1, 100), (400, 500), (5000, 1000)])
def test_a_sample_has_as_many_token_frames_as_are_asked_for(least, expected):
    made = Stream(torch.zeros(16_000, BANDS), 16, {}, "zeros")
    assert made.sample(least, most=1600).shape == (16 * expected, BANDS)


def test_features_are_read_back(vowels, tmp_path):
    first = stream(vowels, 2, tmp_path)
    for clip in vowels:
        (vowels.root / clip.path).unlink()
    assert torch.equal(stream(vowels, 2, tmp_path).frames, first.frames)


def test_features_of_a_teacher_are_computed_again_after_its_folder_changed(vowels, tmp_path):
    folder = tmp_path / "teacher"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"one")
    first = stream(vowels, 4, tmp_path, teachers={str(folder): Counter()}).teachers[str(folder)]
    (folder / "model.safetensors").write_bytes(b"two")
    assert torch.equal(stream(vowels, 4, tmp_path, teachers={str(folder): Negative()}).teachers[str(folder)], -first)


def test_no_clips_are_refused(vowels, tmp_path):
    with pytest.raises(InvalidData, match="no clips"):
        stream(vowels.split("none"), 2, tmp_path)


def test_a_silent_data_set_is_refused(vowels, tmp_path):
    folder = tmp_path / "silence"
    folder.mkdir()
    soundfile.write(folder / "silence.wav", torch.zeros(8000).numpy(), 16000)
    manifest, _ = data.make(folder, "silence", domain="speech")
    with pytest.raises(InvalidData, match="silent"):
        stream(replace(manifest, root=folder), 2, tmp_path / "features")


def test_augmented_frames_are_the_same_for_the_same_generator_and_stay_above_the_floor():
    frames = torch.randn(4, 20, BANDS) * 3 - 3
    first, again = (augment(frames, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, again)
    assert float(first.min()) >= FLOOR - 1e-6
    assert not torch.equal(first, frames)


def test_augmentation_of_a_clip_is_a_level_and_a_smooth_curve():
    """Apart from the three in ten with another clip in the background."""
    frames = torch.full((1, 20, BANDS), 2.0) + torch.randn(1, 20, 1)
    change = augment(frames, torch.Generator().manual_seed(0)) - frames
    assert torch.allclose(change, change[:, :1].expand_as(change), atol=0.1)
    assert float(change.diff(dim=2).abs().max()) < 0.1
