"""Data sets for recipes: tones that speakers hum, each clip ten hertz above the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import data

Hum = Callable[..., Path]


@pytest.fixture
def hum(tmp_path: Path) -> Hum:
    def write(clips: Sequence[tuple[dict[str, str], int]], tremolo: float = 0.0) -> Path:
        """What the manifest says of each clip, and its samples at 8 kHz -> the manifest, of tone0, tone1 …"""
        folder = tmp_path / "tones"
        folder.mkdir()
        lines = [",".join(("path", *clips[0][0]))]
        for i, (said, samples) in enumerate(clips):
            t = np.arange(samples) / 8000
            wave = 0.3 * np.sin(2 * np.pi * (100 + 10 * i) * t) * (1 - tremolo + tremolo * np.sin(20 * t))
            soundfile.write(folder / f"tone{i}.wav", wave, 8000)
            lines.append(",".join((f"tone{i}.wav", *said.values())))
        (folder / "metadata.csv").write_text("\n".join(lines) + "\n")
        made, _ = data.make(folder, "tones")
        made.save(folder / "tones.jsonl")
        return folder / "tones.jsonl"

    return write
