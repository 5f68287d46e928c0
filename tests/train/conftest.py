"""A stream of synthetic frames that looks like speech enough to be learned, and a codec small enough to learn it."""

import math

import pytest
import torch

from audiotok.train.features import Stream
from audiotok.train.mel import log_mel
from audiotok.train.model import CodecConfig


@pytest.fixture(scope="session")
def vowel() -> torch.Tensor:
    """[T] at 16 kHz: two seconds of a gliding harmonic tone that swells and fades."""
    seconds = torch.arange(32000) / 16000
    phase = 2 * math.pi * (140 * seconds + 20 * torch.sin(2 * math.pi * seconds))
    voice = sum(torch.sin(h * phase) / h for h in range(1, 20))
    return 0.1 * voice * (0.6 + 0.4 * torch.sin(6 * math.pi * seconds))


@pytest.fixture(scope="session")
def stream(vowel: torch.Tensor) -> Stream:
    frames = log_mel(vowel).repeat(3, 1)
    teacher = torch.randn(len(frames) // 2, 6, generator=torch.Generator().manual_seed(0))
    return Stream(frames.half(), 2, {"ear": teacher.half(), "text": teacher.half()}, "vowel@sha256:00")


@pytest.fixture
def config() -> CodecConfig:
    return CodecConfig(channels=24, encoder_blocks=1, decoder_blocks=1, latent=12, codebooks=3, entries=16)
