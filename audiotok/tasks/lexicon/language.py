"""A language of forty words: random sentences, and pairs of a word and a non-word in the middle of one.

The list of words (audiotok.tasks.lm_pairs.nonwords) is split into halves "a" and "b". In the language of a half its
words are said, three to seven in a sentence, in any order; the words of the other half are never said. Words of both
halves are asked about, each between two words that are said: "known" words, and the others as the control.

All is drawn from SEED, and the sentences of a longer text begin with those of a shorter one.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from audiotok.errors import InvalidOption
from audiotok.tasks.lm_pairs import nonwords, piper

NAME = "lexicon"
VERSION = 1  # goes up when the sentences or pairs change
SEED = 0
HALVES = ("a", "b")
SHORTEST, LONGEST = 3, 7  # words of a sentence
LISTED = 1000  # sentences that the hash is taken of; the others follow from the same draws

Word = tuple[str, str, str]  # spelling, phonemes, phonemes of the non-word


@dataclass(frozen=True)
class Asked:
    """A word and its non-word in the middle of the same sentence, as phonemes."""

    id: str
    item: str  # two words, whose non-words exchange one consonant
    word: str
    nonword: str


@dataclass(frozen=True)
class Language:
    """The language of one half: `Language("a")` says the words of half "a".

    Raises InvalidOption where it could not make a sentence, or the list has not so many items.
    """

    half: str
    items: int = 20  # of each half; two words an item
    contexts: int = 3  # sentences that a word is asked about in

    def __post_init__(self) -> None:
        most = len(nonwords.items()) // 2
        if self.half not in HALVES or not 2 <= self.items <= most or self.contexts < 1:
            raise InvalidOption(
                f"expected half a or b, 2 to {most} items of each and at least one context, got {self.half!r}, "
                f"{self.items} and {self.contexts}"
            )

    @property
    def name(self) -> str:
        """The name of its speech as a data set."""
        return f"{NAME}-{self.half}"

    def said(self) -> list[Word]:
        """The words that sentences are made of."""
        return [word for item in self._items(self.half).values() for word in item]

    def known(self) -> frozenset[str]:
        """The items whose words are said."""
        return frozenset(self._items(self.half))

    def asked(self) -> list[Asked]:
        """The pairs of the words of both halves, in their order."""
        draw = random.Random(f"{NAME} pairs {SEED}")
        said = self.said()
        pairs = []
        for half in HALVES:
            for item, words in self._items(half).items():
                for word in words:
                    for number in range(self.contexts):
                        before, after = (other[1] for other in draw.sample([w for w in said if w != word], 2))
                        sides = (_sentence((before, middle, after)) for middle in word[1:])
                        pairs.append(Asked(f"{item}-{word[0]}-{number}", item, *sides))
        return pairs

    def sentences(self) -> Iterator[str]:
        """Phonemes of one sentence after the other, without end; none of them is asked about."""
        draw = random.Random(f"{NAME} sentences {SEED}")
        words = [said for _, said, _ in self.said()]
        left_out = {pair.word for pair in self.asked()}
        while True:
            length = draw.randint(SHORTEST, min(LONGEST, len(words)))
            sentence = _sentence(draw.sample(words, length))
            if sentence not in left_out:
                yield sentence

    def _items(self, half: str) -> dict[str, list[Word]]:
        """The items of a half by their names; the list is in random order."""
        numbered = list(enumerate(nonwords.items()))[HALVES.index(half) :: 2]
        return {f"{NAME}-{number:04d}": words for number, words in numbered[: self.items]}


@cache
def sha256(items: int = 20, contexts: int = 3) -> str:
    """Of what is said in both languages, and of the voice: the audio follows from it, as far as processors agree."""
    text = [
        [list(islice(language.sentences(), LISTED)), [[pair.id, pair.word, pair.nonword] for pair in language.asked()]]
        for language in (Language(half, items, contexts) for half in HALVES)
    ]
    voice = [piper.PACKAGE, piper.MODEL.sha256, piper.SETTINGS.sha256]
    return hashlib.sha256(json.dumps([VERSION, voice, text]).encode()).hexdigest()


def _sentence(words: tuple[str, ...] | list[str]) -> str:
    return f"{' '.join(words)}."
