"""Four kits of three drums, four strokes of each, that a filter bank tells apart: what kits are made of, small."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok.data.manifest import Manifest, whole_file

RATE = 16000
KITS, DRUMS, STROKES = ("oak", "birch", "maple", "steel"), ("hat", "kick", "tom"), 4


def stroke(drum: str, kit: int, number: int) -> np.ndarray:
    """A noise that is high, or a tone that falls from where the kit has it."""
    t = np.arange(RATE // 5) / RATE
    decay = np.exp(-t * (20 + 3 * number))
    if drum == "hat":
        noise = np.random.default_rng(10 * kit + number).normal(size=len(t))
        return 0.2 * np.diff(noise, prepend=0.0) * decay
    pitch = {"kick": 60, "tom": 500}[drum] * (1 + 0.05 * kit)
    return 0.6 * np.sin(2 * np.pi * pitch * t) * decay


@pytest.fixture
def strokes(tmp_path: Path) -> Manifest:
    folder = tmp_path / "kits"
    folder.mkdir()
    clips = []
    for place, kit in enumerate(KITS):
        for drum in DRUMS:
            for number in range(STROKES):
                path = folder / f"{kit}-{drum}-{number}.wav"
                soundfile.write(path, stroke(drum, place, number), RATE)
                clips.append(whole_file(path, RATE // 5, RATE, domain="audio", label=f"drum/{drum}", group=kit))
    Manifest.of("kits", clips, folder).save(folder / "kits.jsonl")
    return Manifest.load(folder / "kits.jsonl")
