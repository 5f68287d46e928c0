import numpy as np
import pytest

from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics.kernel_distance import kernel_distance


def test_two_pairs_of_numbers_have_the_value_that_is_worked_out_by_hand() -> None:
    # The reference is 2 wide: exp(-4 / 8) within it, 1 within the other, exp(-1 / 8) between them.
    found = kernel_distance(np.array([[0.0], [2.0]]), np.array([[1.0], [1.0]]))
    assert found == pytest.approx(0.60653066 + 1 - 2 * 0.88249690, abs=1e-7)


def test_it_has_no_bias_however_few_the_sounds_are() -> None:
    random = np.random.default_rng(0)
    for size in (5, 20):
        found = [kernel_distance(random.normal(size=(40, 64)), random.normal(size=(size, 64))) for _ in range(200)]
        assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(200)


def test_far_sets_are_two_kernels_apart() -> None:
    random = np.random.default_rng(0)
    reference, far = random.normal(size=(50, 8)), random.normal(size=(50, 8)) + 100
    within = kernel_distance(reference, reference[::-1] + 0.0)
    assert kernel_distance(reference, far) > 0.9 > 0.1 > within


def test_what_is_no_set_is_refused() -> None:
    with pytest.raises(MetricUndefined, match="two sounds at least, got 1 and 3"):
        kernel_distance(np.zeros((1, 2)), np.zeros((3, 2)))
    with pytest.raises(MetricUndefined, match="most sounds of the reference are the same"):
        kernel_distance(np.zeros((3, 2)), np.ones((3, 2)))
    with pytest.raises(InvalidAudio, match="of one D"):
        kernel_distance(np.zeros((3, 2)), np.zeros((3, 4)))
