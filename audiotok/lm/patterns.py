"""In which order does a language model read a clip's codes? Lossless patterns, each with an inverse.

    flatten       a0 b0 a1 b1 a2 b2     K ids a frame, each predicted from all before it
    coarse_first  a0 a1 a2 b0 b1 b2     the same ids, codebook after codebook
    delay         a0 a1 a2 .            one step a frame and K ids at each, codebook k late by k steps
                  .  b0 b1 b2
    parallel      a0 a1 a2              one step a frame, all codes of a frame independently of each other
                  b0 b1 b2

>>> spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(4, 4))
>>> tokens = Tokens.from_clips([torch.tensor([[0, 1], [2, 3]])], spec)
>>> Flatten(spec).apply(tokens).ids.tolist()  # start, a0, b0, a1, b1, end
[[[1, 4, 10, 5, 11, 2]]]
>>> bool((Flatten(spec).invert(Flatten(spec).apply(tokens)).codes == tokens.codes).all())
True
"""

from __future__ import annotations

from audiotok.core.tokens import TokenSpec
from audiotok.errors import UnknownName
from audiotok.lm.grids import Delay, Parallel
from audiotok.lm.pattern import Pattern
from audiotok.lm.rows import CoarseFirst, Flatten
from audiotok.lm.sequences import Sequences
from audiotok.lm.vocabulary import Vocabulary

__all__ = ["CoarseFirst", "Delay", "Flatten", "Parallel", "Pattern", "Sequences", "Vocabulary", "get"]

PATTERNS: dict[str, type[Flatten] | type[CoarseFirst] | type[Delay] | type[Parallel]] = {
    "flatten": Flatten,
    "coarse_first": CoarseFirst,
    "delay": Delay,
    "parallel": Parallel,
}


def get(name: str, spec: TokenSpec, *, max_duration: int | None = None) -> Pattern:
    """A pattern by its name. Raises UnknownName with the names there are."""
    if name not in PATTERNS:
        raise UnknownName(f"no pattern is called {name!r}; there are {', '.join(PATTERNS)}")
    return PATTERNS[name](spec, max_duration=max_duration)
