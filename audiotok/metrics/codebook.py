"""Codebooks: are their entries used, evenly, and what would the codes cost if their frequencies were known?

Conventions: of a whole set of clips; a code that is held over a stride counts once.
- Use: the share of a codebook's entries that occur, 0 to 1, higher is better.
- Normalised entropy: of the histogram, over log2(codebook size), 0 to 1, higher is better. Not over log2(entries
  used): a collapsed codebook would look perfect.
  Both grow with the number of codes, so they are taken at ten codes per entry, drawn from the set without putting
  back: equally many for every tokenizer with that size. Undefined with fewer codes, and for a codebook of one entry.
  The value is the mean over codebooks; codes of a whole clip are left out, there being one a clip.
- Empirical bitrate: order-0 bit/s, the held-out cross-entropy of the codes under a histogram per codebook. Every other
  clip is coded with the histogram of the rest, and the other way round. Witten and Bell's smoothing: of N codes seen,
  T of them different, an entry that was seen c times out of K gets (c + T / K) / (N + T), so that an unseen code costs
  finitely many bits and a large codebook of which little is used costs little. Global codes and durations are coded
  likewise. Above the nominal bitrate only where the set is too small to know the frequencies. Undefined with fewer
  than two clips.
Source: Witten and Bell, "The zero-frequency problem", IEEE Trans. Information Theory 1991, method C.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidTokens, MetricUndefined
from audiotok.metrics.base import TokenSetMetric

CODES_PER_ENTRY = 10
#: Entries of a codebook up to which all are counted. A spec may claim 2^31, whose histogram exhausts the memory. Which
#: entries are added up decides the last digit of a bitrate, so that smaller codebooks stay as they were.
MOST_ENTRIES = 1 << 20

Codes = NDArray[np.int64]  # [N]


def validate(clips: Sequence[Tokens]) -> None:
    """Raises InvalidTokens unless all clips are of one spec; MetricUndefined where there are none."""
    if not clips:
        raise MetricUndefined("there are no tokens")
    if other := next((tokens.spec for tokens in clips if tokens.spec != clips[0].spec), None):
        raise InvalidTokens(f"codebooks of one tokenizer are expected, got {clips[0].spec} and {other}")


def codebook_use(codes: Codes, size: int) -> float:
    """[N] of a codebook of `size` entries -> share of them that occur among ten codes per entry."""
    return float(len(np.unique(_drawn(codes, size)))) / size


def normalised_entropy(codes: Codes, size: int) -> float:
    """[N] of a codebook of `size` entries -> entropy of ten codes per entry, over log2(size)."""
    if size < 2:
        raise MetricUndefined("a codebook of one entry has no entropy to normalise")
    counts = np.unique(_drawn(codes, size), return_counts=True)[1]
    shares = counts / counts.sum()
    return float(-(shares * np.log2(shares)).sum() / math.log2(size)) + 0.0  # no -0.0 for a constant code


def per_codebook(score: Callable[[Codes, int], float], clips: Sequence[Tokens]) -> list[float]:
    """`codebook_use` or `normalised_entropy` of each codebook, coarse to fine. Raises MetricUndefined."""
    validate(clips)
    spec = clips[0].spec
    folded = [_streams(tokens, index)[: spec.num_codebooks] for tokens in clips for index in range(len(tokens))]
    return [
        score(np.concatenate([streams[k] for streams in folded]), size) for k, size in enumerate(spec.codebook_sizes)
    ]


def empirical_bitrate(clips: Sequence[Tokens], seconds: Sequence[float]) -> float:
    """One Tokens and one duration per clip -> bit/s. Raises MetricUndefined with fewer than two clips."""
    validate(clips)
    spec = clips[0].spec
    sizes = [*spec.codebook_sizes, *spec.global_sizes, *([spec.max_duration] if spec.max_duration else [])]
    folded = [_streams(tokens, index) for tokens in clips for index in range(len(tokens))]
    if len(folded) < 2 or len(folded) != len(seconds):
        raise MetricUndefined(f"two clips or more are needed, each with its duration, got {len(folded)}")
    bits = 0.0
    for k, size in enumerate(sizes):
        halves = [np.concatenate([streams[k] for streams in folded[fold::2]]) for fold in (0, 1)]
        first, second = _histograms(halves, size)
        bits += _cross_entropy(first, second, size) + _cross_entropy(second, first, size)
    return bits / sum(seconds)


def _streams(tokens: Tokens, index: int) -> list[Codes]:
    """One clip's codes of each codebook, then each global code, then its durations from 0."""
    clip, spec = tokens[index], tokens.spec
    streams = [clip.codes[0, k, :: spec.stride(k)] for k in range(spec.num_codebooks)]
    if clip.global_codes is not None:
        streams += list(clip.global_codes[0, :, None])
    if spec.max_duration and clip.durations is not None:
        streams.append(clip.durations[0] - 1)
    return [stream.cpu().numpy() for stream in streams]


def _drawn(codes: Codes, size: int) -> Codes:
    """Ten codes per entry, the same draw every time (RandomState's stream is frozen by NumPy).

    Every n-th code would fall in step with codes that repeat themselves.
    """
    wanted = CODES_PER_ENTRY * size
    if len(codes) < wanted:
        raise MetricUndefined(f"{len(codes)} codes, at least {wanted} are needed for a codebook of {size}")
    return codes[np.random.RandomState(0).permutation(len(codes))[:wanted]]


def _histograms(halves: Sequence[Codes], size: int) -> list[NDArray[np.float64]]:
    """Each half's counts of the same entries: all `size` of them, or of a large codebook those that occur in a half."""
    if size > MOST_ENTRIES:
        occurring, places = np.unique(np.concatenate(halves), return_inverse=True)
        halves, size = np.split(places, [len(halves[0])]), len(occurring)
    return [np.bincount(half, minlength=size).astype(float) for half in halves]


def _cross_entropy(coded: NDArray[np.float64], seen: NDArray[np.float64], size: int) -> float:
    """Bits that the codes counted in `coded` [K] cost under the smoothed histogram `seen` [K] of `size` entries."""
    if not seen.sum():
        raise MetricUndefined("half of the clips hold no codes at all")
    kinds = np.count_nonzero(seen)
    share = (seen + kinds / size) / (seen.sum() + kinds)
    return float(-(coded * np.log2(share)).sum())


def _mean(score: Callable[[Codes, int], float], clips: Sequence[Tokens], seconds: Sequence[float]) -> float:
    return float(np.mean(per_codebook(score, clips)))


METRICS: tuple[TokenSetMetric, ...] = (
    TokenSetMetric(
        name="empirical_bitrate",
        version=1,
        title="Order-0 bitrate",
        explanation="Bits per second for the codes of held-out clips if only the frequencies of the codes are known "
        "(order 0, the unigram baseline).",
        question="rate",
        unit="bit/s",
        direction="none",
        range=(0.0, math.inf),
        score=empirical_bitrate,
    ),
    TokenSetMetric(
        name="codebook_use",
        version=1,
        title="Codebook use",
        explanation="Share of the codebook's entries that occur in a sample of ten codes per entry, averaged over "
        "codebooks; 1 means that all are used.",
        question="codebook",
        unit="",
        direction="higher",
        range=(0.0, 1.0),
        score=partial(_mean, codebook_use),
    ),
    TokenSetMetric(
        name="entropy",
        version=1,
        title="Normalised entropy",
        short="Entropy",
        explanation="Entropy of the codes divided by log2 of the codebook size, averaged over codebooks: 1 if all "
        "entries are used equally often.",
        question="codebook",
        unit="",
        direction="higher",
        range=(0.0, 1.0),
        score=partial(_mean, normalised_entropy),
    ),
)
