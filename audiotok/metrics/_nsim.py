"""Neurogram similarity, by which ViSQOL finds what is most like each patch of a reference in a degraded signal.

For every pair of patches the package sums over the neighbours of each point of either. Patches of the degraded signal
overlap: here sums over one signal are taken once, and only those of products of both for every pair, by a kernel that
Numba compiles. Every sum has the same operations in the same order, so that scores have the same bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def _smooth(left: Floats, centre: Floats, right: Floats, weights: Floats) -> Floats:
    """Three times [..., bands, frames], each point's neighbours in time -> their sums weighted by [3, 3], bands first.

    The outermost bands count twice.
    """
    bands = centre.shape[-2]
    sums = np.zeros(centre.shape)
    columns = [np.concatenate([x[..., :1, :], x, x[..., -1:, :]], axis=-2) for x in (left, centre, right)]
    for band, row in enumerate(weights):
        for column, weight in zip(columns, row, strict=True):
            sums += weight * column[..., band : band + bands, :]
    return sums


def _smooth_patches(patches: Floats, weights: Floats) -> Floats:
    """[..., bands, frames] -> the same of patches, whose first and last frame count twice."""
    wide = np.concatenate([patches[..., :1], patches, patches[..., -1:]], axis=-1)
    return _smooth(wide[..., :-2], patches, wide[..., 2:], weights)


def similarity(
    reference: Floats, degraded: Floats, weights: Floats, c1: float, c3: float
) -> tuple[float, Floats, Floats, Floats]:
    """Two patches [bands, frames] -> mean; of each band mean, deviation and the degraded patch's mean."""
    squares = reference * reference, degraded * degraded, reference * degraded
    mean, other, square, other_square, cross = _smooth_patches(np.stack([reference, degraded, *squares]), weights)
    both = mean * other
    product = (square - mean * mean) * (other_square - other * other)
    root = np.sqrt(product, out=np.zeros(product.shape), where=product >= 0)
    structure = (cross - both + c3) / (root + c3)
    similar = (2 * both + c1) / (mean * mean + other * other + c1) * structure
    frames = similar.shape[1]
    bands = _sum(similar) / frames
    deviations = np.sqrt(_sum((similar - bands[:, None]) ** 2) / (frames - 1))
    return float(_sum(bands) / len(bands)), bands, deviations, _sum(degraded) / frames


def _sum(values: Floats) -> Floats:
    """[..., N] -> [...], term after term; `sum` adds in pairs."""
    return np.asarray(values.cumsum(axis=-1)[..., -1])


@njit(cache=True, nogil=True, error_model="numpy")
def slide(
    patch: Floats, mean: Floats, variance: Floats, degraded: Floats, means: Floats, variances: Floats, weights: Floats,
    constants: Any, products: Floats, similar: Floats, out: Floats,
) -> None:  # fmt: skip
    """Write the mean similarity of a patch [bands, frames] and what begins at each frame of `degraded` to `out`.

    `means` and `variances` [3, bands, T] of the degraded signal: at the first frame of a patch, within, at its last.
    `products` [bands, frames + 2] and `similar` [frames] are written over.
    """
    bands, frames = patch.shape
    c1, c3 = constants
    for offset in range(len(out)):
        for band in range(bands):
            for k in range(frames):
                products[band, k + 1] = patch[band, k] * degraded[band, offset + k]
            products[band, 0], products[band, frames + 1] = products[band, 1], products[band, frames]
        total = 0.0
        for band in range(bands):
            above, below = max(band - 1, 0), min(band + 1, bands - 1)
            for k in range(frames):
                cross = 0.0
                for row, near in ((0, above), (1, band), (2, below)):
                    for column in range(3):
                        cross += weights[row, column] * products[near, k + column]
                similar[k] = cross
            for k in range(frames):
                edge = 1 - (k == 0) + (k == frames - 1)
                one, other = mean[band, k], means[edge, band, offset + k]
                both = one * other
                spread = variance[band, k] * variances[edge, band, offset + k]
                structure = (similar[k] - both + c3) / (c3 if spread < 0.0 else np.sqrt(spread) + c3)
                similar[k] = (2.0 * both + c1) / (one * one + other * other + c1) * structure
            row_sum = 0.0
            for k in range(frames):
                row_sum += similar[k]
            total += row_sum / frames
        out[offset] = total / bands


def search(
    patches: Floats, degraded: Floats, starts: Any, window: int, weights: Floats, c1: float, c3: float
) -> tuple[Floats, NDArray[np.int64]]:
    """The best sum of similarities up to each patch at each offset, and where the patch before it lies then.

    `patches` [P, bands, frames] of the reference begin at `starts`, rising, and are looked for up to `window` frames
    away; `degraded` [bands, T + frames - 1] ends with zeros. Returns two [len(starts), T].
    """
    bands, frames = patches.shape[1:]
    offsets = degraded.shape[1] - frames + 1
    both = np.stack([degraded, degraded * degraded])
    before, after = np.roll(both, 1, axis=-1), np.roll(both, -1, axis=-1)
    beside = ((both, after), (before, after), (before, both))
    means, squares = np.stack([_smooth(left, both, right, weights) for left, right in beside], axis=1)
    variances = squares - means * means
    own_means, own_squares = _smooth_patches(np.stack([patches, patches * patches]), weights)
    own_variances = own_squares - own_means * own_means
    products, similar = np.empty((bands, frames + 2)), np.empty(frames)
    best, origin = np.zeros((len(starts), offsets)), np.full((len(starts), offsets), -1)
    for i, (patch, mean, variance) in enumerate(zip(patches, own_means, own_variances, strict=True)):
        low, high = max(0, starts[i] - window), min(offsets - 1, starts[i] + window)
        found, ahead = best[i, low : high + 1], slice(low, high + frames)
        near, first, second = (np.ascontiguousarray(x[..., ahead]) for x in (degraded, means, variances))
        slide(patch, mean, variance, near, first, second, weights, (c1, c3), products, similar, found)
        if i:
            lowest = max(0, starts[i - 1] - window)
            previous, places = best[i - 1, low : high + 1], np.arange(low, high + 1)
            top, place = (x[low - lowest :] for x in _highest_before(best[i - 1, lowest : high + 1]))
            found += top
            lost = previous > found
            found[lost] = previous[lost]
            origin[i, low : high + 1] = np.where(lost, places, np.where(place < 0, -1, place + lowest))
    return best, origin


def _highest_before(values: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """[N] -> the highest value before each, -1e308 before the first, and its place, of equals the last, or -1."""
    highest = np.maximum.accumulate(values)
    place = np.maximum.accumulate(np.where(values == highest, np.arange(len(values)), 0))
    return np.append(-1e308, highest[:-1]), np.append(-1, place[:-1])


def trace(
    best: Floats, origin: NDArray[np.int64], starts: Any, count: int, frames: int, window: int
) -> NDArray[np.int64]:
    """The offset of each of the first `count` patches, by what `search` found in `frames` frames."""
    low, high = max(0, starts[count - 1] - window), min(frames - 1, starts[count - 1] + window)
    offsets = np.empty(count, np.int64)
    offset = low + int(best[count - 1, low : high + 1].argmax())
    for patch in reversed(range(count)):
        offsets[patch] = offset
        offset = origin[patch, offset]
    return offsets
