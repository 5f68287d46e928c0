"""WARP-Q is the package's; the expected values are `warpqMetric().evaluate` of warpq 1.5.2 with numpy.lib.pad put back.

On the eight codecs of its own repository's recording (p239_021: EVS, flow with embedding, flow with mel, LPCNet and its
quantised form, Lyra, MelGAN, Opus) the package gives 2.024, 1.568, 1.651, 1.865, 2.185, 1.523, 1.923 and 2.223; so did
this, read with librosa at 16 kHz.
"""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics import functional
from audiotok.metrics import warp_q as module
from audiotok.metrics.warp_q import alignment_costs, cepstra, normalised, warp_q

pytest.importorskip("librosa")
RATE = 16000


def with_noise(clip: np.ndarray, level: float) -> np.ndarray:
    noise = (level * np.random.default_rng(0).standard_normal(len(clip))).astype(np.float32)
    return np.clip(clip + noise, -1, 1)


def test_the_example_gives_what_it_shows() -> None:
    assert doctest.testmod(module).failed == 0


def test_it_is_the_packages(english: np.ndarray, italian: np.ndarray) -> None:
    coarse = np.round(english / np.float32(0.1)) * np.float32(0.1)
    assert warp_q(english, with_noise(english, 0.02), RATE) == pytest.approx(2.310, abs=2e-3)
    assert warp_q(english, coarse, RATE) == pytest.approx(2.641, abs=2e-3)
    assert warp_q(italian, with_noise(italian, 0.05), RATE) == pytest.approx(2.803, abs=2e-3)
    assert warp_q(english, italian, RATE) == pytest.approx(3.258, abs=2e-3)
    assert functional.warp_q(english, coarse, RATE) == pytest.approx(2.641, abs=2e-3)


def test_the_cheapest_path_is_that_of_all_paths() -> None:
    rng = np.random.default_rng(0)
    extract, reference = rng.normal(size=(6, 2)), rng.normal(size=(11, 2))
    distances = cdist(extract, reference)
    costs = np.full(distances.shape, np.inf)
    costs[0] = distances[0]
    for i in range(1, 6):
        for j in range(11):
            ways = [costs[i - 1, j], *((costs[i, j - 3], costs[i - 1, j - 3]) if j >= 3 else ())]
            costs[i, j] = distances[i, j] + min(ways)
    assert alignment_costs(list(extract[:, None]), reference) == pytest.approx([costs[-1].min() / 6], abs=1e-12)


def test_a_level_a_delay_and_an_offset_of_the_cepstra_hardly_count(english: np.ndarray) -> None:
    same = warp_q(english, english, RATE)
    late = np.concatenate([np.zeros(400, np.float32), english])
    assert 0.4 < same < 0.7
    assert warp_q(english, 0.5 * english, RATE) == pytest.approx(same, abs=0.1)
    assert warp_q(english, late, RATE) == pytest.approx(same, abs=0.1)
    found = cepstra(english, RATE)
    np.testing.assert_allclose(normalised(found + 3), normalised(found), atol=1e-9)


def test_noise_costs_more_the_louder_it_is(english: np.ndarray) -> None:
    costs = [warp_q(english, with_noise(english, level), RATE) for level in (0.0, 0.003, 0.01, 0.05)]
    assert costs == sorted(costs)


def test_silence_and_what_holds_no_speech_have_none(english: np.ndarray) -> None:
    for clip in (np.zeros(RATE, np.float32), english[: RATE // 4]):
        with pytest.raises(MetricUndefined):
            cepstra(clip, RATE)
    with pytest.raises(InvalidAudio, match="expected 16000 Hz"):
        cepstra(english, 24000)
