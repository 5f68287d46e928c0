"""English text -> words by Whisper's own normaliser, and what that normaliser leaves different or loses.

Conventions: text with one kind of apostrophe and no invisible characters in, words out. Left different by Whisper:
"cannot" and "can't", "Main St." and "Main Street", fractions, times of day, digits said one by one, separators of
thousands. Lost by it: a sign before a number, the currency or per cent of a one ("$1", "1%"), zeros before a number
("007"), the stroke of 6/8, and numbers of thousands of digits are an error.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

from audiotok.metrics.dependencies import needs
from audiotok.metrics.text.currencies import CODES, SYMBOLS

_MOST_DIGITS = 30  # of a number; more are read one by one
_KEPT, _ONE = "\ue000", "\ue001"  # behind a word that Whisper is to keep; for a 1 that it is not to write "one"
_NUMBERS = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|point"
)
_NAMES = {"¥": "yen", "₹": "rupees", "₩": "won", "₽": "rubles", "₺": "lira"}
_SCALES = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion"}
_VERBS = {"gim": "give", "lem": "let"}
_MONTHS = {
    **{"jan": "january", "feb": "february", "mar": "march", "apr": "april", "jun": "june", "jul": "july"},
    **{"aug": "august", "sep": "september", "oct": "october", "nov": "november", "dec": "december"},
}


def _clock(time: re.Match[str]) -> str:
    hours, minutes = time[1], time[2]
    if minutes != "00":
        return hours + minutes  # as Whisper joins "ten thirty"
    return f"{hours} oclock" if 0 < int(hours) <= 12 else f"{hours} hundred"


def _one_by_one(number: re.Match[str]) -> str:
    return " ".join(number[0])


def _joined(digits: re.Match[str]) -> str:
    found = re.sub(r"\D", "", digits[0])
    return digits[0] if len(found) > _MOST_DIGITS or found[0] == "0" else found


_BEFORE: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in (
        (r"\bhalf an?\b", "half"),
        (r"(?<!and )\b(?:a|one) (quarter|half|third)\b", r"\1"),
        (r"(?<!ty )(?<!ty-)\bone (fifth|sixth|seventh|ninth|tenth|sixteenth)\b", r"a \1"),  # not "15th"
        (r"(?<!ty )(?<!ty-)\bone eighth\b", "an eighth"),
        (r"(?<!\d)(\d)[/⁄](?=\d(?!\d))", r"\1 slash "),  # "6 8" would be joined to 68
        (r"(?<=\d) and a half\b", ".5"),
        (r"\ba (?=(?:hundred|thousand|million|billion|trillion)\b)", "one "),
        (r"\bper cent\b", "percent"),
        (r"\b(jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?(?= \d)", lambda month: _MONTHS[month[1].lower()[:3]]),
        (r"\bshan't\b", "shall not"),
        (r"\bcannot\b", "can not"),  # as Whisper writes "can't"
        (r"\balright\b", "all right"),
        (r"\b(gim|lem)me\b", lambda verb: f"{_VERBS[verb[1].lower()]} me"),
        # Where no name follows, St. is no saint.
        (r"(?<=[a-z] )st\b\.?(?=\s*(?:[,;:!?]|$))", "street"),
        (r"(?-i:\b([A-Z][\w']*|\d+(?:st|nd|rd|th)) St\b\.?(?= [a-z]))", r"\1 street"),
        (r"(?<=[a-z] )rd\.(?!\w)", "road"),
        (r"(?<=\w )'?n'(?= \w)", "and"),  # rock 'n' roll
        (r"(?<=\d0)'s\b", "s"),  # the 1990's
        (r"\b([ap])\.\s?m\b\.?", r"\1m"),
        (r"(?<![\d:])(\d{1,2}):00(?=\s?[ap]m\b)", r"\1"),
        (r"(?<![\d:])(\d{1,2}):([0-5]\d)(?![\d:])", _clock),
        (r"\bo'clock\b", "oclock"),  # its o would be a zero
        (r"(?<![\d.,])(\d{1,3})((?:[ ']\d{3})+)(?![\d.,])", lambda number: re.sub(r"\D", "", number[0])),
        (r"(?:\b(EUR|USD|GBP)|(US\$))\s?(?=\d)", lambda code: CODES[(code[1] or code[2]).lower()]),
        (r"(?<=\d)\s?\b(EUR|USD|GBP)\b", lambda code: CODES[code[1].lower()]),
        (rf"({SYMBOLS})\s+(?=\d)", r"\1"),
        (r"(?<![€$£\d])(?<!\d[.,])(\d[\d.,]*\d|\d)\s*([€$£])(?!\d)", r"\2\1"),
        (r"([¥₹₩₽₺])(\d[\d.,]*\d|\d)", lambda price: f"{price[2]} {_NAMES[price[1]]}"),
        (r"([€$£])(\d[\d.]*)\s?(k|m|mn|bn)\b", lambda sum_: f"{sum_[1]}{sum_[2]} {_SCALES[sum_[3].lower()]}"),
        (r"(?<=\d)\s?¢", " cents"),
        (r"(?<=\d)\s+%", "%"),
        (r"(?<=\d)\s?=\s?(?=\d)", " equals "),
        (rf"\bnegative (?=(?:{_NUMBERS})\b|[\d.])", "minus "),
        (r"\b(minus|plus|negative|positive)\b", rf"\1{_KEPT}"),
        (r"(?<![\d.,])\d{3}[ -](?:\d{3}[ -])?\d{4}(?![\d.,-])", lambda number: re.sub(r"\D", "", number[0])),
        (r"(?<![\d.,:$€£¢])\d(?:(?:, ?|[ -])\d(?![\d:%]|[.,]\d))+", _joined),  # as Whisper joins "one two three"
        (rf"(?<![\d.,])0\d+(?![\d.,]*\d)|\d{{{_MOST_DIGITS + 1},}}", _one_by_one),
    )
]
_AFTER = [(re.compile(rf"(?<![\d.])0\d+(?![\d.])|\d{{{_MOST_DIGITS + 1},}}"), _one_by_one)]


def english_words(text: str) -> list[str]:
    """The words of a text, with digits for numbers.

    >>> english_words("It's minus $1, isn't it?")
    ['it', 'is', 'minus', '$1', 'is', 'not', 'it']
    """
    text = unicodedata.normalize("NFKC", text)
    for pattern, said in _BEFORE:
        text = pattern.sub(said, text)
    text = str(_whisper()(text)).replace(_KEPT, "")
    for pattern, said in _AFTER:
        text = pattern.sub(said, text)
    return text.split()


@cache
def _whisper() -> Any:
    normaliser = needs("whisper_normalizer.english").EnglishTextNormalizer()
    numbers = normaliser.standardize_numbers
    finish = numbers.postprocess

    def keep_signs(text: str) -> str:
        """Its last step writes "one" for 1, and then drops the sign of "$one" and "one%"."""
        text = re.sub(r"(?<=[€£$¢])1(?![\d.])|(?<![\d.])1(?=%)", _ONE, text)
        return str(finish(text)).replace(_ONE, "1")

    numbers.postprocess = keep_signs
    return normaliser
