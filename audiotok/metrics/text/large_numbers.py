"""Abbreviations of thousand, million and billion behind a number, in full: 5 Mio. -> 5 Millionen, 5 млн.

Conventions: text as it was written; abbreviations and words are those of the CLDR (Babel), in the plural that the
number takes. One letter is no abbreviation here, since "5 M" may be metres.
"""

from __future__ import annotations

import re
from functools import cache

from audiotok.metrics.dependencies import needs
from audiotok.metrics.text.locales import known_locale

#: Abbreviations that the CLDR does not give -> powers of ten.
_MORE = {"de": {"tsd": 3}, "es": {"mill": 6}, "da": {"mrd": 9}, "sv": {"milj": 6, "mdr": 9}, "el": {"εκατ": 6}}
_CENTIMETRES = "εκ"  # the other reading of a Greek abbreviation
#: Without their full stop they are other words: Czech "5 mil" are miles.
_ONLY_WITH_STOP = ("mil", "мил")
_NUMBER = r"\d{1,15}(?:[.,'  ]\d{1,15}){0,4}"


def large_numbers(text: str, language: str) -> str:
    """The text with each abbreviation of a large number as it is read."""
    pattern = _pattern(language)
    return pattern.sub(lambda found: _read(found[1], found[2], language), text) if pattern else text


@cache
def _abbreviations(language: str) -> dict[str, int]:
    """Abbreviation in lower case -> power of ten."""
    known = {}
    for power in (3, 6, 9) if known_locale(language) else ():
        letters = _behind(5, 0, power, "short", language).casefold().rstrip(".")
        words = [_behind(count, 0, power, "long", language).casefold() for count in (5, 1, 2, 100)]
        shortened = 1 < len(letters) < len(words[0]) and letters[0] == words[0][0] and letters not in words
        if shortened and letters.isalpha() and letters != _CENTIMETRES:
            known[letters] = power
    return known | _MORE.get(language, {})


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    ends = [
        letters + (r"\." if letters in _ONLY_WITH_STOP else r"\b\.?")
        for letters in sorted(_abbreviations(language), key=len, reverse=True)
    ]
    return re.compile(rf"(?<![\w.,])({_NUMBER})\s?({'|'.join(ends)})(?!\w)", re.IGNORECASE) if ends else None


def _read(number: str, abbreviation: str, language: str) -> str:
    power = _abbreviations(language)[abbreviation.rstrip(".").casefold()]
    whole, _, decimals = number.replace(".", ",").rpartition(",")
    if not whole or len(decimals) > 2:
        whole, decimals = number, ""
    count = int(re.sub(r"\D", "", whole))
    if count >= 1000 or count == 0:  # "1200 Mio." are not read as "1,2 Milliarden", and "0,5 Mio." not as "500 Tausend"
        count = 1 if decimals and count == 0 else 100 + count % 100
    return f"{number} {_behind(float(f'{count}.{decimals}'), len(decimals), power, 'long', language)} "


def _behind(count: float, decimals: int, power: int, length: str, language: str) -> str:
    """The words or letters that the CLDR writes behind a count of thousands or more; "" where it writes all digits."""
    text = needs("babel.numbers").format_compact_decimal(
        count * 10**power, format_type=length, locale=known_locale(language), fraction_digits=decimals
    )
    found = re.fullmatch(r"(\d[\d.,]*)\s?(\D+)", str(text))
    return found[2] if found and len(found[1]) <= len(f"{count:.{decimals}f}") else ""
