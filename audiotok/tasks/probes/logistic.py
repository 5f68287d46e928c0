"""Multinomial logistic regression over grouped folds: how often the held-out clip's class is named.

The regularisation is fixed, so nothing is chosen on the clips that are scored; the loss is convex, so there is one
answer whatever the start.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, issparse, vstack

from audiotok.errors import InvalidData
from audiotok.tasks.probes.folds import Splitter

Rows: TypeAlias = NDArray[np.float64] | csr_matrix
ITERATIONS = 2000
MANY = 4000  # clips, above which their products with each other are more than their columns


def accuracy(
    rows: Rows,
    labels: Sequence[str],
    groups: Sequence[str],
    splitter: Splitter,
    strength: float,
    draws: int = 1,
    share: float = 1.0,
) -> NDArray[np.float64]:
    """[N]: of each clip, in which share of the draws a classifier that never met its group names its class; NaN of a
    clip that is trained on alone.

    rows: [N, D], as `coordinates` gives them. strength: the inverse of the L2 penalty (scikit-learn's C). share: of the
    training clips that are learned from, for a learning curve; drawn by class, so that none is lost.
    """
    right, tested = np.zeros(len(labels)), np.zeros(len(labels), dtype=bool)
    classes = np.array(labels)
    for draw in range(draws):
        for whole, test in splitter(labels, groups, draw):
            train = _part(whole, classes, share, draw)
            right[test] += _named(rows[train], classes[train], rows[test], strength) == classes[test]
            tested[test] = True
    return np.where(tested, right / draws, np.nan)


def shuffled(labels: Sequence[str], seed: int = 0) -> list[str]:
    """The labels in another order: what a classifier then names right is luck."""
    return [str(label) for label in np.random.default_rng(seed).permutation(np.array(labels))]


def coordinates(rows: Sequence[csr_matrix] | NDArray[np.float64]) -> Rows:
    """The clips as rows that the classifier finds its one answer on: `rotated`, or the rows themselves where they are
    so many that products of all pairs would take more memory and time than their columns.
    """
    if len(rows) <= MANY:
        return rotated(rows)
    return rows if isinstance(rows, np.ndarray) else csr_matrix(vstack(list(rows)))


def rotated(rows: Sequence[csr_matrix] | NDArray[np.float64]) -> NDArray[np.float64]:
    """[N, R], R at most N: the same clips in the coordinates of their own span, which keeps every inner product.

    A penalty on the weights' length sees nothing else, so that the classifier is the same as on the tens of thousands
    of columns of a bag, and N coordinates are enough to find it.
    """
    matrix = csr_matrix(vstack(list(rows))) if not isinstance(rows, np.ndarray) else rows
    products = matrix @ matrix.T
    values, vectors = np.linalg.eigh(products if isinstance(products, np.ndarray) else products.toarray())
    kept = values > 1e-10 * values[-1]
    return vectors[:, kept] * np.sqrt(values[kept])


def _part(train: NDArray[np.intp], classes: NDArray[np.str_], share: float, draw: int) -> NDArray[np.intp]:
    """Clips of every class in this proportion, at least one of each."""
    if share == 1.0:
        return train
    order = np.random.default_rng(draw).permutation(train)
    kept = [order[classes[order] == one] for one in np.unique(classes[train])]
    return np.sort(np.concatenate([of[: max(1, round(share * len(of)))] for of in kept]))


def _named(train: Rows, classes: NDArray[np.str_], test: Rows, strength: float) -> NDArray[np.str_]:
    named: NDArray[np.str_] = fitted(train, classes, strength).predict(test)
    return named


def fitted(train: Rows, classes: NDArray[np.str_], strength: float) -> Any:
    """The classifier of these rows.

    A gradient is spread over the columns of a bag, so that there it must be smaller than in the few coordinates of
    `rotated` for the same answer. Raises InvalidData where it is not found.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    tolerance = 1e-6 if issparse(train) else 1e-4
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        # A quarter of the letters is one clip a class, which is what was asked for.
        warnings.filterwarnings("ignore", message="The number of unique classes")
        try:
            return LogisticRegression(C=strength, max_iter=ITERATIONS, tol=tolerance).fit(train, classes)
        except ConvergenceWarning as error:
            raise InvalidData(
                f"the classifier of {train.shape[0]} clips did not converge in {ITERATIONS} iterations; "
                "choose --head net"
            ) from error
