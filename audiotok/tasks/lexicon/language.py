"""A language of forty words with one rule of grammar: random sentences, and pairs of which one is not of the language.

The list of words (audiotok.tasks.lm_pairs.nonwords) is split into halves "a" and "b"; in the language of a half its
words are said, and those of the other half never. Of the forty words, four open in class x, four open in class y, four
close in class x and four in class y; 24 are fillers. A sentence has three to seven words: one opener, after none to two
fillers a closer of the same class, which is the agreement, and fillers around them.

Two kinds of pairs are asked about. "Words": each word against its non-word, the middle one of three words that are
said. "Agreement": a closer of the opener's class against one of the other class, one to three words after the opener.
Its pairs come in twos which exchange the openers and keep the closers, so that a model which likes one closer better,
or one opener, is at chance.

All is drawn from SEED, and the sentences of a longer text begin with those of a shorter one.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from itertools import islice, product

from audiotok.errors import InvalidOption
from audiotok.metrics.lexicon import DISTANCES
from audiotok.tasks import synthetic_voice
from audiotok.tasks.lm_pairs import nonwords

NAME = "lexicon"
VERSION = 2  # goes up when the sentences or pairs change
SEED = 0
HALVES = ("a", "b")
CLASSES = ("x", "y")
SHORTEST, LONGEST = 3, 7  # words of a sentence
LISTED = 1000  # sentences that the hash is taken of; the others follow from the same draws
LEARNT = 5000  # sentences that no text repeats
LEARNT_MINUTES = 220  # that so many sentences last at least
TEXT_WORDS = (4, 5)  # of a text: said within three seconds
FILLER = "."

Word = tuple[str, str, str]  # spelling, phonemes, phonemes of the non-word


@dataclass(frozen=True)
class Asked:
    """Two sentences as phonemes, of which `right` is of the language."""

    id: str
    item: str  # what the interval is over: two words that exchange a consonant, or a pair of openers and one of closers
    decided: str  # pairs that share this are decided together
    right: str
    wrong: str
    distance: int = 0  # words from the opener to the closer; 0 where a word is asked about


@dataclass(frozen=True)
class Language:
    """The language of one half: `Language("a")` says the words of half "a".

    Raises InvalidOption where the list has not so many items, or its sentences not so many contexts.
    """

    half: str
    items: int = 20  # of each half; two words an item
    contexts: int = 6  # sentences that a word is asked about in

    def __post_init__(self) -> None:
        most = len(nonwords.items()) // 2
        if self.half not in HALVES or not 4 <= self.items <= most or not 1 <= self.contexts <= 2 * self.class_size**2:
            raise InvalidOption(
                f"expected half a or b, 4 to {most} items of each and 1 to {2 * self.class_size**2} contexts, got "
                f"{self.half!r}, {self.items} and {self.contexts}"
            )

    @property
    def name(self) -> str:
        """The name of its speech as a data set."""
        return f"{NAME}-{self.half}"

    @property
    def class_size(self) -> int:
        """Words that open, or close, in one class."""
        return max(1, self.items // 5)

    def said(self) -> list[Word]:
        """The words that sentences are made of: openers x and y, closers x and y, fillers."""
        return [word for words in self._items().values() for word in words]

    def asked(self) -> list[Asked]:
        """The pairs, words before agreement."""
        return [*self._words(), *self._agreement()]

    def sentences(self) -> Iterator[str]:
        """Phonemes of one sentence after the other, without end; none of them is asked about."""
        left_out = {pair.right for pair in self.asked()}
        return (sentence for sentence in self._drawn("sentences") if sentence not in left_out)

    def texts(self, number: int) -> list[str]:
        """Phonemes of so many other sentences of TEXT_WORDS words, none of which training holds.

        Raises InvalidOption where the language has too few.
        """
        left_out = {*islice(self.sentences(), LEARNT), *(pair.right for pair in self.asked())}
        new = (text for text in self._drawn("texts") if len(text.split()) in TEXT_WORDS and text not in left_out)
        found = list(islice(dict.fromkeys(islice(new, 2 * number)), number))
        if len(found) < number:
            raise InvalidOption(
                f"expected {number} texts, got the {len(found)} that {self.items} items and {self.contexts} contexts "
                "leave; ask for fewer texts, or for more items"
            )
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        """Phonemes of the words."""
        return frozenset(word for _, word, _ in self.said())

    def accepts(self, words: Sequence[str], ended: bool) -> bool:
        """Whether they are a sentence, or, not `ended`, can begin one.

        >>> a = Language("a")
        >>> opener, closer, other = a.said()[0][1], a.said()[8][1], a.said()[12][1]
        >>> filler = a.said()[16][1]
        >>> a.accepts([opener, closer, filler], ended=True), a.accepts([opener, other, filler], ended=True)
        (True, False)
        >>> a.accepts([opener, filler], ended=False), a.accepts([opener, filler], ended=True)
        (True, False)
        """
        openers, closers, fillers = self._roles()
        letters = dict.fromkeys(fillers, FILLER)
        for kind in CLASSES:
            letters |= dict.fromkeys(openers[kind], kind) | dict.fromkeys(closers[kind], kind.upper())
        if len(set(words)) < len(words) or not set(words) <= letters.keys():
            return False
        said = "".join(letters[word] for word in words)
        return said in SHAPES if ended else any(shape.startswith(said) for shape in SHAPES)

    def _drawn(self, what: str) -> Iterator[str]:
        """Sentences without end."""
        draw = random.Random(f"{NAME} {what} {SEED}")
        openers, closers, fillers = self._roles()
        while True:
            length = draw.randint(SHORTEST, min(LONGEST, len(fillers) + 2))
            between = draw.randint(0, min(max(DISTANCES) - 1, length - 2))
            before = draw.randint(0, length - 2 - between)
            kind = draw.choice(CLASSES)
            words = draw.sample(fillers, length - 2)
            words.insert(before, draw.choice(openers[kind]))
            words.insert(before + 1 + between, draw.choice(closers[kind]))
            yield _sentence(words)

    def _words(self) -> Iterator[Asked]:
        """The pairs of a word and a non-word."""
        draw = random.Random(f"{NAME} words {SEED}")
        for item, words in self._items().items():
            for spelling, said, changed in words:
                for number, (before, after) in enumerate(draw.sample(self._around(said), self.contexts)):
                    name = f"{item}-{spelling}-{number}"
                    right, wrong = (_sentence([before, middle, after]) for middle in (said, changed))
                    yield Asked(name, item, name, right, wrong)

    def _agreement(self) -> Iterator[Asked]:
        """The pairs that differ in whether the closer agrees."""
        draw = random.Random(f"{NAME} agreement {SEED}")
        openers, closers, fillers = self._roles()
        for i, j, distance in product(range(self.class_size), range(self.class_size), DISTANCES):
            item = f"agreement-{self.half}-{i}-{j}"
            first, *between = draw.sample(fillers, distance)
            for kind, other in (CLASSES, CLASSES[::-1]):
                start = [first, openers[kind][i], *between]
                right, wrong = (_sentence([*start, closers[ending][j]]) for ending in (kind, other))
                yield Asked(f"{item}-{distance}-{kind}", item, f"{item}-{distance}", right, wrong, distance)

    def _around(self, said: str) -> list[tuple[str, str]]:
        """The words that may stand before and after a word in a sentence of three."""
        openers, closers, fillers = self._roles()
        for kind in CLASSES:
            if said in openers[kind]:
                return list(product(fillers, closers[kind]))
            if said in closers[kind]:
                return list(product(openers[kind], fillers))
        return [pair for kind in CLASSES for pair in product(openers[kind], closers[kind])]

    def _roles(self) -> tuple[dict[str, list[str]], dict[str, list[str]], list[str]]:
        """Phonemes of the openers and of the closers of each class, and of the fillers."""
        words = iter(said for _, said, _ in self.said())
        openers, closers = ({kind: list(islice(words, self.class_size)) for kind in CLASSES} for _ in range(2))
        return openers, closers, list(words)

    def _items(self) -> dict[str, tuple[Word, ...]]:
        """The items of the half by their names; the list is in random order."""
        numbered = list(enumerate(nonwords.items()))[HALVES.index(self.half) :: 2]
        return {f"{NAME}-{number:04d}": words for number, words in numbered[: self.items]}


def _shapes() -> Iterator[str]:
    """Every sentence as the roles of its words: fillers, an opener as its class, a closer as its class in capitals."""
    for length, between, kind in product(range(SHORTEST, LONGEST + 1), range(max(DISTANCES)), CLASSES):
        for before in range(length - 1 - between):
            after = length - 2 - between - before
            yield before * FILLER + kind + between * FILLER + kind.upper() + after * FILLER


SHAPES = frozenset(_shapes())


@cache
def sha256(items: int = 20, contexts: int = 6) -> str:
    """sha256 of all sentences and pairs of both languages and of the voice, from which the audio follows."""
    text = [
        [list(islice(language.sentences(), LISTED)), [asdict(pair) for pair in language.asked()]]
        for language in (Language(half, items, contexts) for half in HALVES)
    ]
    voice = [synthetic_voice.PACKAGE, synthetic_voice.MODEL.sha256, synthetic_voice.SETTINGS.sha256]
    return hashlib.sha256(json.dumps([VERSION, voice, text]).encode()).hexdigest()


def _sentence(words: list[str]) -> str:
    return f"{' '.join(words)}."
