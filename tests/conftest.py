"""A small data set of audible, reproducible clips, and a recipe cheap enough to run many times."""

import gc
import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import settings

from audiotok import data, registry
from audiotok.core.streaming import AudioStream, TokenStream
from audiotok.core.tokens import Tokens
from audiotok.data import Manifest
from audiotok.results.recipe import Recipe
from audiotok.store import TokenStore, tokenize

# A process of tests has one core, and so has what it starts: sums over several threads differ in their last bits.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


SLOW = "slow: `make test-slow` runs it, and so does CI every night"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests that are marked slow, too")


def pytest_configure(config: pytest.Config) -> None:
    """Of each property a few examples by day and Hypothesis's hundred by night, unless a test says how many."""
    settings.register_profile("day", max_examples=25, deadline=None)
    settings.register_profile("night", max_examples=100, deadline=None)
    settings.load_profile("night" if config.getoption("--slow") else "day")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason=SLOW))


def pytest_collection() -> None:
    gc.disable()  # what is collected and imported stays


def pytest_collection_finish() -> None:
    """Leave that out of all later searches for garbage, which take a seventh of the suite's time with it."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.fixture
def at_night(request: pytest.FixtureRequest) -> Callable[[], None]:
    """Called by a test whose parameter, which is a fixture's, makes it slow: skips it, as the marker does a test."""

    def skip() -> None:
        if not request.config.getoption("--slow"):
            pytest.skip(SLOW)

    return skip


@pytest.fixture
def one_thread() -> Iterator[None]:
    """For what must be equal to the bit in two processes, whatever number of threads the suite runs with."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def full_disk() -> Callable[[], AbstractContextManager[None]]:
    """A block in which no file can be written beyond its first kilobyte, as on a disk that is full."""
    resource = pytest.importorskip("resource", reason="file sizes are limited by POSIX only")

    @contextmanager
    def full() -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return full


@cache
def remove_modules_that_raise_when_looked_at(number: int) -> None:
    """speechbrain puts lazy modules into sys.modules, which raise ImportError when Hypothesis asks for their file.

    number: of the modules, so that thousands are looked at only where some were added.
    """
    for name, module in list(sys.modules.items()):
        if type(module).__name__ in ("LazyModule", "DeprecatedModuleRedirect"):
            del sys.modules[name]


@pytest.fixture(autouse=True)
def no_modules_that_raise_when_looked_at() -> None:
    remove_modules_that_raise_when_looked_at(len(sys.modules))


@pytest.fixture
def cheap() -> Recipe:
    metrics = ("si_sdr", "si_sdr_aligned", "mel_distance", "clipped", "bitrate", "codebook_use", "rtf_encode")
    return Recipe("cheap", 1, metrics)


@pytest.fixture
def vowels(tmp_path: Path) -> Manifest:
    return _vowels(tmp_path)


@pytest.fixture(scope="session")
def make_vowels() -> Callable[[Path], Manifest]:
    """For a module that makes them once."""
    return _vowels


def _vowels(tmp_path: Path) -> Manifest:
    """Six harmonic tones with a falling spectrum and a slow envelope: enough like speech for signal metrics."""
    rate = 16000
    folder = tmp_path / "vowels"
    folder.mkdir()
    for i in range(6):
        t = np.arange(int((0.4 + 0.15 * i) * rate)) / rate
        wave = sum(np.sin(2 * np.pi * (100 + 20 * i) * k * t) / k for k in range(1, 12))
        soundfile.write(folder / f"clip{i}.wav", 0.2 * wave * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t)), rate)
    manifest, _ = data.make(folder, "vowels", domain="speech")
    manifest.save(folder / "vowels.jsonl")
    return Manifest.load(folder / "vowels.jsonl")


@pytest.fixture
def small(vowels: Manifest, tmp_path: Path) -> TokenStore:
    """The six clips in a token store of several shards, by a tokenizer that needs no weights."""
    tokenize(registry.load("codec2:mode=2400"), vowels, tmp_path / "small", shard_hours=1.5 / 3600)
    return TokenStore(tmp_path / "small")


@pytest.fixture(scope="session")
def vowel() -> torch.Tensor:
    """[T] at 16 kHz: two seconds of a gliding harmonic tone that swells and fades."""
    seconds = torch.arange(32000) / 16000
    phase = 2 * math.pi * (140 * seconds + 20 * torch.sin(2 * math.pi * seconds))
    voice = sum(torch.sin(h * phase) / h for h in range(1, 20))
    return 0.1 * voice * (0.6 + 0.4 * torch.sin(6 * math.pi * seconds))


@pytest.fixture(scope="session")
def stream(vowel: torch.Tensor) -> Any:
    """Synthetic log-mel frames that look like speech enough to be learned."""
    from audiotok.models.mel import log_mel
    from audiotok.train.features import Stream

    frames = log_mel(vowel).repeat(3, 1)
    teacher = torch.randn(len(frames) // 2, 6, generator=torch.Generator().manual_seed(0))
    return Stream(frames.half(), 2, {"ear": teacher.half(), "text": teacher.half()}, "vowel@sha256:00")


@pytest.fixture
def config() -> Any:
    """A codec small enough to learn `stream`."""
    from audiotok.models.mel_codec import CodecConfig

    return CodecConfig(channels=24, encoder_blocks=1, decoder_blocks=1, latent=12, codebooks=3, entries=16)


@pytest.fixture(scope="session")
def pushed() -> Callable[[TokenStream, torch.Tensor, Sequence[int]], torch.Tensor]:
    """Codes [B, K, F] of a waveform [B, C, T] that comes in chunks of these sizes, over and over."""

    def push(stream: TokenStream, waveform: torch.Tensor, sizes: Sequence[int]) -> torch.Tensor:
        pieces, at = [], 0
        while at < waveform.shape[2]:
            size = sizes[len(pieces) % len(sizes)]
            pieces.append(stream.push(waveform[:, :, at : at + size]))
            at += size
        pieces.append(stream.flush())
        return torch.cat([piece.codes for piece in pieces if piece is not None], dim=2)

    return push


@pytest.fixture(scope="session")
def heard() -> Callable[[AudioStream, Tokens, int], torch.Tensor]:
    """Audio [B, C, T] of tokens that come so many frames at a time."""

    def hear(stream: AudioStream, tokens: Tokens, frames: int) -> torch.Tensor:
        pieces = [
            stream.push(Tokens(codes, torch.full((len(codes),), codes.shape[2]), tokens.spec))
            for codes in tokens.codes.split(frames, dim=2)
        ]
        return torch.cat([piece for piece in (*pieces, stream.flush()) if piece is not None], dim=2)

    return hear
