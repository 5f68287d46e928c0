"""Kernel audio distance: are two sets of sounds alike to an embedding, without a Gaussian and without a bias?

Conventions: embeddings [N, D] and [M, D], at least two a side; the unbiased estimate of the squared maximum mean
discrepancy under a Gaussian kernel as wide as the median distance within the reference; shown × 100 as the authors do.
Lower is better. 0 where both sets are of one distribution, on average whatever N and M are, so that it may come out
below 0: a value is read beside that of real sounds, as far apart as two real sets are. Undefined where all of the
reference is the same.

Source: Chung et al., "KAD: No More FAD! An Effective and Efficient Evaluation Metric for Audio Generation", ICML 2025;
Gretton et al., "A Kernel Two-Sample Test", JMLR 2012, eq. 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist, pdist

from audiotok.errors import MetricUndefined
from audiotok.metrics.fad import Embeddings, dimensions_of


def kernel_distance(reference: Embeddings, estimate: Embeddings) -> float:
    """[N, D], [M, D] -> squared maximum mean discrepancy. Raises InvalidAudio, MetricUndefined.

    >>> round(kernel_distance(np.array([[0.0], [2.0]]), np.array([[1.0], [1.0]])), 6)  # exp(-1/2) + 1 - 2 exp(-1/8)
    -0.158463
    """
    dimensions_of(reference, estimate)
    if min(len(reference), len(estimate)) < 2:
        raise MetricUndefined(f"a set has two sounds at least, got {len(reference)} and {len(estimate)}")
    width = float(np.median(pdist(reference)))
    if not width > 0:
        raise MetricUndefined("most sounds of the reference are the same, so that no kernel has a width")
    return _within(reference, width) + _within(estimate, width) - 2 * float(_kernel(reference, estimate, width).mean())


def _within(of: Embeddings, width: float) -> float:
    """The mean over pairs of two different sounds."""
    kernel = _kernel(of, of, width)
    return float((kernel.sum() - np.trace(kernel)) / (len(of) * (len(of) - 1)))


def _kernel(one: Embeddings, other: Embeddings, width: float) -> NDArray[np.float64]:
    return np.asarray(np.exp(-cdist(one, other, "sqeuclidean") / (2 * width**2)))
