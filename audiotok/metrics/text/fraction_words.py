"""Fractions as the words that are read: ½ and 1/2 -> half, 2½ -> 2 and a half, 三分之二.

Conventions: with a slash only proper fractions in lowest terms of one digit, and of sixteen parts in English (others
are dates, "24/7" and "6/8 time"); only languages below, where one reading is the usual one. In languages whose
ordinals name the parts ("cinq huitièmes"), 5/8 is left as the two numbers, which are those of the words as well.
"2½" is no decimal: "two and a half" is not "two point five".
"""

from __future__ import annotations

import re
import unicodedata
from math import gcd

from audiotok.metrics.text.number_words import words_of

#: Language -> 1/2, 1/3, 2/3, 1/4, 3/4; and what follows the whole number of 2½.
_WORDS = {
    "de": ("ein halb", "ein drittel", "zwei drittel", "ein viertel", "drei viertel", "einhalb"),
    "fr": ("un demi", "un tiers", "deux tiers", "un quart", "trois quarts", "et demi"),
    "es": ("medio", "un tercio", "dos tercios", "un cuarto", "tres cuartos", "y medio"),
    "it": ("mezzo", "un terzo", "due terzi", "un quarto", "tre quarti", "e mezzo"),
    "pt": ("meio", "um terço", "dois terços", "um quarto", "três quartos", "e meio"),
    "nl": ("een half", "een derde", "twee derde", "een kwart", "drie kwart", "enhalf"),
    "sv": ("en halv", "en tredjedel", "två tredjedelar", "en fjärdedel", "tre fjärdedelar", "och en halv"),
    "da": ("en halv", "en tredjedel", "to tredjedele", "en fjerdedel", "tre fjerdedele", "og en halv"),
    "no": ("en halv", "en tredjedel", "to tredjedeler", "en fjerdedel", "tre fjerdedeler", "og en halv"),
    "ru": ("половина", "одна треть", "две трети", "одна четверть", "три четверти", "с половиной"),
    "uk": ("половина", "одна третина", "дві третини", "одна чверть", "три чверті", "з половиною"),
    "pl": ("pół", "jedna trzecia", "dwie trzecie", "jedna czwarta", "trzy czwarte", "i pół"),
    "cs": ("půl", "jedna třetina", "dvě třetiny", "jedna čtvrtina", "tři čtvrtiny", "a půl"),
    "en": ("half", "a third", "two thirds", "a quarter", "three quarters", "and a half"),
}
_ORDER = ((1, 2), (1, 3), (2, 3), (1, 4), (3, 4))
_BIG_PARTS = {"10": "⁄", "16": "/"}  # ⅒, and sixteenths of an inch -> how they are written
#: Part first, as in 三分之二.
_BY_PARTS = {"zh": "分之", "yue": "分之", "ja": "分の", "ko": "분의"}
_VULGAR = re.compile("[¼-¾⅐-⅞↉]")
_FRACTION = re.compile(
    r"(?<![\d./,:])(?:(\d{1,3})\s)?([1-9]|1[1-5])(/|⁄)([2-9]|1[06])(?:(?:th|rd)s?\b|(?![\d./,:]\d|\d|⁄|/))"
)
_GLUED = {
    "de": re.compile(r"\b(ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)einhalb\b", re.IGNORECASE),
    "nl": re.compile(r"\b(twee|drie|vier|vijf|zes|zeven|acht|negen|tien)[eë]nhalf\b", re.IGNORECASE),
}


def fractions(text: str, language: str) -> str:
    """The text with its fractions as words."""
    if language in _GLUED:
        text = _GLUED[language].sub(rf"\1 {_WORDS[language][-1]}", text)
    return _FRACTION.sub(lambda found: _read(found, language), _apart(text))


def _apart(text: str) -> str:
    """ "2½" -> "2 1⁄2"."""
    return _VULGAR.sub(lambda sign: f" {unicodedata.normalize('NFKC', sign[0])} ", text)


def _read(found: re.Match[str], language: str) -> str:
    whole, part, slash, parts = found.groups()
    place = (int(part), int(parts))
    if len(part + parts) > 2 and (language != "en" or _BIG_PARTS.get(parts) != slash):
        return found[0]
    if language in _BY_PARTS and place[0] < place[1]:
        between = "又" if language in ("zh", "yue") else "と"
        return f"{whole + between if whole else ''}{parts}{_BY_PARTS[language]}{part}"
    said = _said(place, language)
    if said is None:
        return found[0]
    if not whole:
        return f" {said} "
    if language == "en":
        return f"{whole} and {said} ".replace("and half", "and a half")
    return f"{whole} {_WORDS[language][-1]} " if place == (1, 2) else found[0]


def _said(place: tuple[int, int], language: str) -> str | None:
    """A fraction in words: 5/8 -> "5 eighths", "5 achtel"."""
    part, parts = place
    if language in _WORDS and place in _ORDER:
        return _WORDS[language][_ORDER.index(place)]
    if language not in ("en", "de") or part > parts or gcd(part, parts) > 1:
        return None
    (ordinal,) = words_of(parts, language, "ordinal")
    if language == "de":
        return f"{part} {ordinal}l"
    return f"{part} {ordinal}s" if part > 1 else f"{'an' if parts == 8 else 'a'} {ordinal}"
