"""Fractions as the words that are read: ½ and 1/2 -> half, 2½ -> 2 and a half, 三分之二.

Conventions: with a slash only halves, thirds and quarters (others are dates and "24/7"); only languages below, where
one reading is the usual one. "2½" is no decimal: "two and a half" is not "two point five".
"""

from __future__ import annotations

import re
import unicodedata

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
_PARTS = {
    "5": "fifth",
    "6": "sixth",
    "7": "seventh",
    "8": "eighth",
    "9": "ninth",
    "3": "third",
    "4": "quarter",
    "2": "half",
}
#: Part first, as in 三分之二.
_BY_PARTS = {"zh": "分之", "yue": "分之", "ja": "分の", "ko": "분의"}
_VULGAR = re.compile("[¼-¾⅐-⅞↉]")
_FRACTION = re.compile(r"(?<![\d./,:])(?:(\d{1,3})\s)?([1-9])(?:/|⁄)([2-9])(?![\d./,:]\d|\d|⁄|/|th\b)")
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
    whole, part, parts = found.groups()
    place = (int(part), int(parts))
    if language in _BY_PARTS and part < parts:
        between = "又" if language in ("zh", "yue") else "と"
        return f"{whole + between if whole else ''}{parts}{_BY_PARTS[language]}{part}"
    if language == "en" and "⁄" in found[0] and place not in _ORDER:
        said = f"a {_PARTS[parts]}" if part == "1" else f"{part} {_PARTS[parts]}s"
        return f" {whole} and {said} " if whole else f" {said} "
    if language not in _WORDS or place not in _ORDER:
        return found[0]
    words = _WORDS[language]
    if whole:
        if language == "en":
            return f"{whole} and {words[_ORDER.index(place)]} ".replace("and half", "and a half")
        return f"{whole} {words[-1]} " if place == (1, 2) else found[0]
    return f" {words[_ORDER.index(place)]} "
