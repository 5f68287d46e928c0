"""A model learns whole clips by their class, and gives each one again when it is asked for its class."""

import math
from pathlib import Path

import pytest
import soundfile
import torch

from audiotok import registry
from audiotok.data.manifest import Clip, Manifest, whole_file
from audiotok.lm import patterns
from audiotok.lm.class_first import VERSION, ClassFirst
from audiotok.lm.config import SIZES, ModelSize
from audiotok.lm.sampling import write_clip
from audiotok.store import TokenStore, tokenize
from audiotok.tasks.language_model.conditioned import train_conditioned
from audiotok.tasks.language_model.options import LMOptions

CLASSES = ("high", "low", "rising")


def label(clip: Clip) -> str:
    return str(clip.label)


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    """One tone of each class, of 0.4, 0.5 and 0.6 s."""
    folder = tmp_path / "tones"
    folder.mkdir()
    clips = []
    for i, name in enumerate(CLASSES):
        t = torch.arange(3200 + 800 * i) / 8000
        wave = 0.3 * torch.sin(2 * math.pi * ((400, 90, 90)[i] + (0, 0, 500)[i] * t) * t)
        path = folder / f"{name}.wav"
        soundfile.write(path, wave.numpy(), 8000)
        clips.append(whole_file(path, len(t), 8000, domain="audio", label=name))
    tokenize(registry.load("codec2:mode=700"), Manifest.of("tones", clips, folder), tmp_path / "store")
    return TokenStore(tmp_path / "store")


@pytest.mark.slow
def test_clips_are_learnt_by_heart_and_told_apart_by_their_classes(
    store: TokenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SIZES, "tiny", ModelSize(64, 2, 2))
    options = LMOptions(size="tiny", hours=400 * 1.5 / 3600, context_seconds=1.5)
    layout = ClassFirst(patterns.Delay(store.spec), CLASSES)
    written = {"class": VERSION}
    model = train_conditioned(store, layout, label, [0, 1, 2], options, 0, tmp_path / "run", written)
    for number in range(3):
        made = write_clip(model, layout, label(store.clip(number)), max_frames=40, seed=0, temperature=0)
        assert torch.equal(made.codes, store[number].codes), store.id(number)
