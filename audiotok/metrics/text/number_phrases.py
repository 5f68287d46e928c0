"""Number words found in a text: the longest phrases that a language has for numbers, and which of them are one number.

Conventions: words as `audiotok.metrics.text.number_words.plain` leaves them. Known are numbers up to 2099, whole
thousands up to a million and round millions. Every other number is thousands and what follows them: "deux mille" and
"cinq cents", with a joiner between them in some languages ("três mil e quinhentos"), or in one word ("tremilacinque").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from audiotok.metrics.text import currencies, percentages
from audiotok.metrics.text.number_words import FORMS, INDIC, SCALES, Words, plain, spellings, words_of
from audiotok.metrics.text.ordinal_words import ordinals

#: Words for the decimal separator that num2words does not say, the canonical one first.
_POINTS = {
    **dict.fromkeys(("zh", "yue", "ja"), ("点",)),
    **{"tr": ("virgül",), "ar": ("فاصلة",), "fa": ("ممیز",), "hi": ("दशमलव",), "vi": ("phẩy",), "th": ("จุด",)},
    **{"el": ("κόμμα",), "hu": ("egész",)},
    "es": ("coma", "punto"),
    "ca": ("coma", "punt"),
    "it": ("virgola", "punto"),
    "pt": ("vírgula", "ponto"),
}
#: Words between thousands and what follows them.
_JOINERS = {
    **{"pt": ("e",), "it": ("e",), "fr": ("et",), "de": ("und",), "nl": ("en",), "fa": ("و",), "ar": ("و",)},
    **{"da": ("og",), "no": ("og",), "nn": ("og",), "is": ("og",), "sv": ("och",)},
    **{"hr": ("i",), "bs": ("i",), "sr": ("i",), "tet": ("resin",)},
    "vi": ("lẻ", "linh", "không trăm lẻ", "không trăm linh", "không trăm"),
}
#: Joiners that are the first letter of the word behind them.
_PREFIXES = {"ar": "و", "he": "ו"}
#: Zeros at the end of a number that another one may follow: "one million | two hundred thousand", "이십 | 오".
_PLACES = {"ko": (8, 4, 3, 2, 1), **dict.fromkeys(INDIC, (7, 5, 3, 2))}
_DEFAULT_PLACES = (9, 6, 3, 2)
#: Fewest letters of the thousands and of the rest in a number of one word: others are in many words by chance.
_SHORTEST = {"ko": (1, 1)}
_DEFAULT_SHORTEST = (3, 2)

_POWERS = tuple(10**n for n in (2, 3, 4, 5, 6, 7, 8, 9))
_ROUND = [k * 10**n for n in (6, 9) for k in (*range(1, 21), *range(30, 100, 10), *range(100, 1000, 100))]


@dataclass(frozen=True, eq=False)
class Phrases:
    """The phrases of a language for numbers, percentages and currencies, and how those for numbers combine."""

    language: str
    known: dict[Words, list[str]]  # what each phrase becomes
    longest: int  # of them, in words
    points: Words  # words for the decimal separator, the canonical one first
    scales: dict[str, int]  # words for thousand, million and the like, which multiply the number before them

    def found(self, words: Sequence[str]) -> Iterator[tuple[Words, list[str]]]:
        """The phrases of a text and what they become; every other word as it is.

        A number that continues the one before it is yielded with its joiner: ("e", "duzentos"), ["e", "200"].
        """
        words = [part for word in words for part in self._parts(word)]
        at, before = 0, ""  # the number in words that ends here
        while at < len(words):
            n, becomes = self._following(words, at) if before.endswith("000") else (0, [])
            if not n or not self.continues(before, becomes[-1]):
                n = self._length(words, at)
                becomes = self.known[tuple(words[at : at + n])] if n else [self._glued(words[at]) or words[at]]
            phrase = tuple(words[at : at + max(n, 1)])
            yield phrase, becomes
            at += len(phrase)
            before = becomes[-1] if becomes[-1].isdigit() and not phrase[-1].isdigit() else ""
            if len(phrase) == 1 and phrase[0] in self.scales:
                before = str(self.scales[phrase[0]])

    def continues(self, number: str, following: str) -> bool:
        """ "mille" and "vingt" are one number, "vingt" and "mille" are not."""
        return any(
            number.endswith("0" * zeros) and len(number) > zeros and 0 < int(following) < 10**zeros
            for zeros in _PLACES.get(self.language, _DEFAULT_PLACES)
        )

    def scale(self, phrase: Words, becomes: Sequence[str]) -> tuple[int, int]:
        """The factor of the number before a phrase, 0 for none, and the addend: "mil e cem" -> (1000, 100)."""
        scale = self.scales.get(phrase[0], 0)
        if len(phrase) == 1:
            return scale, 0
        more = int(becomes[-1]) - scale if becomes[-1].isdigit() else 0
        return (scale, more) if 0 < more < scale else (0, 0)

    def _length(self, words: Sequence[str], at: int) -> int:
        """Words of the phrase at a place, 0 where none is known.

        It is the longest one, unless that ends within a number: in "deux mille cinq cents" it is not "deux mille cinq".
        """
        n = self._longest(words, at)
        for thousands in range(1, n):
            number = self.known.get(tuple(words[at : at + thousands]), [""])[-1]
            if number.endswith("000") and thousands + self._following(words, at + thousands)[0] > n:
                return thousands
        return n

    def _following(self, words: Sequence[str], at: int) -> tuple[int, list[str]]:
        """The longest number in words at a place with the joiner before it -> (words of both, [joiner, number])."""
        near = words[at : at + self.longest + 3]
        joiners = [(), *(tuple(joiner.split()) for joiner in _JOINERS.get(self.language, ()))]
        here = [joiner for joiner in joiners if tuple(near[: len(joiner)]) == joiner]
        ways = [(len(joiner), near[len(joiner) :], joiner) for joiner in here]
        prefix = _PREFIXES.get(self.language)
        if prefix and near and near[0].startswith(prefix):
            ways.append((0, [near[0].removeprefix(prefix), *near[1:]], (prefix,)))
        found = []
        for skipped, rest, joiner in ways:
            n = self._longest(rest, 0)
            number = self.known.get(tuple(rest[:n]), [""])[-1]
            if number.isdigit():
                found.append((skipped + n, [*joiner, number]))
        return max(found, default=(0, []))

    def _longest(self, words: Sequence[str], at: int) -> int:
        decimals = at > 1 and words[at - 1] in self.points
        for n in range(min(self.longest, len(words) - at), 0, -1):
            found = self.known.get(tuple(words[at : at + n]))
            if found is not None and not (decimals and n > 1 and len(found[0]) > 3 and found[0].isdigit()):
                return n
        return 0

    def _glued(self, word: str) -> str | None:
        """ "zweitausendfünfhundert" -> 2500: thousands and what follows, in one word."""
        head, tail = _SHORTEST.get(self.language, _DEFAULT_SHORTEST)
        for n in range(head, len(word) - tail + 1):
            thousands = self.known.get((word[:n],), [""])[0]
            if not thousands.isdigit():
                continue
            for joiner in ("", *_JOINERS.get(self.language, ())):
                rest = self.known.get((word[n:].removeprefix(joiner),), [""])[0]
                if rest.isdigit() and self.continues(thousands, rest):
                    return str(int(thousands) + int(rest))
        return None

    def _parts(self, word: str) -> list[str]:
        """A Danish number in one word, in several that are known: "syttentusinde" -> "sytten", "tusinde"."""
        if self.language != "da" or (word,) in self.known:
            return [word]
        parts = [part for part in re.split("(tusinde(?!t)|tusind|hundrede?)", word) if part]
        return parts if all((part,) in self.known or part in self.scales for part in parts) else [word]


@cache
def phrases(language: str) -> Phrases:
    """The phrases of a language: percentages and currencies alone where no package writes its numbers."""
    known: dict[Words, list[str]] = {}
    for texts, canonical in _beside_numbers(language):
        for phrase in texts:
            known.setdefault(tuple(phrase), canonical)
    for form in FORMS.get(language, "").split():
        word, _, value = form.partition(":")
        known.setdefault((word,), [value])
    for number in [*range(2100), *range(2100, 10_000, 100), *range(3000, 1_000_000, 1000), *_ROUND]:
        for spelling in spellings(number, language):
            known.setdefault(spelling, [str(number)])
    for number in range(1, 101):
        for spelling in ordinals(number, language):
            known.setdefault(spelling, [str(number)])
    known.pop((), None)
    return Phrases(language, known, max(map(len, known), default=0), decimal_points(language), _scales(language))


def _scales(language: str) -> dict[str, int]:
    scales = dict(SCALES.get(language, {}))
    ones = {"".join(spelling) for spelling in spellings(1, language)}
    for value in _POWERS:
        if value == 100 and language == "fr":
            continue  # "50 cents" are money
        for count in (2, 5):
            counts = {"".join(spelling) for spelling in spellings(count, language)}
            for joined in map("".join, spellings(count * value, language)):
                for one in counts:
                    if joined.startswith(one) and joined != one:
                        scales.setdefault(joined.removeprefix(one), value)
        for spelling in spellings(value, language) if value in (1000, 10**6, 10**9) else ():
            if len(spelling) == 1 and not any(spelling[0].startswith(one) for one in ones):
                scales.setdefault(spelling[0], value)
    return scales


@cache
def decimal_points(language: str) -> Words:
    """Words for the decimal separator, the canonical one first: "komma"."""
    found = list(_POINTS.get(language, ()))
    for text in words_of(3.5, language, "cardinal"):
        words = plain(text, language)
        if len(words) == 3 and words[0] in {word for (word, *_) in spellings(3, language)}:
            found.append(words[1])
    # Persian says "three and a half".
    return tuple(dict.fromkeys(word for word in found if word not in _JOINERS.get(language, ()))) or ("point",)


def _beside_numbers(language: str) -> Iterator[tuple[list[Words], list[str]]]:
    percent = [words for _, words in percentages.phrases(language)]
    if percent:
        yield percent, list(percent[0])
    for sign in currencies.SIGNS:
        names = currencies.names(sign, language)
        if names:
            yield names, list(names[0])
