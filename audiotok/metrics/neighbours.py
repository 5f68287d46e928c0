"""Nearest neighbours of generated sounds: how much of what is real do they cover, and are they more than copies?

Conventions: embeddings [N, D], Euclidean distances.

- Coverage: the real sounds that have a generated one nearer than their fifth nearest real one. In [0, 1], higher is
  better; a model that makes one sound covers little, however good it is. Two sets of one distribution and one size
  have 0.97 on average; with fewer generated sounds it is less, so that it is read beside real ones of their number.
- Copies: the generated sounds that are nearer to a sound of training than all but one in twenty real sounds are that
  training never held. In [0, 1]; of real sounds it is 0.05 by construction, of a model that repeats its training 1.

Undefined: coverage of fewer than six real sounds, copies against fewer than twenty that were held out.
Source: Naeem et al., "Reliable Fidelity and Diversity Metrics for Generative Models", ICML 2020, eq. 6 and section 4
(k = 5); copies after Meehan et al., "A Non-Parametric Test to Detect Data-Copying in Generative Models", AISTATS 2020,
whose test holds the same two distances to training against each other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from audiotok.errors import MetricUndefined
from audiotok.metrics.fad import Embeddings

NEIGHBOURS = 5
RARE = 0.05  # share of held-out sounds that count as copies
HELD_OUT = 20  # sounds, below which that share is of none


def covered(reference: Embeddings, estimate: Embeddings) -> NDArray[np.bool_]:
    """[N, D], [M, D] -> [N]: which real sounds are covered. Raises MetricUndefined."""
    if len(reference) <= NEIGHBOURS:
        raise MetricUndefined(f"{len(reference)} real sounds have no {NEIGHBOURS}th neighbour among themselves")
    radii = np.partition(cdist(reference, reference), NEIGHBOURS, axis=1)[:, NEIGHBOURS]  # the nearest is itself
    return np.asarray(nearest(reference, estimate) < radii)


def copies(training: Embeddings, held_out: Embeddings, estimate: Embeddings) -> NDArray[np.bool_]:
    """[N, D], [H, D], [M, D] -> [M]: which generated sounds are copies of training. Raises MetricUndefined."""
    if len(held_out) < HELD_OUT:
        raise MetricUndefined(f"{len(held_out)} held-out sounds do not say how near is a copy; at least {HELD_OUT} do")
    return np.asarray(nearest(estimate, training) < np.quantile(nearest(held_out, training), RARE))


def nearest(of: Embeddings, among: Embeddings) -> NDArray[np.float64]:
    """[N, D], [M, D] -> [N]: the distance of each to the nearest one among the others."""
    return np.asarray(cdist(of, among).min(axis=1))
