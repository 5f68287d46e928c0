"""Per cent in words, before or behind the number as a language says it: 20 % -> 20 Prozent, %20 -> yüzde 20.

Conventions: text as `audiotok.metrics.text.spelling.unify` leaves it; words are those of the CLDR (Babel).
"""

from __future__ import annotations

import re
from functools import cache

from audiotok.metrics.dependencies import needs
from audiotok.metrics.text.locales import locale
from audiotok.metrics.text.number_words import Words, plain

#: Words for per cent that the CLDR does not give; before the number in Chinese.
_WORDS = {
    "fr": ("pourcent",),
    "it": ("per cento",),
    "es": ("por cien",),
    "ru": ("процентах", "процентам"),
    "ko": ("퍼센트", "프로"),
    "ja": ("パーセント",),
    "zh": ("百分之",),
    "yue": ("百分之",),
    "vi": ("phần trăm",),
    "th": ("เปอร์เซ็นต์",),
    "ro": ("la sută",),
    "he": ("אחוזים",),
    "hi": ("फीसदी", "फ़ीसदी"),
    "el": ("τοισ εκατό",),
    "ar": ("بالمائة", "بالمئة", "في المئة", "في المائة"),
}


def in_words(text: str, language: str) -> str:
    """The text with its signs as words."""
    percent = _percent(language)
    if percent is None:
        return text
    before, words = percent
    shape = f"{words} {{}} " if before else f"{{}} {words} "
    return re.sub(r"%\s*(\d[\d.,]*)|(\d[\d.,]*)\s*[%٪]", lambda found: shape.format(found[1] or found[2]), text)


@cache
def _percent(language: str) -> tuple[bool, str] | None:
    """(whether the word is before the number, the word or words); None where there is none."""
    known = phrases(language)
    return (known[0][0], " ".join(known[0][1])) if known else None


def phrases(language: str) -> list[tuple[bool, Words]]:
    """(whether it is before the number, words), the canonical one first."""
    units = needs("babel.units")
    texts = [units.format_unit(n, "percent", "long", locale=locale(language)) for n in (5, 1, 2, 1.5, 100)]
    found = []
    for text in texts:
        words = plain(re.sub(r"(\d+)", r" \1 ", re.sub(r"[%٪]", "", text)), language)
        named = tuple(word for word in words if not word.isdigit())
        if named:
            found.append((not words[0].isdigit(), named))
    more = [(language in ("zh", "yue"), plain(phrase, language)) for phrase in _WORDS.get(language, ())]
    return list(dict.fromkeys(found + more))
