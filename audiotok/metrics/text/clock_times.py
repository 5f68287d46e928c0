"""Clock times as they are said: 15:30 Uhr -> 15 Uhr 30, 15h30 -> 15 heures 30; only where one reading is settled.

Conventions: text as `audiotok.metrics.text.spelling.unify` leaves it. Elsewhere "15:30" is 15 30, the two numbers.
"""

from __future__ import annotations

import re

#: Hours and minutes, and the word between them.
_CLOCKS = {
    "de": (r"(?<![\d:.,])([012]?\d)[:.]([0-5]\d)\s*uhr", "uhr"),
    "nl": (r"(?<![\d:.,])([012]?\d)[:.]([0-5]\d)\s*uur", "uur"),
    "fr": (r"(?<![\d:.,])([012]?\d)\s?(?:heures|h|:)\s?([0-5]\d)(?![\d:.,%])", "heures"),
    "ja": (r"(?<![\d:.,])([012]?\d):([0-5]\d)(?![\d:])", "時"),
}


def clock_times(text: str, language: str) -> str:
    """The text with its clock times as they are said."""
    if language not in _CLOCKS:
        return text
    pattern, word = _CLOCKS[language]
    minutes = "分" if language == "ja" else ""
    return re.sub(
        pattern, lambda time: f"{time[1]} {word} " + ("" if time[2] == "00" else f"{int(time[2])}{minutes} "), text
    )
