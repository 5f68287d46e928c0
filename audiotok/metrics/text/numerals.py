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
from audiotok.metrics.text.number_phrases import decimal_points, phrases
from audiotok.metrics.text.number_words import Words

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
    "ru": "й|ый|ий|ой|ей|я|ая|е|ое|го|ого|му|ому|ом|м|ым|им|х|ых|их|ми|ю|ую",
    "uk": "й|ий|а|я|е|є|го|ого|му|ому|м|им|х|их|ми|у|ю|ї|ої|і",
    "tr": "'?(?:inci|nci|ıncı|ncı|uncu|ncu|üncü|ncü)",
    "ko": "번째|째",
    "el": "οσ|η|ο|ου|ησ|ων|ουσ|εσ",
}
#: 1,00,000: a lakh.
_GROUPS_OF_TWO = ("hi", "bn", "ta", "te", "kn", "ml", "mr", "gu", "pa", "ur", "ne", "as", "si")


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
        lambda number: f"{number[1]} {decimal_points(language)[0]} {' '.join(number[2])} ",
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
    known = phrases(language)
    said: list[str] = []
    spelt = False  # whether the last of `said` was a number in words
    base = addend = 0  # of which it is the sum
    for phrase, found in known.found(words):
        scale, more = known.scale(phrase, found)
        if scale and _in_decimals(said, known.points):
            found = found if more else list(phrase)  # "2,5 Millionen"
        elif scale and spelt and addend and known.continues(str(base), str(addend * scale + more)):
            addend = addend * scale + more  # "eine Million zweihundert | tausend"
            said[-1] = str(base + addend)
            continue
        elif scale and said and said[-1].isdigit() and 0 < len(said[-1]) <= 3 and said[-1][0] != "0":
            base, addend, spelt = int(said[-1]) * scale, more, True
            said[-1] = str(base + more)
            continue
        number = found[-1]
        if number.isdigit() and not phrase[-1].isdigit():
            if spelt and known.continues(said[-1], number):
                base, addend = int(said[-1]), int(number)
                said[-1] = str(base + addend)
                continue
            addend = int(number) % 1000 if int(number) > 1000 else 0
            base, spelt = int(number) - addend, True
        else:
            spelt = False
        said += found
    return list(_digit_by_digit(said, known.points))


def _in_decimals(said: list[str], points: Words) -> bool:
    """Whether a number follows the decimal separator, be it in single digits."""
    at = len(said) - 1
    while at > 0 and said[at].isdigit():
        at -= 1
    return 0 < at < len(said) - 1 and said[at] in points and said[at - 1].isdigit()


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
def _separators(language: str) -> tuple[str, str]:
    """(decimal separator, the other mark of "," and ".")."""
    decimal = needs("babel.numbers").get_decimal_symbol(locale(language))
    return (",", ".") if decimal in (",", "٫") and language not in ("ar", "fa", "ur") else (".", ",")
