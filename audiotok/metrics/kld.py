"""Kullback-Leibler divergence of classes: does a tagger of AudioSet hear in the output what it hears in the reference?

Conventions: logits of the 527 classes, [N, 527], a row for each window of a clip. Their softmax is compared window by
window, p of the reference and q of the output: Σ p ln(p / (q + 10⁻⁶)), in nats. Lower is better; from about 0, where
both are alike (the offset takes it down to -0.0005), to 13.8. The value of a set is the mean over its windows.

The taggers were taught each class as a yes or no of its own; the softmax makes one choice of them, as papers report it.
It is the class that counts: other notes by the same instrument are alike. Only values of one tagger compare.

Source: Kreuk et al., "AudioGen: textually guided audio generation", ICLR 2023; direction, offset and mean are those of
audiocraft at commit 896ec7c and of audioldm_eval at commit 8dc07ee ("softmax"), which agree.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from audiotok.data.manifest import Clip
from audiotok.errors import InvalidAudio
from audiotok.metrics.analysis import Features
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.outcomes import ClipScore

CLASSES = 527
OFFSET = 1e-6

Logits = NDArray[np.floating[Any]]  # [N, classes]


def divergences(reference: Logits, estimate: Logits) -> NDArray[np.float64]:
    """[N, C], [N, C] -> [N], nats. Raises InvalidAudio where the two are not windows of signals of one length.

    >>> divergences(np.log([[0.5, 0.5]]), np.log([[0.5, 0.5]])).round(6).tolist()
    [-2e-06]
    >>> divergences(np.log([[0.5, 0.5]]), np.log([[0.25, 0.75]])).round(3).tolist()
    [0.144]
    """
    if reference.ndim != 2 or reference.shape != estimate.shape:
        raise InvalidAudio(f"logits must be [N, classes] of one shape, got {reference.shape} and {estimate.shape}")
    heard = log_softmax(reference.astype(np.float64), axis=1)
    other = np.log(softmax(estimate.astype(np.float64), axis=1) + OFFSET)
    return np.asarray((np.exp(heard) * (heard - other)).sum(axis=1))


def score(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    """The sum over windows, weighed by their number. Raises InvalidAudio."""
    found = divergences(reference["logits"], estimate["logits"])
    return ClipScore(float(found.sum()), len(found))


#: The common part of the declarations. The tolerance is that of opinion scores: none was measured, for want of weights.
divergence = partial(
    ClipMetric,
    version=1,
    question="perceptual",
    unit="nat",
    direction="lower",
    range=(-CLASSES * OFFSET, -math.log(OFFSET)),
    weight="count",
    domains=("music", "audio"),
    score=score,
    full_reference=True,
    tolerance=5e-3,
)
