"""Roman numerals -> digits: Louis XIV -> Louis 14, le XXe siècle -> le 20e siècle, François Ier -> François 1er.

Conventions: text as it was written; two capitals and more of I, V and X, which are the kings, wars, chapters and
centuries up to 39 (others are words: MIX, DI, CD); nothing in text that is all capitals. One capital is a numeral only
with the ending of a French ordinal.
English reads them as cardinals behind some nouns ("World War II") and as ordinals behind the names of rulers ("Henry
VIII", the eighth): elsewhere they stay letters there.
"""

from __future__ import annotations

import re
import unicodedata

_ROMAN = r"(?P<roman>X{0,3}(?:IX|IV|V?I{0,3}))"
_ANYWHERE = re.compile(rf"(?<![\w.'’-])(?=[IVX]{{2}}){_ROMAN}(?![IVX])(?=e\b|es\b|ème\b|er\b|ª|º|°|\W|$)")
_FRENCH = re.compile(r"(?<![\w.'’-])(?P<roman>I(?=(?:er|re|ère)\b)|[VX](?=e\b|ème\b))")
_NOUNS = (
    "war|part|chapter|book|volume|vol|act|scene|phase|type|section|title|stage|round|bowl|class|level|grade|episode|"
    "article|appendix|figure|table|mark|group|division"
)
_RULERS = (
    "henry|louis|elizabeth|george|edward|charles|richard|william|james|philip|felipe|john paul|benedict|pius|leo|"
    "gregory|innocent|clement|alexander|nicholas|catherine|peter|ivan|frederick|napoleon|wilhelm|ferdinand|leopold|"
    "christian|gustav|haakon|harald|rama|ramses|ramesses|mehmed|murad|selim|urban|paul|boniface|mary|queen|king|pope"
)
# "The part I play", but "World War I".
_BEHIND_NOUNS = re.compile(rf"\b(?P<noun>(?i:{_NOUNS})) (?=[IVX])(?:(?!I\b)|(?<=World War )){_ROMAN}(?![\w'’])")
_BEHIND_RULERS = re.compile(rf"\b(?P<noun>(?i:{_RULERS})) (?=[IVX]{{2}}){_ROMAN}(?![\w'’])")
_VALUES = {"I": 1, "V": 5, "X": 10}


def roman_numerals(text: str, language: str) -> str:
    """The text with its Roman numerals as digits."""
    text = re.sub("[Ⅰ-ⅿ]+", lambda signs: unicodedata.normalize("NFKC", signs[0]), text)
    if text.upper() == text:
        return text
    if language == "fr":
        text = _FRENCH.sub(lambda found: str(_value(found["roman"])), text)
    if language != "en":
        return _ANYWHERE.sub(lambda found: str(_value(found["roman"])), text)
    text = _BEHIND_RULERS.sub(lambda found: f"{found['noun']} the {_ordinal(_value(found['roman']))}", text)
    return _BEHIND_NOUNS.sub(lambda found: f"{found['noun']} {_value(found['roman'])}", text)


def _value(numeral: str) -> int:
    values = [_VALUES[letter] for letter in numeral]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _ordinal(number: int) -> str:
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
