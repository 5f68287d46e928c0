"""Text normalisation before words are counted: what is written differently but said alike becomes one spelling.

Conventions: text and ISO 639-1 language in, words in lower case with single spaces between them out; punctuation is
never a word, accents are kept (they tell words apart), `normalise(normalise(x)) == normalise(x)` outside English.
English goes through Whisper's own English normaliser (Radford et al., "Robust Speech Recognition via Large-Scale Weak
Supervision", 2022, appendix C; package whisper-normalizer): contractions are expanded, numbers become digits, British
spellings American ones, "uh" and "um" are dropped, accents removed. (A full stop that it leaves alone, as in "No...",
is no word here.) Every other language, in this order:

1. Unicode NFKC and case folding, so that full-width letters, ligatures, ß and capitals make no difference;
2. whole numbers become words (num2words; masculine, nominative), since ASR models write "25" for "veinticinco";
   a point between groups of three digits is dropped, a number of more than six digits or with a leading zero is read
   digit by digit, and a language that num2words does not know keeps its digits;
3. Russian ё becomes е, which is how it is mostly printed;
4. all but letters, marks and digits becomes a space, so that French and Italian elisions (l'eau, dell'arte) and
   hyphens part words on both sides alike;
5. in languages written without spaces each character is a word, so that WER is a character error rate there.

A change in any of these, or in what the two packages return, changes NORMALISER.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from audiotok.errors import InvalidOption
from audiotok.metrics.dependencies import needs

NORMALISER = "audiotok-text.v1"
PACKAGES = ("whisper-normalizer", "num2words")

_WITHOUT_SPACES = ("zh", "yue", "ja", "th", "lo", "my", "km")
_LONGEST_NUMBER = 6  # digits; a longer one is a telephone or serial number, read digit by digit


def normalise(text: str, language: str) -> str:
    """Text -> words separated by single spaces; "" where nothing is said.

    >>> normalise("L’été, c'est 21 jours !", "fr")
    'l été c est vingt et un jours'
    """
    if not re.fullmatch("[a-z]{2,3}", language):
        raise InvalidOption(f"language must be an ISO 639 code such as 'en' or 'fr', got {language!r}")
    text = unicodedata.normalize("NFKC", text)
    words = (_english()(text) if language == "en" else _other(text, language)).split()
    if language in _WITHOUT_SPACES:
        words = [character for word in words for character in _characters(word)]
    return " ".join(word for word in words if any(unicodedata.category(character)[0] in "LN" for character in word))


def _other(text: str, language: str) -> str:
    text = unicodedata.normalize("NFKC", text.casefold())
    text = re.sub(r"(?<=[0-9])\.(?=[0-9]{3}(?![0-9]))", "", text)
    text = re.sub(r"[0-9]+", lambda number: f" {_spoken(number[0], language)} ", text)
    if language == "ru":
        text = text.replace("ё", "е")
    # Marks stay: they are the vowels of Hindi and Thai.
    return "".join(character if unicodedata.category(character)[0] in "LMN" else " " for character in text)


def _characters(word: str) -> list[str]:
    """Each with the marks that follow it."""
    groups: list[str] = []
    for character in word:
        if groups and unicodedata.category(character)[0] == "M":
            groups[-1] += character
        else:
            groups.append(character)
    return groups


def _spoken(digits: str, language: str) -> str:
    """ "21", "es" -> "veintiuno"."""
    num2words = needs("num2words")
    if language not in num2words.CONVERTER_CLASSES:
        return digits
    whole = len(digits) <= _LONGEST_NUMBER and not (digits.startswith("0") and len(digits) > 1)
    return " ".join(str(num2words.num2words(int(part), lang=language)) for part in ([digits] if whole else digits))


@cache
def _english() -> Any:
    return needs("whisper_normalizer.english").EnglishTextNormalizer()
