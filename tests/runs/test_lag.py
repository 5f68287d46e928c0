"""The delay of a system: the median over its clips, in samples at the domain's rate, kept while these are the clips."""

from pathlib import Path

import pytest
import torch

from audiotok import registry
from audiotok.core.audio import Audio
from audiotok.data import Manifest
from audiotok.runs.code import code
from audiotok.runs.folder import RunFolder, open_folder
from audiotok.runs.lag import CodedClip, kept_lags, measure_lag


@pytest.fixture
def folder(vowels: Manifest, tmp_path: Path) -> RunFolder:
    system = registry.load_system("reference")
    folder = open_folder(tmp_path / "runs", system, vowels)
    code(system, vowels.clips, vowels.root, folder)
    return folder


def delay(folder: RunFolder, clip: str, samples: int | None) -> None:
    """Make a clip's audio late, or silent where `samples` is None."""
    audio = Audio.load(folder.audio(clip))
    late = torch.zeros_like(audio.waveform) if samples is None else audio.waveform.roll(samples, dims=-1)
    Audio(late, audio.lengths, audio.sample_rate).save(folder.audio(clip))
    folder.seal(clip, "audio")


def lag(folder: RunFolder, manifest: Manifest) -> int | None:
    coded = [CodedClip(clip, folder, manifest.root) for clip in manifest]
    return measure_lag(coded, "speech", "reference", "local", 1)


def test_the_delay_is_the_median_over_the_clips_that_sound(folder: RunFolder, vowels: Manifest) -> None:
    for clip, samples in zip(vowels, (40, 40, 48, 0, 60, None), strict=True):
        delay(folder, clip.id, samples)
    assert lag(folder, vowels) == 40
    assert kept_lags(folder) == {"speech": 40}


def test_silence_has_no_delay(folder: RunFolder, vowels: Manifest) -> None:
    for clip in vowels:
        delay(folder, clip.id, None)
    assert lag(folder, vowels) is None


def test_it_is_measured_again_where_the_audio_is_another(
    folder: RunFolder, vowels: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lag(folder, vowels) == 0
    for clip in vowels:
        delay(folder, clip.id, 32)
    assert lag(folder, vowels) == 32
    monkeypatch.setattr("audiotok.runs.engines.get", lambda name: pytest.fail("it is kept"))
    assert lag(folder, vowels) == 32
