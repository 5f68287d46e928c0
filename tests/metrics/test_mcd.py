"""MCD is VERSA's, on the path that costs least; the expected values are of pysptk 1.0.1, pyworld and SciPy."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
import soxr

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics import mcd
from audiotok.metrics.mcd import mel_cepstra, mel_cepstral_distortion, to_mel_cepstra, warping_path

pytest.importorskip("pyworld")
RATE = 16000
SPTK = [-1.8542340810295408, 1.155264252508207, 0.07219668350365399, 0.20293131108960372, 0.001603380689379988]


def distortion(reference: np.ndarray, estimate: np.ndarray) -> float:
    return mel_cepstral_distortion(mel_cepstra(reference, RATE), mel_cepstra(estimate, RATE))


def test_the_example_gives_what_it_shows() -> None:
    assert doctest.testmod(mcd, extraglobs={"np": np}).failed == 0


def test_identity_costs_nothing(english: np.ndarray) -> None:
    assert distortion(english[:RATE], english[:RATE]) == 0


def test_it_is_versas(voice: np.ndarray, noisy: np.ndarray, english: np.ndarray) -> None:
    """Its `world_extract` and distance, with the cheapest path; fastdtw's gives 35.85, 6.86 and 11.51."""
    slower = [soxr.resample(clip, RATE, 17000, quality="HQ")[: len(clip)] for clip in (voice, english)]
    assert distortion(voice, noisy) == pytest.approx(35.711114617071324, rel=0.01)
    assert distortion(voice, slower[0]) == pytest.approx(6.746460770572184, rel=0.01)
    assert distortion(english, slower[1]) == pytest.approx(11.312703168831026, rel=0.01)


def test_mel_cepstra_are_sptks() -> None:
    """pysptk.sp2mc(power, 39, 0.466)"""
    bins = np.arange(513)
    found = to_mel_cepstra(1 / (1 + bins / 20.0)[None] ** 2 + 1e-4)[0]
    np.testing.assert_allclose(found[[0, 1, 2, 3, 39]], SPTK, atol=1e-9)


def test_a_gain_counts_and_a_delay_hardly_does(english: np.ndarray) -> None:
    english = english[: 2 * RATE]
    gain = distortion(english, 0.5 * english)
    assert gain == pytest.approx(10 / np.log(10) * np.sqrt(2) * np.log(2), rel=0.01)  # the zeroth cepstrum alone
    late = np.concatenate([np.zeros(400, np.float32), english])
    assert distortion(english, late) < 1


def test_the_cheapest_path_is_that_of_all_paths() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(9, 2)), rng.normal(size=(7, 2))
    cost = np.linalg.norm(first[:, None] - second[None], axis=2)
    best = np.full((10, 8), np.inf)
    best[0, 0] = 0
    for i in range(9):
        for j in range(7):
            best[i + 1, j + 1] = cost[i, j] + min(best[i, j], best[i, j + 1], best[i + 1, j])
    rows, columns = warping_path(first, second)
    assert cost[rows, columns].sum() == pytest.approx(best[-1, -1])
    assert (rows[0], columns[0], rows[-1], columns[-1]) == (0, 0, 8, 6)
    assert set(zip(np.diff(rows), np.diff(columns), strict=True)) <= {(1, 1), (1, 0), (0, 1)}


def test_silence_and_snippets_have_none(english: np.ndarray) -> None:
    for clip in (np.zeros(RATE, np.float32), english[:1500]):
        with pytest.raises(MetricUndefined):
            mel_cepstra(clip, RATE)
    with pytest.raises(InvalidAudio, match="expected 16000 Hz"):
        mel_cepstra(english, 24000)
