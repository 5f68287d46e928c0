from __future__ import annotations

import doctest

import numpy as np
import pytest
import torch

from audiotok import metrics
from audiotok.errors import InvalidOption, MetricUndefined, UnknownName
from audiotok.metrics import single, stoi

RATE = 16000


@pytest.fixture(scope="module")
def voice() -> np.ndarray:
    """[T] float32, 1.5 s at 16 kHz: a gliding harmonic tone that swells and fades."""
    time = np.arange(24000) / RATE
    phase = 2 * np.pi * (140 * time + 20 * np.sin(2 * np.pi * time))
    tone = sum(np.sin(h * phase) / h for h in range(1, 20))
    return (0.1 * tone * (0.6 + 0.4 * np.sin(6 * np.pi * time))).astype(np.float32)


@pytest.fixture(scope="module")
def noisy(voice: np.ndarray) -> np.ndarray:
    return voice + 0.02 * np.random.default_rng(0).standard_normal(len(voice)).astype(np.float32)


def test_the_examples_give_what_they_show() -> None:
    assert doctest.testmod(single, extraglobs={"np": np}).failed == 0
    assert doctest.testmod(single, extraglobs={"np": np}).attempted > 0


def test_a_score_is_the_functions_own(voice: np.ndarray, noisy: np.ndarray) -> None:
    assert metrics.score("stoi", voice, noisy, RATE) == stoi.stoi(voice, noisy, RATE)


def test_tensors_and_channels_are_taken_and_a_shorter_output_is_padded(voice: np.ndarray, noisy: np.ndarray) -> None:
    stereo = torch.from_numpy(np.stack([noisy, noisy]))
    assert metrics.score("si_sdr", torch.from_numpy(voice), stereo, RATE) == metrics.score("si_sdr", voice, noisy, RATE)
    padded = np.concatenate([noisy[:20000], np.zeros(4000, np.float32)])
    assert metrics.score("si_sdr", voice, noisy[:20000], RATE) == metrics.score("si_sdr", voice, padded, RATE)


def test_another_rate_is_brought_to_the_domains(voice: np.ndarray) -> None:
    twice = np.repeat(voice, 2)
    assert metrics.score("mel_distance", twice, twice, 2 * RATE) == 0
    assert metrics.score("mel_distance", twice, twice, 2 * RATE, domain="music") == 0


@pytest.mark.parametrize("name", ["fad_whisper", "bitrate", "rtf_encode", "lm_bits", "si_sdr_aligned"])
def test_what_one_pair_of_signals_does_not_have_is_refused(name: str, voice: np.ndarray) -> None:
    with pytest.raises(InvalidOption, match=f"{name} does not score a single pair"):
        metrics.score(name, voice, voice, RATE)


def test_a_domain_that_the_metric_was_not_made_for_is_refused(voice: np.ndarray) -> None:
    with pytest.raises(InvalidOption, match="pesq_wb is defined for speech, got the domain 'music'"):
        metrics.score("pesq_wb", voice, voice, RATE, domain="music")


def test_an_unknown_metric_suggests_near_ones(voice: np.ndarray) -> None:
    with pytest.raises(UnknownName, match="did you mean pesq_wb"):
        metrics.score("pesq", voice, voice, RATE)


def test_silence_is_no_number(voice: np.ndarray) -> None:
    with pytest.raises(MetricUndefined, match="silent"):
        metrics.score("si_sdr", np.zeros_like(voice), voice, RATE)
