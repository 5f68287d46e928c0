"""Clock times as they are said: 15:30 Uhr -> 15 Uhr 30, 15h30 -> 15 heures 30, 8:05 -> 8点05分.

Conventions: text as `audiotok.metrics.text.spelling.unify` leaves it; only where one reading is settled. Elsewhere
"15:30" is 15 30, the two numbers.
"""

from __future__ import annotations

import re

#: Hours and minutes, and the word between them.
_CLOCKS = {
    "de": (r"(?<![\d:.,])([012]?\d)[:.]([0-5]\d)\s*uhr", "uhr"),
    "nl": (r"(?<![\d:.,])([012]?\d)[:.]([0-5]\d)\s*uur", "uur"),
    "fr": (r"(?<![\d:.,])([012]?\d)\s?(?:heures|h|:)\s?([0-5]\d)(?![\d:.,%])", "heures"),
    "ja": (r"(?<![\d:.,])([012]?\d):([0-5]\d)(?![\d:])", "時"),
    "zh": (r"(?<![\d:.,])([012]?\d):([0-5]\d)(?![\d:])", "点"),
}
_CLOCKS["yue"] = _CLOCKS["zh"]


def clock_times(text: str, language: str) -> str:
    """The text with its clock times as they are said."""
    if language not in _CLOCKS:
        return text
    pattern, word = _CLOCKS[language]
    return re.sub(pattern, lambda time: f"{time[1]} {word} {_minutes(time[2], language)} ", text)


def _minutes(minutes: str, language: str) -> str:
    if minutes == "00":
        return ""
    if language in ("zh", "yue"):
        return f"{minutes}分"  # 零五分
    return f"{int(minutes)}分" if language == "ja" else str(int(minutes))
