"""Numbers, percentages and currencies: written with digits or in words, they become the same words.

Conventions: text as `audiotok.metrics.text.spelling.unify` leaves it; numbers come out as digits without separators.
The words of a language are those of num2words and indic-numtowords, its separators, percentages and currencies those
of the CLDR (Babel). Ordinals become cardinals, since "21." and "21e" say no more; numbers of more than six digits or
with a leading zero, and decimals behind the point, are read digit by digit, as they are said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from audiotok.metrics.dependencies import needs
from audiotok.metrics.text import currencies, percentages
from audiotok.metrics.text.clock_times import clock_times
from audiotok.metrics.text.korean_numerals import spaced
from audiotok.metrics.text.locales import locale
from audiotok.metrics.text.number_words import FORMS, SCALES, Words, ordinals, plain, spellings, words_of

PACKAGES = ("Babel", "num2words", "indic-numtowords")

_LONGEST = 6  # digits of a quantity; more are a telephone or serial number
#: Endings of ordinals written with digits: 21e, 1er, 21-й.
_ORDINAL_ENDINGS = {
    "fr": "ers?|re|ère|ères|e|ème|èmes|ieme|nd|nde",
    "es": "o|a|os|as|er",
    "it": "o|a|i|e",
    "pt": "o|a|os|as",
    "ca": "r|n|t|è|a",
    "nl": "e|ste|de",
    "sv": "a|e",
    "ru": "й|ый|ий|я|ая|е|ое|го|ого|му|ом|м|х|ю|ую",
    "uk": "й|ий|а|е|го|ого|му|ому|м|х|у",
    "tr": "'?(?:inci|nci|ıncı|ncı|uncu|ncu|üncü|ncü)",
    "ko": "번째",
    "el": "ος|η|ο|ου|ης",
}
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
#: 1,00,000: a lakh.
_GROUPS_OF_TWO = ("hi", "bn", "ta", "te", "kn", "ml", "mr", "gu", "pa", "ur", "ne", "as", "si")

_POWERS = tuple(10**n for n in (2, 3, 4, 5, 6, 7, 8, 9))
_ROUND = [k * 10**n for n in (6, 9) for k in (*range(1, 21), *range(30, 100, 10), *range(100, 1000, 100))]


def written(text: str, language: str) -> str:
    """Digits without separators, signs as the words for them, times and ordinals as their numbers."""
    if language == "ko":
        text = spaced(text)
    decimal, group = _separators(language)
    text = text.replace("٫", decimal).replace("٬", group)
    if language in _GROUPS_OF_TWO:
        text = re.sub(r"(?<![\d,])\d{1,2}(?:,\d\d)+,\d{3}(?![\d,])", _joined, text)
    text = currencies.behind(clock_times(text, language), language)
    text = re.sub(
        rf"(?<![\d{re.escape(decimal + group)}])\d{{1,3}}(?:[{re.escape(group)} ']\d{{3}})+(?!\d)", _joined, text
    )
    text = currencies.in_words(percentages.in_words(text, language), language, decimal)
    # "3,5" -> "3 komma 5"
    text = re.sub(
        rf"(\d+){re.escape(decimal)}(\d+)",
        lambda number: f"{number[1]} {_points(language)[0]} {' '.join(number[2])} ",
        text,
    )
    if language in ("id", "ms"):
        text = re.sub(r"\bke-(?=\d)", "", text)
    if language in _ORDINAL_ENDINGS:
        text = re.sub(rf"(?<=\d)[-:.]?(?:{_ORDINAL_ENDINGS[language]})(?!\w)", "", text)
    return re.sub(r"(\d+)", r" \1 ", text)


def _joined(number: re.Match[str]) -> str:
    return re.sub(r"\D", "", number[0])


def spoken(words: list[str], language: str) -> list[str]:
    """Number words as digits, and one form for each percentage and currency."""
    points, scales = _points(language), _scales(language)
    said: list[str] = []
    spelt = False  # whether the last of `said` was a number in words
    base = addend = 0  # of which it is the sum
    for phrase, found in _matches(words, *_known(language), points):
        scale = scales.get(phrase[0], 0) if len(phrase) == 1 else 0
        if scale and _in_decimals(said, points):
            found = list(phrase)  # "2,5 Millionen"
        elif scale == 100 and spelt and int(said[-1]) > 1000 and 0 < int(said[-1]) % 1000 < 10:
            base, addend = int(said[-1]) // 10 * 10, int(said[-1]) % 10 * 100  # tisíc devět | set
            said[-1] = str(base + addend)
            continue
        elif scale and spelt and addend and base > scale and 0 < addend < 1000:
            addend *= scale
            said[-1] = str(base + addend)
            continue
        elif scale and said and said[-1].isdigit() and 0 < len(said[-1]) <= 3 and said[-1][0] != "0":
            base, addend, spelt = int(said[-1]) * scale, 0, True
            said[-1] = str(base)
            continue
        if found[0].isdigit() and not phrase[0].isdigit():
            if spelt and _continues(said[-1], found[0], language == "ko"):
                base, addend = int(said[-1]), int(found[0])
                said[-1] = str(base + addend)
                continue
            base, addend, spelt = int(found[0]), 0, True
        else:
            spelt = False
        said += found
    return list(_digit_by_digit(said, points))


def _matches(
    words: list[str], known: dict[Words, list[str]], longest: int, points: Words
) -> Iterator[tuple[Words, list[str]]]:
    """The longest known words at each place and what they become, or the word itself."""
    at = 0
    while at < len(words):
        decimals = at > 1 and words[at - 1] in points
        for n in range(min(longest, len(words) - at), 0, -1):
            phrase = tuple(words[at : at + n])
            found = known.get(phrase)
            if found is not None and not (decimals and n > 1 and len(found[0]) > 3 and found[0].isdigit()):
                yield phrase, found
                at += n
                break
        else:
            glued = _glued(words[at], known)
            yield (words[at],), [glued or words[at]]
            at += 1


def _in_decimals(said: list[str], points: Words) -> bool:
    """Whether a number follows the decimal separator, be it in single digits."""
    at = len(said) - 1
    while at > 0 and said[at].isdigit():
        at -= 1
    return 0 < at < len(said) - 1 and said[at] in points and said[at - 1].isdigit()


def _glued(word: str, known: dict[Words, list[str]]) -> str | None:
    """ "zweitausendfünfhundert" -> 2500: thousands and what follows, in one word."""
    for n in range(3, len(word) - 1):
        thousands, rest = known.get((word[:n],)), known.get((word[n:],))
        if thousands and rest and thousands[0].isdigit() and rest[0].isdigit() and _continues(thousands[0], rest[0]):
            return str(int(thousands[0]) + int(rest[0]))
    return None


def _continues(number: str, following: str, tens_too: bool = False) -> bool:
    """ "mille" and "vingt" are one number, "vingt" and "mille" are not; "이십" and "오" may be written apart."""
    if tens_too and number.endswith("0") and 0 < int(following) < 10:
        return True
    return any(number.endswith(zeros) and 0 < int(following) < 10 ** len(zeros) for zeros in ("000000", "000", "00"))


def _is_quantity(number: str) -> bool:
    """Others are read digit by digit: telephone and serial numbers."""
    return (len(number) <= _LONGEST or number.endswith("000")) and not (number[0] == "0" and len(number) > 1)


def _digit_by_digit(words: list[str], points: Words) -> Iterator[str]:
    """Decimals, and numbers that are no quantities, as single digits; one word for the decimal separator."""
    behind = False
    for n, word in enumerate(words):
        if word in points and 0 < n < len(words) - 1 and words[n - 1].isdigit() and words[n + 1].isdigit():
            behind = True
            yield points[0]
        elif word.isdigit() and (behind or not _is_quantity(word)):
            yield from word
        else:
            behind = False
            yield word


@cache
def _known(language: str) -> tuple[dict[Words, list[str]], int]:
    """Spelt numbers, percentages and currencies of a language -> what they become; and the longest, in words."""
    known: dict[Words, list[str]] = {}
    for phrases, canonical in _phrases(language):
        for phrase in phrases:
            known.setdefault(tuple(phrase), canonical)
    for form in FORMS.get(language, "").split():
        word, _, value = form.partition(":")
        known.setdefault((word,), [value])
    for number in [*range(2100), *range(3000, 1_000_000, 1000), *_ROUND]:
        for spelling in spellings(number, language):
            known.setdefault(spelling, [str(number)])
    for number in range(1, 101):
        for spelling in ordinals(number, language):
            known.setdefault(spelling, [str(number)])
    known.pop((), None)
    return known, max(map(len, known), default=0)


@cache
def _scales(language: str) -> dict[str, int]:
    """Words for thousand, million and the like, which multiply the number before them: "5 millions"."""
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
def _points(language: str) -> Words:
    """Words for the decimal separator, the canonical one first: "komma"."""
    found = [_POINTS[language]] if language in _POINTS else []
    for text in words_of(3.5, language, "cardinal"):
        words = plain(text, language)
        if len(words) == 3 and words[0] in {word for (word, *_) in spellings(3, language)}:
            found.append((words[1],))
    return tuple(dict.fromkeys(word for words in found for word in words)) or ("point",)


@cache
def _separators(language: str) -> tuple[str, str]:
    """(decimal separator, the other mark of "," and ".")."""
    decimal = needs("babel.numbers").get_decimal_symbol(locale(language))
    return (",", ".") if decimal in (",", "٫") and language not in ("ar", "fa", "ur") else (".", ",")


def _phrases(language: str) -> Iterator[tuple[list[Words], list[str]]]:
    percent = [words for _, words in percentages.phrases(language)]
    if percent:
        yield percent, list(percent[0])
    for sign in currencies.SIGNS:
        names = currencies.names(sign, language)
        if names:
            yield names, list(names[0])
