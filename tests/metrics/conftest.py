"""Signals that the metrics are asked about: made here, and real speech of the reference's submission."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import soundfile

from audiotok.data.manifest import Clip
from audiotok.metrics.dependencies import needs

RATE = 16000
RECORDINGS = Path(__file__).parents[2] / "leaderboard" / "submissions" / "reference" / "samples"
POOL = np.random.RandomState(0).uniform(-0.5, 0.5, 1_000_003).astype(np.float32)  # whose draws never change


def vowels(seconds: float, pitch: float, rate: int = RATE) -> np.ndarray:
    """[T] float32: three syllables a second of a vowel with formants, its pitch gliding around `pitch` Hz."""
    from scipy.signal import lfilter

    time = np.arange(int(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(pitch * 2 ** (0.15 * np.sin(2 * np.pi * 0.7 * time))) / rate
    signal = sum(np.cos(k * phase) / k for k in range(1, int(rate / 2 / (1.3 * pitch))))
    for centre, width in ((600, 90), (1200, 110), (2500, 160)):
        radius = np.exp(-np.pi * width / rate)
        signal = lfilter([1.0], [1.0, -2 * radius * np.cos(2 * np.pi * centre / rate), radius**2], signal)
    signal = signal * np.clip(1.5 * np.sin(2 * np.pi * 3 * time) + 0.3, 0, 1)
    return (0.5 * signal / np.abs(signal).max()).astype(np.float32)


def noise(samples: int, level: float = 0.01, seed: int = 0) -> np.ndarray:
    return (level * np.random.default_rng(seed).standard_normal(samples)).astype(np.float32)


@pytest.fixture(scope="session")
def librosa() -> Any:
    """As metrics import it: compiled once, and not for half a minute in every process of tests."""
    return needs("librosa")


@pytest.fixture(scope="session")
def voice() -> np.ndarray:
    return vowels(2.0, pitch=120.0)


@pytest.fixture(scope="session")
def make_voice() -> Callable[[float, float], np.ndarray]:
    """(seconds, pitch in Hz) -> [T] at 16 kHz"""
    return vowels


@pytest.fixture(scope="session")
def noisy(voice: np.ndarray) -> np.ndarray:
    return voice + noise(len(voice))


@pytest.fixture(scope="session", params=["made", "recorded"])
def speech(request: pytest.FixtureRequest, voice: np.ndarray) -> np.ndarray:
    """[T] float32 at 16 kHz."""
    return voice if request.param == "made" else recording("asterisk-en-confbridge-dec-list-vol-out")


def recording(clip: str) -> np.ndarray:
    """[T] float32 at 16 kHz"""
    return soundfile.read(RECORDINGS / f"{clip}.ogg", dtype="float32")[0]


@pytest.fixture(scope="session")
def english() -> np.ndarray:
    """A woman says: to decrease the audio volume from other participants."""
    return recording("asterisk-en-confbridge-dec-list-vol-out")


@pytest.fixture(scope="session")
def italian() -> np.ndarray:
    """A man."""
    return recording("asterisk-it-enter-num-blacklist")


@pytest.fixture(scope="session")
def decoded_speech() -> np.ndarray:
    """The same, decoded by audiotok-distilled: [T] float32 at 16 kHz."""
    samples = RECORDINGS.parents[1] / "audiotok-distilled-num-codebooks-8" / "samples"
    return soundfile.read(samples / "asterisk-it-enter-num-blacklist.ogg", dtype="float32")[0]


@pytest.fixture
def clip() -> Clip:
    return Clip(
        id="a", source="folder", path="a.wav", sha256="0" * 64, start=0, end=2, sample_rate=RATE, domain="speech"
    )


@pytest.fixture
def without_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[ModuleType, str], None]:
    """Leaves a module's asset of that name nowhere to come from: no cache, no folder, and no network in tests."""

    def take(module: ModuleType, name: str) -> None:
        monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
        monkeypatch.delenv("AUDIOTOK_ASSETS", raising=False)
        monkeypatch.setattr(module, name, replace(getattr(module, name), sources=()))

    return take


@pytest.fixture(scope="session")
def make_tensors() -> Callable[[dict[str, tuple[int, ...]]], dict[str, Any]]:
    """Shapes by name -> weights that follow from their places, by which layers keep about one loudness."""
    import torch

    def make(shapes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
        found = {}
        for number, (name, shape) in enumerate(shapes.items()):
            values = np.resize(np.roll(POOL, 997 * number), math.prod(shape)).reshape(shape)
            if len(shape) == 1:
                values = 0.2 * values + name.endswith(("weight", "running_var"))
            elif name.endswith("weight"):
                values = values * (4 / math.prod(shape[1:]) ** 0.5)
            found[name] = torch.from_numpy(np.asarray(values, np.float32))
        return found

    return make


@pytest.fixture(scope="session")
def hiss() -> np.ndarray:
    """[T] float32, white noise that is the same everywhere."""
    return 0.3 * POOL
