"""Spellings: texts as numbers that a model names, and back; characters, or pieces of words by byte-pair encoding.

A piece never goes over the end of a word, and one that begins a word holds the space before it, as in SentencePiece.
Pieces are learned from the texts to train on, by the merges of audiotok.units.bpe. A text without spaces is one word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audiotok.errors import InvalidOption
from audiotok.units.bpe import UnitBPE


@dataclass(frozen=True, eq=False)
class Spelling:
    """Numbers from 0 on for the characters of some texts, and for pieces of their words where there are merges."""

    characters: str  # each once, in order
    merges: UnitBPE | None = None

    @classmethod
    def learn(cls, texts: Sequence[str], pieces: int = 0) -> Spelling:
        """The spelling of normalised texts by so many pieces, or by characters alone; by fewer pieces where no more
        repeat. Raises InvalidOption where there are more characters than pieces.
        """
        if not pieces:
            return cls("".join(sorted(set("".join(texts)))))
        characters = "".join(sorted({" ", *"".join(texts)}))
        if pieces < len(characters):
            raise InvalidOption(f"pieces must be at least the {len(characters)} characters of the texts, got {pieces}")
        spelling = cls(characters)
        words = [np.array(spelling.write(f" {word}")) for text in texts for word in text.split()]
        return cls(characters, UnitBPE.train(words, len(characters), pieces))

    def __len__(self) -> int:
        return self.merges.vocab_size if self.merges else len(self.characters)

    def write(self, text: str) -> list[int]:
        """The numbers of a text whose characters are known."""
        if self.merges is None:
            return [self.characters.index(character) for character in text]
        words = [np.array([self.characters.index(one) for one in f" {word}"]) for word in text.split()]
        return [int(number) for word in self.merges.encode(words) for number in word]

    def read(self, numbers: Sequence[int]) -> str:
        """The text that is written so."""
        if self.merges is None:
            return "".join(self.characters[number] for number in numbers)
        [codes] = self.merges.decode([np.array(numbers, dtype=np.int64)])
        return "".join(self.characters[code] for code in codes).strip()
