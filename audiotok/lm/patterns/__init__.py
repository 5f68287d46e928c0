"""In which order does a language model read a clip's codes? Lossless patterns, each with an inverse.

    flatten       a0 b0 a1 b1 a2 b2     K ids a frame, each predicted from all before it
    coarse_first  a0 a1 a2 b0 b1 b2     the same ids, codebook after codebook
    delay         a0 a1 a2 .            one step a frame and K ids at each, codebook k late by k steps
                  .  b0 b1 b2
    parallel      a0 a1 a2              one step a frame, all codes of a frame independently of each other
                  b0 b1 b2

Another package offers a pattern of its own by an entry point in "audiotok.patterns" that names its class.

>>> spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(4, 4))
>>> tokens = Tokens.from_clips([torch.tensor([[0, 1], [2, 3]])], spec)
>>> Flatten(spec).apply(tokens).ids.tolist()  # start, a0, b0, a1, b1, end
[[[1, 4, 10, 5, 11, 2]]]
>>> bool((Flatten(spec).invert(Flatten(spec).apply(tokens)).codes == tokens.codes).all())
True
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from audiotok.core.tokens import TokenSpec
from audiotok.doors import Door, claimed_twice
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.patterns.flat import CoarseFirst, Flatten
from audiotok.lm.patterns.multi_stream import Delay, Parallel
from audiotok.lm.sequences import Sequences
from audiotok.lm.vocabulary import Vocabulary

__all__ = ["CoarseFirst", "Delay", "Flatten", "Parallel", "Pattern", "Sequences", "Vocabulary", "find", "get", "names"]

DOOR = Door("audiotok.patterns", "pattern")


def names() -> tuple[str, ...]:
    """The patterns of this package, then those that other packages offer."""
    return (*_own(), *(name for name in DOOR.names() if name not in _own()))


def find(name: str) -> type[Pattern]:
    """The class of a pattern. Raises UnknownName with the names there are, MissingDependency, BrokenPackage."""
    if name in _own():
        if points := DOOR.points(name):
            raise claimed_twice("pattern", name, points)
        return _own()[name]
    pattern = DOOR.load(name, names())
    if not isinstance(pattern, type) or not issubclass(pattern, Pattern):
        raise DOOR.mismatch(name, "a subclass of audiotok.lm.patterns.Pattern", pattern)
    return pattern


def get(name: str, spec: TokenSpec, *, max_duration: int | None = None) -> Pattern:
    """A pattern for tokens of this kind. Raises as `find` does, and InvalidOption where it cannot write them."""
    return find(name)(spec, max_duration=max_duration)


@cache
def _own() -> dict[str, type[Pattern]]:
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return {pattern.name: pattern for module in modules for pattern in getattr(module, "PATTERNS", ())}
