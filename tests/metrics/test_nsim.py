"""Agreement with the package's own kernels, bit by bit."""

import numpy as np
import pytest

from audiotok.metrics.dependencies import needs
from audiotok.metrics.visqol import _patches, _search, visqol_speech

BANDS, FRAMES, WINDOW = 7, 5, 9


@pytest.fixture(scope="module", autouse=True)
def ours():
    """The module as the metric imports it, so that numba finds what it compiled."""
    tone = np.sin(np.arange(32000) / 20).astype(np.float32)
    visqol_speech(tone, tone, 16000)
    return needs("audiotok.metrics._nsim")


@pytest.fixture(scope="module")
def theirs():
    """The package's kernels as plain Python, which takes less time than to compile them."""
    from visqol import numba_accel

    with pytest.MonkeyPatch.context() as patch:
        for name, function in vars(numba_accel).copy().items():
            if hasattr(function, "py_func"):
                patch.setattr(numba_accel, name, function.py_func)
        yield numba_accel


@pytest.fixture(scope="module")
def constants(theirs):
    return theirs._GW, theirs._C1, theirs._C3


def signals(frames, noise, seed=0):
    """Two spectrograms [bands, frames]; without a relation where there is much noise."""
    random = np.random.default_rng(seed)
    reference = random.random((BANDS, frames))
    return reference, reference + random.normal(scale=noise, size=reference.shape)


@pytest.mark.parametrize("noise", [0.0, 1e-9, 0.1, 10.0])
def test_two_patches_are_as_similar_as_in_the_package(noise, ours, theirs, constants):
    reference, degraded = signals(FRAMES, noise)
    expected = theirs._measure_patch_similarity_numba(reference, degraded, *constants)
    for one, other in zip(ours.similarity(reference, degraded, *constants), expected, strict=True):
        assert np.array_equal(one, other)


# As the degraded signal lies: beside the reference, cut in front, so that the last patches have nothing left, or lost.
@pytest.mark.parametrize(("noise", "cut"), [(0.1, 0), (0.1, 12), (10.0, 0), (0.0, 3)])
def test_the_search_is_the_packages(noise, cut, ours, theirs, constants):
    reference, degraded = signals(60, noise, seed=cut)
    degraded = degraded[:, cut:]
    frames = degraded.shape[1]
    everywhere = _patches(degraded, BANDS, FRAMES)
    starts = np.arange(0, 60 - FRAMES, FRAMES)
    count = sum(start - WINDOW < frames for start in starts)
    patches = np.stack([reference[:, start : start + FRAMES] for start in starts[:count]])

    expected = theirs._dp_forward_pass(patches, everywhere, starts, count, frames, WINDOW, *constants)
    found = _search(patches, everywhere, starts, count, frames, WINDOW, *constants)
    assert np.array_equal(found[0], expected[0])
    assert np.array_equal(found[1], expected[1])
    offsets = theirs._dp_backtrace(*expected, starts, count, frames, WINDOW)
    assert np.array_equal(ours.trace(*found, starts, count, frames, WINDOW), offsets)


def test_of_equal_offsets_the_search_takes_the_packages(theirs, constants):
    constant = np.ones((BANDS, 40))
    everywhere = _patches(constant, BANDS, FRAMES)
    starts = np.array([3, 8, 13])
    patches = np.stack([constant[:, :FRAMES]] * 3)
    expected = theirs._dp_forward_pass(patches, everywhere, starts, 3, 40, WINDOW, *constants)
    best, origin = _search(patches, everywhere, starts, 3, 40, WINDOW, *constants)
    assert np.array_equal(best, expected[0])
    assert np.array_equal(origin, expected[1])
