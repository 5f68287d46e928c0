"""The floor of a language model over tokens: how often each code occurs, and after which code of its own codebook.

Conventions: bits of a clip per field of the vocabulary, for the codes that every pattern writes; lower is more
predictable. Witten and Bell's smoothing on both orders: of N codes seen in a context, T of them different, a code seen
c times gets (c + T p) / (N + T), where p is the order below; below order 0 all codes are equally likely.
Source: Witten and Bell, "The zero-frequency problem", IEEE Trans. Information Theory 1991, method C.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidTokens
from audiotok.lm.patterns.base import Pattern

Codes = NDArray[np.int64]


class NGram:
    """Order 0 (frequencies) and order 1 (given the code before it) of each field, counted on the training clips."""

    def __init__(self, pattern: Pattern, clips: Iterable[Tokens]) -> None:
        """Raises InvalidTokens without clips."""
        self._pattern = pattern
        streams: list[list[Codes]] = [[] for _ in pattern.vocabulary.sizes]
        for tokens in clips:
            for field, codes in enumerate(self._streams(tokens)):
                streams[field].append(codes)
        if not streams[0]:
            raise InvalidTokens("nothing to count: no training clips")
        self._fields = [
            _Field(clips_of, size) for clips_of, size in zip(streams, pattern.vocabulary.sizes, strict=True)
        ]

    def bits(self, tokens: Tokens, order: Literal[0, 1]) -> NDArray[np.float64]:
        """One clip -> [F]"""
        return np.array(
            [field.bits(codes, order) for field, codes in zip(self._fields, self._streams(tokens), strict=True)]
        )

    def _streams(self, tokens: Tokens) -> list[Codes]:
        """One clip's codes of each field in the order of time, from 0."""
        sequences = self._pattern.apply(tokens)
        ids, fields = sequences.ids.reshape(-1), sequences.fields.reshape(-1)
        offsets = sequences.vocabulary.offsets
        return [(ids[fields == field] - offset).numpy() for field, offset in enumerate(offsets)]


class _Field:
    def __init__(self, clips: list[Codes], size: int) -> None:
        codes = np.concatenate(clips)
        counts = np.bincount(codes, minlength=size)
        kinds = np.count_nonzero(counts)
        total = len(codes) + kinds
        self._share = (counts + kinds / size) / total if total else np.full(size, 1 / size)
        self._size = size
        pairs = np.concatenate([clip[:-1] * size + clip[1:] for clip in clips])
        self._pairs, self._counts = np.unique(pairs, return_counts=True)
        before = self._pairs // size
        self._after = np.bincount(before, weights=self._counts, minlength=size)  # how often anything followed
        self._kinds = np.bincount(before, minlength=size)  # how many different codes did

    def bits(self, codes: Codes, order: int) -> float:
        p = self._share[codes]
        if order and len(codes) > 1:
            before, pair = codes[:-1], codes[:-1] * self._size + codes[1:]
            at = np.minimum(np.searchsorted(self._pairs, pair), max(0, len(self._pairs) - 1))
            seen = np.where(self._pairs[at] == pair, self._counts[at], 0) if len(self._pairs) else np.zeros(len(pair))
            total = self._after[before] + self._kinds[before]
            known = total > 0
            given = (seen + self._kinds[before] * p[1:]) / np.where(known, total, 1)
            p = np.concatenate([p[:1], np.where(known, given, p[1:])])
        return float(-np.log2(p).sum())
