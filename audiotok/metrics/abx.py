"""ABX: is what stands for a phone nearer to the same phone said again than to another phone?

Conventions: A and X are of one phone and B is of another, all three between the same two phones. A triple is wrong
where X is nearer to B than to A, half wrong where it is as near (to 1e-6). 0 to 100 %, 50 is chance, lower is better.
Within speakers one speaker says all three, and X is never A; across speakers, X is said by another than A and B.

Averaged are, one after another: triples of one context (and, across, one speaker of X), contexts and speakers of X,
speakers of A and B, ordered pairs of phones; so that what is frequent does not outweigh what is rare. With fewer than
20 speakers the interval is drawn over pairs of phones and speakers as if they were independent, which they are not: it
is then too narrow.

An item's tokens are those whose middle lies in it, both ends included, with the recording around it encoded as well;
where it is shorter than a token and has no middle, the one token that its own middle lies in. Distances, in [0, 1]:

- edit: insertions, deletions and substitutions between two sequences of codes over the longer one's length, runs as
  they are; the mean over codebooks. It is what a language model sees: any two codes are equally far apart.
- dtw: the angle between the quantizer's vectors (their sum over codebooks), of half a turn, averaged along the path
  that aligns the two by dynamic time warping. It is what the decoder sees.

Source: Schatz et al., "Evaluating speech features with the Minimal-Pair ABX task", Interspeech 2013; Kahn et al.,
"Libri-Light", ICASSP 2020, and its code (the order of averages, limits on a group, the warped angle). That code drops
the last frame of every item; fastabx (bootphon/fastabx) and this do not, and give the same errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from audiotok.core.tokens import Tokens
from audiotok.errors import MetricUndefined
from audiotok.metrics.base import RecipeMetric

Array = NDArray[np.float64]
Codes = list[list[int]]  # of one item, a sequence per codebook

TIE = 1e-6


def codes_between(tokens: Tokens, onset: float, offset: float) -> Codes:
    """One clip's codes of a stretch in seconds, held ones once. Raises MetricUndefined."""
    codes = tokens.codes[0].cpu().numpy()
    found = []
    for k, row in enumerate(codes):
        stride = tokens.spec.stride(k)
        found.append(row[::stride][inside(tokens, onset, offset, stride)].tolist())
    return found


def vectors_between(vectors: Array, tokens: Tokens, onset: float, offset: float) -> Array:
    """[T, D] of one clip -> [n, D] of a stretch, each of length 1 (or 0). Raises MetricUndefined."""
    chosen = vectors[inside(tokens, onset, offset)]
    length = np.linalg.norm(chosen, axis=1, keepdims=True)
    return np.divide(chosen, length, out=np.zeros_like(chosen), where=length > 0)


def inside(tokens: Tokens, onset: float, offset: float, stride: int = 1) -> NDArray[np.int64]:
    """Indices of the tokens of one clip, of `stride` frames each, that belong to a stretch: one at least.

    Raises MetricUndefined where they do not say how long they last, or there are none.
    """
    frames = int(tokens.lengths[0])
    if not frames:
        raise MetricUndefined("the clip has no tokens")
    if tokens.durations is not None:
        ends = np.cumsum(tokens.durations[0, :frames].cpu().numpy())
    elif tokens.spec.variable_rate:
        raise MetricUndefined("the tokens do not say how long they last, so they cannot be cut at a time")
    else:
        ends = stride * np.arange(1, -(-frames // stride) + 1)
    edges = np.concatenate([[0], ends]) * float(tokens.spec.hop) / tokens.spec.sample_rate
    middles = np.round((edges[:-1] + edges[1:]) / 2, 6)
    chosen = np.flatnonzero((middles >= onset) & (middles <= offset))
    if len(chosen):
        return chosen
    nearest = np.searchsorted(edges, (onset + offset) / 2, side="right") - 1
    return np.array([min(int(nearest), len(middles) - 1)])


def edit_distances(first: Sequence[Codes], second: Sequence[Codes]) -> Array:
    """n and m items -> [n, m]

    >>> edit_distances([[[1, 2, 3, 4]]], [[[1, 3, 4]], [[5]]])
    array([[0.25, 1.  ]])
    """
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    books = [
        cdist(
            [item[k] for item in first],
            [item[k] for item in second],
            scorer=Levenshtein.normalized_distance,
            dtype=np.float64,
        )
        for k in range(len(first[0]))
    ]
    return np.mean(books, axis=0)


def warped_distances(first: Sequence[Array], second: Sequence[Array]) -> Array:
    """n and m items of vectors [T, D], each of length 1 -> [n, m]; a vector of zeros is at a right angle to any."""
    (a, ends_a), (b, ends_b) = _padded(first), _padded(second)
    cosines = np.einsum("itd,jsd->tsij", a, b, optimize=True)
    cost = np.arccos(np.clip(cosines, -1, 1)) / np.pi  # [T, S, n, m]
    total, steps = np.empty_like(cost), np.empty_like(cost)
    for t in range(cost.shape[0]):
        for s in range(cost.shape[1]):
            before, path = _cheapest(total, steps, t, s)
            total[t, s] = cost[t, s] + before
            steps[t, s] = 1 + path
    i, j = np.ogrid[: len(first), : len(second)]
    end = (ends_a[:, None] - 1, ends_b[None] - 1, i, j)
    return total[end] / steps[end]


def _cheapest(total: Array, steps: Array, t: int, s: int) -> tuple[Array | float, Array | float]:
    """Cost and number of steps of the best way to (t, s); of equals the diagonal, then along s."""
    if not t and not s:
        return 0.0, 0.0
    if not t or not s:
        place = (t - 1, s) if t else (t, s - 1)
        return total[place], steps[place]
    diagonal, along, up = ((t - 1, s - 1), (t, s - 1), (t - 1, s))
    straight = (total[diagonal] <= total[along]) & (total[diagonal] <= total[up])
    sideways = total[along] <= total[up]
    best, path = (np.where(straight, of[diagonal], np.where(sideways, of[along], of[up])) for of in (total, steps))
    return best, path


def _padded(items: Sequence[Array]) -> tuple[Array, NDArray[np.int64]]:
    """-> [n, longest, D], [n] lengths"""
    lengths = np.array([len(item) for item in items])
    padded = np.zeros((len(items), lengths.max(), items[0].shape[1]))
    for row, item in zip(padded, items, strict=True):
        row[: len(item)] = item
    return padded, lengths


def error(to_a: Array, to_b: Array, *, same: bool = False) -> float:
    """Distances of A's and B's items to X's, [A, X] and [B, X] -> the share of triples that is wrong.

    `same`: X's items are A's, and none is compared with itself. Raises MetricUndefined where there is no triple.

    >>> error(np.array([[0.1, 0.4]]), np.array([[0.2, 0.2], [0.3, 0.4]]))  # right, wrong; right, a tie
    0.375
    """
    difference = to_a[:, None] - to_b[None]  # [A, B, X]
    wrong = (difference > TIE) + 0.5 * (np.abs(difference) <= TIE)
    counted = np.broadcast_to(~np.eye(len(to_a), dtype=bool)[:, None] if same else True, wrong.shape)
    if not counted.any():
        raise MetricUndefined("no triple: X has to be another item than A")
    return float(wrong[counted].mean())


#: Items of one phone, context and speaker, and other speakers that A and B are held against: Libri-Light's.
GROUP, VOICES = 10, 5
_abx = partial(
    RecipeMetric,
    version=2,
    question="abx",
    reference="abx",
    unit="%",
    direction="lower",
    range=(0.0, 1.0),
    scale=100.0,
    chance=50.0,
    domains=("speech",),
)
_EXPLANATIONS = {
    "within": "Share of triples in which the codes of a phone are closer to those of another phone than to those of a "
    "second utterance of the same phone, all by one speaker. Chance is 50 %; no model is trained.",
    "across": "ABX error if the second utterance of the phone is by another speaker: low values mean that codes "
    "represent sounds rather than voices. Chance is 50 %.",
}
#: Speakers, distance -> the metric.
ABX = {
    (speakers, distance): _abx(
        name=f"abx_{speakers}_{distance}",
        title=f"ABX {speakers} speakers, {what}",
        short=f"ABX {speakers}" if distance == "edit" else f"ABX {speakers}, warped",
        explanation=_EXPLANATIONS[speakers] if distance == "edit" else "",
    )
    for speakers in ("within", "across")
    for distance, what in (("edit", "edit distance of codes"), ("dtw", "warped angle of embeddings"))
}
#: The leaderboard's columns: every tokenizer has codes, and few have embeddings.
METRICS: tuple[RecipeMetric, ...] = tuple(ABX[speakers, "edit"] for speakers in ("within", "across"))
