"""Repetition: how much of what a clip says does it say more than once?

Conventions: one clip's words or codes, in order. No direction: a model that is stuck repeats everything and noise
nothing, so both scores are read beside the same score of real speech.

- Auto-BLEU of words: the share of the n-grams that stand elsewhere in the clip too, without overlap; the geometric mean
  of that for n = 1 and 2, in [0, 1].
- Repeated n-grams of codes: the share of the 4-grams that were there before, in [0, 1]; over a set, n-grams are summed
  first. Runs of one code count as they are, so it grows with silence and with the frame rate: 4 codes of a tokenizer at
  50 Hz are 80 ms.

Undefined: fewer words than the longest n-gram has (the authors' code gives one word 0), fewer than four codes.
Source: Lakhotia et al., "On Generative Spoken Language Modeling from Raw Audio", TACL 2021, and its code in fairseq
(auto-BLEU, there of an ASR model's transcript too); Welleck et al., "Neural Text Generation with Unlikelihood
Training", ICLR 2020 (seq-rep-4).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

from audiotok.errors import MetricUndefined
from audiotok.metrics.outcomes import ClipScore

ORDER = 2  # of auto-BLEU: the longest n-gram of words
CODES = 4  # n-grams of codes


def auto_bleu(words: Sequence[str], order: int = ORDER) -> float:
    """Words of one clip -> [0, 1]. Raises MetricUndefined on fewer than `order` words.

    >>> auto_bleu("a b a b".split())  # all words, and two of the three pairs: sqrt(1 * 2 / 3)
    0.816496580927726
    """
    if len(words) < order:
        raise MetricUndefined(f"{len(words)} words are too few to repeat {order} of them")
    return math.prod(_elsewhere(_ngrams(words, n), n) for n in range(1, order + 1)) ** (1 / order)


def repeated_ngrams(codes: Sequence[int], n: int = CODES) -> ClipScore:
    """Codes of one clip -> ClipScore(n-grams that were there before, n-grams). Raises MetricUndefined below n codes.

    >>> repeated_ngrams([1, 2, 3, 4, 1, 2, 3, 4])
    ClipScore(total=1.0, weight=5.0)
    """
    if len(codes) < n:
        raise MetricUndefined(f"{len(codes)} codes are too few to repeat {n} of them")
    found = _ngrams(codes, n)
    return ClipScore(float(len(found) - len(set(found))), float(len(found)))


def _ngrams(sequence: Sequence[Hashable], n: int) -> list[tuple[Hashable, ...]]:
    return [tuple(sequence[i : i + n]) for i in range(len(sequence) - n + 1)]


def _elsewhere(ngrams: list[tuple[Hashable, ...]], n: int) -> float:
    """Share of the n-grams that occur again at least n places away."""
    last = {ngram: place for place, ngram in enumerate(ngrams)}
    first = {ngram: place for place, ngram in reversed(list(enumerate(ngrams)))}
    again = (place - first[ngram] >= n or last[ngram] - place >= n for place, ngram in enumerate(ngrams))
    return sum(again) / len(ngrams)
