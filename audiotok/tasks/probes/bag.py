"""The bag of codes: a clip as the share of its frames that each code has, per codebook, in the whole and in thirds.

Square roots of shares have unit length per codebook, and their inner product is the Bhattacharyya coefficient of two
clips. A logistic regression on them is convex: one answer, no seed, and codebooks that say nothing cost little.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from audiotok.core.tokens import Tokens
from audiotok.errors import MetricUndefined

THIRDS = 3
NO_FRAME = "the clip is shorter than a frame"


def bag(tokens: Tokens) -> csr_matrix:
    """Tokens of one clip -> [1, (1 + 3) · ΣV + ΣG]: of each codebook the whole and the thirds, then the global codes.

    Raises MetricUndefined where the rate is variable, since a share is one of time, and where there is no frame.
    """
    if tokens.spec.variable_rate:
        raise MetricUndefined("tokens of a variable rate have no share of the time; probe the tokenizer inside")
    frames = int(tokens.lengths[0])
    if not frames:
        raise MetricUndefined(NO_FRAME)
    columns: list[np.ndarray] = []
    values: list[np.ndarray] = []
    offset = 0
    bounds = [(0, frames)] + [(i * frames // THIRDS, max((i + 1) * frames // THIRDS, 1)) for i in range(THIRDS)]
    for k, size in enumerate(tokens.spec.codebook_sizes):
        codes = tokens.codes[0, k, :frames].cpu().numpy()
        for first, last in bounds:
            found, counts = np.unique(codes[first:last], return_counts=True)
            columns.append(offset + found)
            values.append(np.sqrt(counts / max(last - first, 1)))
            offset += size
    if tokens.global_codes is not None:
        for code, size in zip(tokens.global_codes[0].tolist(), tokens.spec.global_sizes, strict=True):
            columns.append(np.array([offset + code]))
            values.append(np.ones(1))
            offset += size
    index, data = np.concatenate(columns), np.concatenate(values)
    return csr_matrix((data, (np.zeros_like(index), index)), shape=(1, offset), dtype=np.float64)


def side_by_side(one: Tokens, other: Tokens) -> csr_matrix:
    """The bag of two tokenizers on one clip, as if their codebooks were of one."""
    from scipy.sparse import hstack

    return csr_matrix(hstack([bag(one), bag(other)]))


def regularisation(num_codebooks: int) -> float:
    """The inverse strength C: every codebook adds four parts of unit length, so that C shrinks with their number."""
    return 30.0 / num_codebooks


def codebooks(tokens: Tokens) -> int:
    """Codebooks of the frames and of the clip, by which the regularisation goes."""
    return tokens.spec.num_codebooks + len(tokens.spec.global_sizes)
