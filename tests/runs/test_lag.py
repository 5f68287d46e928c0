"""The delay of a system: what its clips agree on, in samples at the rate they are compared at, kept while these are the
clips."""

from pathlib import Path

import numpy as np
import pytest
import torch

from audiotok import registry
from audiotok.core.audio import Audio
from audiotok.data import Manifest
from audiotok.files.sealed import read_sealed
from audiotok.metrics.alignment import Lag
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
    save(folder, clip, Audio(late, audio.lengths, audio.sample_rate))


def scramble(folder: RunFolder, clip: str) -> None:
    """Draw the phases of a clip's spectrogram at random."""
    audio, window = Audio.load(folder.audio(clip)), torch.hann_window(512)
    spectrum = torch.stft(audio.waveform[0], 512, window=window, return_complex=True)
    phases = torch.rand(spectrum.shape, generator=torch.Generator().manual_seed(0)) * 2 * np.pi
    noise = torch.istft(spectrum.abs() * torch.exp(1j * phases), 512, window=window, length=audio.waveform.shape[-1])
    save(folder, clip, Audio(noise[None], audio.lengths, audio.sample_rate))


def save(folder: RunFolder, clip: str, audio: Audio) -> None:
    audio.save(folder.audio(clip))
    folder.seal(clip, "audio")


def lag(folder: RunFolder, manifest: Manifest) -> Lag | None:
    coded = [CodedClip(clip, folder, manifest.root) for clip in manifest]
    return measure_lag(coded, "speech", "reference", "local", 1)


def why_none(folder: RunFolder) -> str:
    kept = read_sealed(folder.path / "delay-speech.json", f"{folder.path.name}|delay|speech")
    return str(kept["why_none"])


def test_the_delay_is_what_most_clips_that_sound_agree_on(folder: RunFolder, vowels: Manifest) -> None:
    for clip, samples in zip(vowels, (40, 40, 44, 0, 40, None), strict=True):
        delay(folder, clip.id, samples)
    assert lag(folder, vowels) == (40, 16000)
    assert kept_lags(folder) == {"speech": 40}
    assert why_none(folder) == ""


def test_clips_that_disagree_have_no_delay(folder: RunFolder, vowels: Manifest) -> None:
    for clip in vowels:
        scramble(folder, clip.id)
    assert lag(folder, vowels) is None
    assert kept_lags(folder) == {"speech": None}
    assert why_none(folder).startswith("no delay measurable: ")


def test_silence_has_no_delay(folder: RunFolder, vowels: Manifest) -> None:
    for clip in vowels:
        delay(folder, clip.id, None)
    assert lag(folder, vowels) is None
    assert why_none(folder) == "no delay measurable: all clips are silent"


def test_it_is_measured_again_where_the_audio_is_another(
    folder: RunFolder, vowels: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lag(folder, vowels) == (0, 16000)
    for clip in vowels:
        delay(folder, clip.id, 32)
    assert lag(folder, vowels) == (32, 16000)
    monkeypatch.setattr("audiotok.runs.engines.get", lambda name: pytest.fail("it is kept"))
    assert lag(folder, vowels) == (32, 16000)


def test_a_lag_of_an_earlier_version_is_not_taken(folder: RunFolder, vowels: Manifest) -> None:
    (folder.path / "lag-speech.json").write_text("{}")
    assert lag(folder, vowels) == (0, 16000)
    assert kept_lags(folder) == {"speech": 0}
