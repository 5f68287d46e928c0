"""Mixtures of bundled clips: the same recipe everywhere, levels as it says, nothing in common between splits."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import data
from audiotok.data import Manifest, mixtures
from audiotok.data.manifest import whole_file
from audiotok.data.mixtures import COUNTS, NAMES, PEAK, mixed, recipe

RNG = np.random.default_rng(0)


def rms(signal: np.ndarray) -> float:
    return float(np.sqrt(np.mean(signal**2)))


@pytest.mark.parametrize("ratio", [-15.0, 0.0, 3.0])
def test_the_second_signal_is_as_loud_as_the_recipe_says_and_nothing_clips(ratio: float) -> None:
    first, second = 0.5 * RNG.normal(size=16000), 0.01 * RNG.normal(size=16000)
    total, one, other = mixed(first, second, ratio)
    assert 20 * np.log10(rms(other) / rms(one)) == pytest.approx(ratio, abs=1e-6)
    assert total == pytest.approx(one + other, abs=1e-12)
    assert np.abs(total).max() <= PEAK + 1e-9


def test_silence_stays_silent() -> None:
    assert not any(signal.any() for signal in mixed(np.zeros(100), RNG.normal(size=100), 0.0))


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_is_the_same_again_and_its_splits_share_no_file(name: str) -> None:
    small = data.load("small")
    lines = list(recipe(name, small))
    assert lines == list(recipe(name, small))
    by_split = {split: [line for line in lines if line.split == split] for split in COUNTS}
    assert {split: len(of) for split, of in by_split.items()} == COUNTS
    trained, tested = ({sha for line in by_split[split] for sha in line.sha256} for split in ("train", "test"))
    assert not trained & tested


def test_two_voices_are_of_two_speakers() -> None:
    small = data.load("small")
    speaker = {clip.id: clip.speaker for clip in small}
    for line in recipe("small-two-voices", small):
        one, other = (speaker[clip] for clip in line.clips)
        assert one != other


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Manifest:
    """A voice and a noise for each split, of which a mixture each is made."""
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(mixtures, "COUNTS", {"train": 1, "test": 1})
    clips = []
    for split in ("train", "test"):
        for domain in ("speech", "audio"):
            path = tmp_path / f"{split}-{domain}.wav"
            soundfile.write(path, 0.1 * np.sin(np.arange(40000) / len(path.name)), 16000)
            clips.append(whole_file(path, 40000, 16000, domain=domain, split=split))
    return Manifest.of("few", clips, tmp_path)


@pytest.mark.parametrize("left", [0.5, 0.0])
def test_mixtures_whose_making_was_stopped_are_made_again(few: Manifest, left: float) -> None:
    """In the middle of a line, and at the end of one."""
    made = mixtures.load("small-noisy", few)
    assert len(made) == 4
    path = made.root / "small-noisy.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0] + lines[1][: int(len(lines[1]) * left)])
    again = mixtures.load("small-noisy", few)
    assert again == made
    assert again == Manifest.load(path)
    assert [data.read(clip, again.root).seconds for clip in again] == [2.5] * 4
