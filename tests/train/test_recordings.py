"""Waveforms of a data set as one stream."""

import pytest
import soundfile
import torch

from audiotok import data
from audiotok.errors import InvalidData
from audiotok.train.recordings import TrainingRecordings, recordings


@pytest.fixture
def manifest(vowel, tmp_path):
    folder = tmp_path / "audio"
    folder.mkdir()
    for name, clip in (("a", vowel[:3000]), ("b", vowel[3000:5000])):
        soundfile.write(folder / f"{name}.wav", clip.numpy(), 16000)
    return data.make(folder, "vowels", domain="speech")[0]


def test_clips_follow_each_other_and_are_read_once(manifest, vowel, tmp_path):
    first = recordings(manifest, tmp_path / "features")
    assert len(first.samples) == 5000
    assert first.data == f"vowels@sha256:{manifest.sha256}"
    found = first.samples.float()
    # 16 bit in the file, 11 bits of mantissa in the cache.
    assert float((found - vowel[:5000]).abs().max()) < 2**-11 * float(vowel.abs().max()) + 2**-15
    for file in (tmp_path / "audio").iterdir():
        file.unlink()
    assert torch.equal(recordings(manifest, tmp_path / "features").samples, first.samples)


def test_a_slower_speed_is_longer(manifest, tmp_path):
    both = recordings(manifest, tmp_path / "features", (1.0, 0.8))
    assert len(both.samples) == 5000 + 6250
    assert both.data.endswith("at speeds 1, 0.8")


def test_crops_are_the_same_for_the_same_generator(vowel):
    source = TrainingRecordings(vowel.half(), "vowel")
    first, again = (source.crops(4, 1000, torch.Generator().manual_seed(3)) for _ in range(2))
    assert first.shape == (4, 1000)
    assert first.dtype == torch.float32
    assert torch.equal(first, again)
    assert torch.equal(source.crops(2, len(vowel), torch.Generator())[1], vowel.half().float())


def test_silence_and_nothing_are_refused(manifest, tmp_path):
    for file in (tmp_path / "audio").iterdir():
        soundfile.write(file, torch.zeros(2000).numpy(), 16000)
    silent = data.make(tmp_path / "audio", "silence", domain="speech")[0]
    with pytest.raises(InvalidData, match="every clip is silent"):
        recordings(silent, tmp_path / "features")
    with pytest.raises(InvalidData, match="no clips to train on"):
        recordings(manifest.split("nowhere"), tmp_path / "features")
