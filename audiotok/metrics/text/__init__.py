"""Text normalisation before words are counted: what is written differently but said alike becomes one spelling.

Conventions: text and ISO 639-1 language (or a locale) in, words in lower case with single spaces between them out;
punctuation is never a word, accents are kept outside English (they tell words apart), numbers are digits, and
`normalise(normalise(x)) == normalise(x)`. In this order:

1. what is read in other words than it is written: abbreviations of large numbers
   (`audiotok.metrics.text.large_numbers`), units and signs (`audiotok.metrics.text.measures`), fractions, Roman
   numerals, abbreviations;
2. English through Whisper's own English normaliser (`audiotok.metrics.text.english`; Radford et al., "Robust Speech
   Recognition via Large-Scale Weak Supervision", 2022, appendix C; package whisper-normalizer): contractions are
   expanded, numbers become digits, British spellings American ones, "uh" and "um" are dropped, accents removed. (A full
   stop that it leaves alone, as in "No...", is no word here.) Every other language through

   - letters (`audiotok.metrics.text.spelling`): Unicode NFKC and case folding with Turkish's two i's, digits of every
     script, apostrophes; Arabic and Hebrew without vowel points, Persian's own letters, simplified Chinese (OpenCC),
     Vietnamese tones on the last vowel, Romanian commas for cedillas, French œ as oe, Russian ё as е;
   - numbers, clock times, percentages, currencies (`audiotok.metrics.text.numerals`): digits, written so or in words;
   - a space for all but letters, marks and digits, so that French and Italian elisions (l'eau, dell'arte) and hyphens
     part words on both sides alike;

3. in languages written without spaces (WITHOUT_SPACES) each character is a word, so that WER is a character error rate
   there. `characters` gives the same text without these spaces.

A change in any of these, or in what the packages return, changes NORMALISER.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from audiotok.data.languages import language_code
from audiotok.errors import InvalidData, InvalidOption
from audiotok.metrics.text import numerals
from audiotok.metrics.text.abbreviations import expanded
from audiotok.metrics.text.cjk_numerals import chinese_numbers
from audiotok.metrics.text.english import english_words
from audiotok.metrics.text.fraction_words import fractions
from audiotok.metrics.text.large_numbers import large_numbers
from audiotok.metrics.text.measures import measures
from audiotok.metrics.text.roman_numerals import roman_numerals
from audiotok.metrics.text.spelling import letters_only, one_mark, unify
from audiotok.metrics.text.thai_numerals import thai_numbers

NORMALISER = "audiotok-text.v5"
PACKAGES = ("whisper-normalizer", "opencc-python-reimplemented", *numerals.PACKAGES)

WITHOUT_SPACES = ("zh", "yue", "ja", "th", "lo", "my", "km")
_MOST_ROUNDS = 8


@lru_cache(maxsize=4096)
def normalise(text: str, language: str) -> str:
    """Text -> words separated by single spaces; "" where nothing is said.

    >>> normalise("L’été, c'est vingt et un jours !", "fr")
    'l été c est 21 jours'
    """
    language = _code(language)
    before = None
    # What one round joins may be a number for the next ("10, 000"): until nothing changes.
    for _ in range(_MOST_ROUNDS):
        if text == before:
            break
        before, text = text, _once(text, language)
    return text


def characters(text: str, language: str) -> str:
    """The normalised text as character error rates compare it: in languages written without spaces, without any.

    There the spaces of `normalise` are none of the text. Spaces beside and between Latin words are dropped as well,
    since writers differ in whether they set such words apart.

    >>> characters("我用 Google Chrome。", "zh"), characters("C'est 我 !", "fr")
    ('我用googlechrome', 'c est 我')
    """
    normalised = normalise(text, language)
    return normalised.replace(" ", "") if _code(language) in WITHOUT_SPACES else normalised


def _code(language: str) -> str:
    try:
        return language_code(language)
    except InvalidData as error:
        raise InvalidOption(str(error)) from error


def _once(text: str, language: str) -> str:
    text = one_mark(text)
    for in_words in (large_numbers, measures, fractions, roman_numerals, expanded):
        text = in_words(text, language)
    words = english_words(text) if language == "en" else _other(text, language)
    if language in WITHOUT_SPACES:
        words = [character for word in words for character in _with_marks(word)]
    return " ".join(word for word in words if any(unicodedata.category(character)[0] in "LN" for character in word))


def _other(text: str, language: str) -> list[str]:
    text = unify(text, language)
    if language in ("zh", "yue", "ja"):
        text = chinese_numbers(text, language)
    text = numerals.written(text, language)
    if language == "th":
        text = thai_numbers(text)
    return numerals.spoken(letters_only(text).split(), language)


def _with_marks(word: str) -> list[str]:
    """Its characters, each with the marks that follow it."""
    groups: list[str] = []
    for character in word:
        if groups and unicodedata.category(character)[0] == "M":
            groups[-1] += character
        else:
            groups.append(character)
    return groups
