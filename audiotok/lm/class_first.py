"""A class before audio: one id that says what a clip is of, then its codes in any pattern."""

from __future__ import annotations

from collections.abc import Sequence

from audiotok.doors import unknown
from audiotok.errors import InvalidOption
from audiotok.lm.conditioned import Conditioned
from audiotok.lm.patterns.base import Pattern

VERSION = 1  # goes up when the same class is written otherwise
#: The field of a signature that says how a model reads its class.
CONDITION = f"class:first.v{VERSION}"


class ClassFirst(Conditioned):
    """A pattern with a class before it. Raises InvalidOption where there are no classes, or one twice."""

    def __init__(self, pattern: Pattern, classes: Sequence[str]) -> None:
        if not classes or len(set(classes)) < len(classes):
            raise InvalidOption(f"expected one class or more, each there once, got {list(classes)}")
        super().__init__(pattern, len(classes))
        self.classes = tuple(classes)

    def condition(self, condition: str) -> list[int]:
        """The class' number. Raises UnknownName."""
        if condition not in self.classes:
            raise unknown("class", condition, self.classes)
        return [self.classes.index(condition)]
