"""Spellings of one word that a language does not tell apart when it is spoken: letters, marks and apostrophes.

Conventions: text and ISO 639-1 language in, text in lower case out; nothing here depends on words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

from audiotok.metrics.dependencies import needs

_APOSTROPHES = dict.fromkeys(map(ord, "’‘‛ʼʻ′´`＇ʹꞌ׳"), "'")
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xAD, 0xFEFF])
_INVISIBLE |= dict.fromkeys([*range(0xFE00, 0xFE10), 0x34F, 0x61C, 0x180E])
#: Vowel points and the tatweel of the Arabic script; points and cantillation of Hebrew.
_ARABIC_POINTS = dict.fromkeys([*range(0x64B, 0x653), 0x670, *range(0x6D6, 0x6DD), 0x640])
_HEBREW_POINTS = dict.fromkeys([*range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7])
_PERSIAN = str.maketrans({"ك": "ک", "ي": "ی", "ى": "ی", "ە": "ه"})
_ARABIC = str.maketrans({"ک": "ك", "ی": "ي"})
_NASAL = re.compile("ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])")
#: Serbian is written in both scripts, letter for letter.
_SERBIAN = str.maketrans(
    dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
    | {"љ": "lj", "њ": "nj", "џ": "dž"}
)
_TONES = "\u0300\u0301\u0303\u0309\u0323"


class _Table(dict[int, str]):
    """For `str.translate`, of a function of one character, which is asked about each character once."""

    def __init__(self, function: Callable[[str], str]) -> None:
        self._function = function

    def __missing__(self, character: int) -> str:
        self[character] = found = self._function(chr(character))
        return found


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _letter(character: str) -> str:
    return character if unicodedata.category(character)[0] in "LMN" else " "


_DIGITS, _LETTERS = _Table(_digit), _Table(_letter)


def unify(text: str, language: str) -> str:
    """One spelling for what is said alike: compatibility forms, case, digits of every script, apostrophes."""
    text = unicodedata.normalize("NFKC", one_mark(text))
    text = text.translate(_DIGITS)
    if language in ("tr", "az"):
        text = text.replace("I", "ı").replace("İ", "i")
    # İ in lower case as languages without a dotless i write it is two characters.
    text = text.casefold().replace("i\u0307", "i")
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    return unicodedata.normalize("NFKC", _folded(text, language))


def one_mark(text: str) -> str:
    """One apostrophe for all, and no characters that nothing shows: soft hyphens, joiners, marks of direction."""
    return text.translate(_APOSTROPHES).translate(_INVISIBLE)


def _folded(text: str, language: str) -> str:
    if language == "fa":
        # A prefix of verbs and the plural's ending, written with a space, with a joiner or without either.
        text = re.sub(r"\b(ن?می)\s(?=\w)|(?<=\w)\s(?=ها(?:ی|یی)?\b)", r"\1", text.translate(_PERSIAN))
    if language in ("ar", "fa", "ur", "ps", "sd"):
        return text.translate(_ARABIC_POINTS).translate(_ARABIC if language == "ar" else _PERSIAN)
    if language in ("he", "yi"):
        return re.sub(r'(?<=\w)[\'"״](?=\w)', "", text.translate(_HEBREW_POINTS))  # acronyms and foreign sounds
    if language == "ro":
        return text.replace("ş", "ș").replace("ţ", "ț")  # typists' cedillas
    if language in ("zh", "yue"):
        return str(_simplified().convert(text))
    if language == "hi":
        # पाँच and पांच; हिन्दी and हिंदी: a nasal before a consonant of its own place is a point as well.
        return _NASAL.sub("ं", text.replace("ँ", "ं"))
    if language == "th":
        return text.replace("เเ", "แ")  # typed as two, which looks the same
    if language == "sr":
        return text.translate(_SERBIAN)
    if language == "vi":
        return _tone_on_the_last_vowel(text)
    if language == "fr":
        return text.replace("œ", "oe").replace("æ", "ae")
    if language in ("ru", "be"):
        # Mostly printed without its dots; Belarusian prints them always.
        return text.replace("ё", "е") if language == "ru" else _joined(text)
    return _joined(text) if language in ("uk", "tr", "az") else text


def _joined(text: str) -> str:
    """The apostrophe of Ukrainian and Belarusian, and before Turkish endings of names, is inside a word."""
    return re.sub(r"(?<=[^\W\d])'(?=[^\W\d])", "", text)


def _tone_on_the_last_vowel(text: str) -> str:
    """Old and new style of oa, oe, uy at a syllable's end: hòa, hoà -> hoà."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", re.sub(rf"(o|u)([{_TONES}])(?:(?<=o.)([ae])|(?<=u.)(y))(?!\w)", _moved, apart))


def _moved(match: re.Match[str]) -> str:
    return match[1] + (match[3] or match[4]) + match[2]


@cache
def _simplified() -> Any:
    return needs("opencc").OpenCC("t2s")


def letters_only(text: str) -> str:
    """A space for all but letters, marks (the vowels of Hindi and Thai) and digits."""
    return text.translate(_LETTERS)
