import numpy as np
import pytest

from audiotok.errors import MetricUndefined
from audiotok.metrics.neighbours import copies, covered, nearest

LINE = np.arange(10.0)[:, None]


def test_a_real_sound_is_covered_by_one_that_is_nearer_than_its_fifth_neighbour() -> None:
    # The fifth neighbour of 0 is 5, that of 4 is 1 or 7.
    assert covered(LINE, np.array([[-4.9]])).tolist() == [True] + [False] * 9
    # The radii are 5, 4, 3, 3, 3, 3, 3, 3, 4, 5.
    assert covered(LINE, np.array([[6.9]])).tolist() == [False] * 4 + [True] * 6


def test_sets_of_one_distribution_and_size_cover_as_much_as_is_expected() -> None:
    random = np.random.default_rng(0)
    found = [covered(random.normal(size=(100, 16)), random.normal(size=(100, 16))).mean() for _ in range(40)]
    # 1 - (99 · 98 · 97 · 96 · 95) / (199 · 198 · 197 · 196 · 195)
    assert np.mean(found) == pytest.approx(0.9705, abs=0.01)


def test_one_sound_again_and_again_covers_little() -> None:
    random = np.random.default_rng(0)
    real = random.normal(size=(100, 16))
    assert covered(real, np.tile(real[:1], (100, 1))).mean() < 0.3


def test_one_in_twenty_of_the_held_out_sounds_counts_as_a_copy_and_every_copy_does() -> None:
    random = np.random.default_rng(0)
    training, held_out = random.normal(size=(100, 16)), random.normal(size=(100, 16))
    assert copies(training, held_out, held_out).mean() == 0.05
    assert copies(training, held_out, training + 1e-3).all()
    assert not copies(training, held_out, training + 10).any()


def test_the_distance_is_to_the_nearest() -> None:
    assert nearest(np.array([[2.4], [20.0]]), LINE) == pytest.approx([0.4, 11.0])


def test_too_few_sounds_have_no_score() -> None:
    with pytest.raises(MetricUndefined, match="5 real sounds have no 5th neighbour"):
        covered(LINE[:5], LINE)
    with pytest.raises(MetricUndefined, match="19 held-out sounds do not say how near is a copy"):
        copies(LINE, np.zeros((19, 1)), LINE)
