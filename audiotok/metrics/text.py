"""Text normalisation before words are counted: what is written differently but said alike becomes one spelling.

Conventions: text and ISO 639-1 language (or a locale) in, words in lower case with single spaces between them out;
punctuation is never a word, accents are kept outside English (they tell words apart), numbers are digits, and
`normalise(normalise(x)) == normalise(x)`.
English goes through Whisper's own English normaliser (Radford et al., "Robust Speech Recognition via Large-Scale Weak
Supervision", 2022, appendix C; package whisper-normalizer): contractions are expanded, numbers become digits, British
spellings American ones, "uh" and "um" are dropped, accents removed. (A full stop that it leaves alone, as in "No...",
is no word here.) Every other language, in this order:

1. letters (`audiotok.metrics.spelling`): Unicode NFKC and case folding with Turkish's two i's, digits of every script,
   apostrophes; Arabic and Hebrew without vowel points, Persian's own letters, simplified Chinese (OpenCC),
   Vietnamese tones on the last vowel, French œ as oe, Russian ё as е;
2. numbers, percentages, currencies (`audiotok.metrics.numerals`): digits, whether written so or in words;
3. all but letters, marks and digits becomes a space, so that French and Italian elisions (l'eau, dell'arte) and
   hyphens part words on both sides alike;
4. in languages written without spaces each character is a word, so that WER is a character error rate there.

A change in any of these, or in what the packages return, changes NORMALISER.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from audiotok.data.languages import language_code
from audiotok.errors import InvalidData, InvalidOption
from audiotok.metrics import numerals
from audiotok.metrics.cjk_numerals import chinese_numbers
from audiotok.metrics.dependencies import needs
from audiotok.metrics.spelling import letters_only, unify

NORMALISER = "audiotok-text.v2"
PACKAGES = ("whisper-normalizer", "opencc-python-reimplemented", *numerals.PACKAGES)

_WITHOUT_SPACES = ("zh", "yue", "ja", "th", "lo", "my", "km")
_FRACTIONS = {"½": ("half", ".5"), "¼": ("quarter", ".25"), "¾": ("three quarters", ".75")}
#: Words that Whisper's English normaliser leaves different.
_ENGLISH = [
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in (
        (r"\bhalf an?\b", "half"),
        (r"(?<!and )\b(?:a|one) (quarter|half)\b", r"\1"),
        (r"(?<=\d) and a half\b", ".5"),
        (r"\b(\d{1,2}):(\d{2})\b(?!:)", r"\1\2"),  # as it joins "ten thirty"
        (r"(?<![\d.,])(\d{1,3})((?: \d{3})+)(?![\d.,])", lambda number: number[0].replace(" ", "")),
        (r"\b([ap])\.\s?m\b\.?", r"\1m"),
        (r"(?<![€$£\d])(\d[\d.,]*\d|\d)\s*([€$£])(?!\d)", r"\2\1"),
        (r"\bo'clock\b", "oclock"),  # its o would be a zero
    )
]
_MOST_ROUNDS = 8


@lru_cache(maxsize=4096)
def normalise(text: str, language: str) -> str:
    """Text -> words separated by single spaces; "" where nothing is said.

    >>> normalise("L’été, c'est vingt et un jours !", "fr")
    'l été c est 21 jours'
    """
    try:
        language = language_code(language)
    except InvalidData as error:
        raise InvalidOption(str(error)) from error
    before = None
    # What one round joins may be a number for the next ("10, 000"): until nothing changes.
    for _ in range(_MOST_ROUNDS):
        if text == before:
            break
        before, text = text, _once(text, language)
    return text


def _once(text: str, language: str) -> str:
    words = _english(text) if language == "en" else _other(text, language)
    if language in _WITHOUT_SPACES:
        words = [character for word in words for character in _characters(word)]
    return " ".join(word for word in words if any(unicodedata.category(character)[0] in "LN" for character in word))


def _other(text: str, language: str) -> list[str]:
    text = numerals.written(unify(text, language), language)
    if language in ("zh", "yue", "ja"):
        text = chinese_numbers(text)
    if language == "th":
        text = numerals.within(text, language)
    return numerals.spoken(letters_only(text).split(), language)


def _english(text: str) -> list[str]:
    for sign, (alone, behind) in _FRACTIONS.items():
        text = re.sub(rf"(?<=\d)\s*{sign}", behind, text).replace(sign, f" {alone}")
    text = re.sub("[’‘ʼ´`＇]", "'", unicodedata.normalize("NFKC", text))
    for pattern, said in _ENGLISH:
        text = pattern.sub(said, text)
    return str(_whisper()(text)).split()


def _characters(word: str) -> list[str]:
    """Each with the marks that follow it."""
    groups: list[str] = []
    for character in word:
        if groups and unicodedata.category(character)[0] == "M":
            groups[-1] += character
        else:
            groups.append(character)
    return groups


@cache
def _whisper() -> Any:
    return needs("whisper_normalizer.english").EnglishTextNormalizer()
