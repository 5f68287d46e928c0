"""What recipes are run on: tones that speakers hum, voices at 16 kHz, and an encoder of random weights."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audiotok import data

RECIPES = Path(__file__).parents[2] / "recipes"
Hum = Callable[..., Path]


@pytest.fixture
def recipe(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """(exit status, stdout, stderr) of `python recipes/NAME.py …`, in this process: one of its own takes seconds."""

    def call(name: str, *arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", [str(RECIPES / f"{name}.py"), *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            runpy.run_path(sys.argv[0], run_name="__main__")
        out, err = capfd.readouterr()
        return int(left.value.code or 0), out, err

    return call


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


@pytest.fixture(scope="session")
def voices() -> Callable[[Path, Sequence[int], int], Path]:
    def write(folder: Path, pitches: Sequence[int], samples: int) -> Path:
        """A clip at 16 kHz for each pitch, of fourteen harmonics that swell -> the manifest."""
        folder.mkdir(exist_ok=True)
        seconds = np.arange(samples) / 16000
        for pitch in pitches:
            tone = sum(np.sin(2 * np.pi * pitch * h * seconds) / h for h in range(1, 15))
            soundfile.write(folder / f"{pitch}.wav", 0.1 * tone * (0.6 + 0.4 * np.sin(20 * seconds)), 16000)
        made, _ = data.make(folder, "tones", domain="speech")
        made.save(folder / "tones.jsonl")
        return folder / "tones.jsonl"

    return write


@pytest.fixture(scope="session")
def hubert() -> Callable[[Path], Path]:
    def save(folder: Path) -> Path:
        """A HuBERT of random weights, 50 frames a second of 16 numbers -> its folder."""
        from transformers import HubertConfig, HubertModel, Wav2Vec2FeatureExtractor

        torch.manual_seed(0)
        config = HubertConfig(
            hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, conv_dim=[8, 8],
            conv_stride=[20, 16], conv_kernel=[20, 16], num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2,
        )  # fmt: skip
        HubertModel(config).save_pretrained(folder)
        Wav2Vec2FeatureExtractor(do_normalize=True).save_pretrained(folder)
        return folder

    return save
