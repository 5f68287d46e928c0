"""Text before audio: its bytes, then the clip's codes in any pattern. What a text-to-speech model reads.

    start  t0  t1  <text_end>  a0  a1  a2  end  .        delay, two codebooks
    start  .   .   .           .   b0  b1  b2   end

In a pattern of one row the ids are those of `Interleave` without turns, which knows rows alone and learns its text too.
"""

from __future__ import annotations

import unicodedata

from audiotok.lm.conditioned import Conditioned
from audiotok.lm.patterns.base import Pattern

BYTES = 256
VERSION = 1  # goes up when the same text is written otherwise
#: The field of a signature that says how a model reads its text.
CONDITION = f"text:bytes.v{VERSION}"


class TextFirst(Conditioned):
    """A pattern with a text before it."""

    def __init__(self, pattern: Pattern) -> None:
        super().__init__(pattern, BYTES)

    def condition(self, condition: str) -> list[int]:
        """UTF-8 bytes and the text's end."""
        return [*condition.encode(), BYTES]


def spelled(text: str, language: str) -> str:
    """Normalised text (NFKC, lower case, single spaces) behind its language code, on which pronunciation depends.

    >>> spelled("Press  ONE.", "en")
    'en press one.'
    """
    return " ".join([language, *unicodedata.normalize("NFKC", text).casefold().split()])
