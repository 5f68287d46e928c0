"""Units and signs beside a number, as the words that are read: 5 km -> 5 kilometers, -5 -> minus 5, 20 °C, 3 + 4.

Conventions: text as it was written; names of units are those of the CLDR (Babel), in the plural that the number takes.
One letter is no unit where it may be an elided word (l'heure), and a hyphen is a minus only before a digit at the
beginning of a word, and not behind a number ("10 -20" is a range). In languages that write ordinals with º, which is
typed as ° too, "20°" is degrees behind a sign or with decimals; from ten up also where no noun follows and no article
is before it ("il 20° posto", "fanno 20°").
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from audiotok.metrics.dependencies import needs
from audiotok.metrics.text.currencies import SYMBOLS
from audiotok.metrics.text.locales import known_locale

_UNITS = {
    **{"km": "length-kilometer", "cm": "length-centimeter", "mm": "length-millimeter"},
    **{"kg": "mass-kilogram", "mg": "mass-milligram", "ml": "volume-milliliter"},
    **{"km/h": "speed-kilometer-per-hour", "km/u": "speed-kilometer-per-hour"},
    **{"°c": "temperature-celsius", "℃": "temperature-celsius", "°": "angle-degree"},
    **{"°f": "temperature-fahrenheit", "℉": "temperature-fahrenheit"},
    **{"m²": "area-square-meter", "km²": "area-square-kilometer", "m³": "volume-cubic-meter"},
    **{"mb": "digital-megabyte", "gb": "digital-gigabyte", "tb": "digital-terabyte"},
    **{"hz": "frequency-hertz", "khz": "frequency-kilohertz", "mhz": "frequency-megahertz"},
    **{"ghz": "frequency-gigahertz", "kw": "power-kilowatt", "kwh": "energy-kilowatt-hour"},
}
_LETTERS = {"m": "length-meter", "g": "mass-gram", "l": "volume-liter"}
_ELIDING = ("fr", "it", "ca", "oc")
_ENGLISH = {
    **{"mph": "speed-mile-per-hour", "ft": "length-foot", "lb": "mass-pound", "lbs": "mass-pound"},
    **{"oz": "mass-ounce", "min": "duration-minute"},
}
#: Where "5 h" is how the hours of a clock are written; where "5º" and "5°" are ordinals.
_HOURS = ("fr", "pt", "es")
_DEGREE_IS_ORDINAL = ("it", "es", "pt", "ca", "gl")
_ARTICLES = (
    "il lo la l al allo alla del dello della dal dalla nel nello nella sul sulla un uno una el los las os as do da no "
    "na ao pelo pela um uma"
)
_NO_NOUN = re.compile(r"\s*(?:$|[^\w\s]|(?:sotto|bajo|abaixo|baixo|sota|sobre|sopra|acima)\b)", re.IGNORECASE)
_KILOGRAM_IN_CHINESE = "公斤"  # the CLDR has 千克, of which "5 千克" would be 5,000 grams
#: Words for the signs before a number.
_SIGNS = {
    **dict.fromkeys(("en", "de", "pl", "cs", "sk", "sv", "da", "no", "nn", "ro", "id", "ms"), ("minus", "plus")),
    **dict.fromkeys(("es", "pt", "gl"), ("menos", "más")),
    **{"pt": ("menos", "mais"), "fr": ("moins", "plus"), "it": ("meno", "più"), "nl": ("min", "plus")},
    **{"ca": ("menys", "més"), "ru": ("минус", "плюс"), "uk": ("мінус", "плюс"), "be": ("мінус", "плюс")},
    **{"bg": ("минус", "плюс"), "sr": ("minus", "plus"), "hr": ("minus", "plus"), "fi": ("miinus", "plus")},
    **{"hu": ("mínusz", "plusz"), "tr": ("eksi", "artı"), "el": ("μείον", "συν"), "he": ("מינוס", "פלוס")},
    **{"ar": ("ناقص", "زائد"), "fa": ("منفی", "مثبت"), "ja": ("マイナス", "プラス"), "ko": ("마이너스", "플러스")},
    **dict.fromkeys(("zh", "yue"), ("负", "加")),
    **{"vi": ("âm", "cộng"), "th": ("ลบ", "บวก"), "hi": ("माइनस", "प्लस")},
}
_NUMBER = r"\d{1,15}(?:[.,'  ]\d{1,15}){0,4}"


def measures(text: str, language: str) -> str:
    """The text with units behind and signs before a number as words."""
    minus, plus = _SIGNS.get(language, ("minus", "plus"))
    text = re.sub(rf"({SYMBOLS})\s?[-−](?=\d)", r"-\1", text)
    text = re.sub(rf"(?<![\w.,/:)\-])(?<!\d )-(?={SYMBOLS}?\d)|−\s?(?={SYMBOLS}?[\d.])", f" {minus} ", text)
    typed = r"[º˚](?=\s?[CF]\b)|˚" if language in _DEGREE_IS_ORDINAL else "[º˚]"
    text = re.sub(rf"(?<=\d)(\s?)(?:{typed})", r"\1°", text)
    text = re.sub(r"°\s(?=[CF]\b)", "°", text)
    text = re.sub(r"\+\s?(?=\d)", f" {plus} ", text)
    return _pattern(language).sub(
        lambda found: _read(found[1], found[2], language) if _is_unit(found, language) else found[0], text
    )


def _is_unit(found: re.Match[str], language: str) -> bool:
    """Whether a sign that is a degree or an ordinal is a degree; True for all other units."""
    if found[2] != "°" or language not in _DEGREE_IS_ORDINAL:
        return True
    before = re.split(r"[\s'’]+", found.string[: found.start()].lower().rstrip())[-1]
    if re.search(r"\D", found[1]) or before in _SIGNS[language]:
        return True
    return (
        len(found[1]) > 1 and before not in _ARTICLES.split() and _NO_NOUN.match(found.string, found.end()) is not None
    )


@cache
def _names(language: str) -> dict[str, str]:
    """Abbreviations of a language -> units: the international ones, and its own of two letters and more."""
    known = _UNITS | ({} if language in _ELIDING else _LETTERS) | (_ENGLISH if language == "en" else {})
    if language in _HOURS:
        known["h"] = "duration-hour"
    for unit in dict.fromkeys(known.values()):
        own = re.sub(r"[\d\s.]", "", _format(20, unit, "short", language)).casefold()
        if len(own) > 1 and not own.isascii() and own not in _format(20, unit, "long", language).casefold():
            known.setdefault(own, unit)
    return known


@cache
def _pattern(language: str) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(_names(language), key=len, reverse=True)))
    return re.compile(rf"(?<![\w.,$€£])({_NUMBER})\s?({names})(?![\w/²³&'’])", re.IGNORECASE)


def _read(number: str, abbreviation: str, language: str) -> str:
    whole = re.fullmatch(r"\d+|\d{1,3}(?:[.,'  ]\d{3})+", number)
    value: Any = int(re.sub(r"\D", "", number)) if whole else 1.5
    words = _format(value, _names(language)[abbreviation.casefold()], "long", language)
    # "摂氏 20 度" is said only where it is written so; "booggraden" are those of a circle.
    words = words.removeprefix("摂氏").replace("booggra", "gra").replace("千克", _KILOGRAM_IN_CHINESE).strip()
    read, found = re.subn(r"\d(?:[\d.,'٫٬’\s]*\d)?", lambda _: f" {number} ", words, count=1)
    return f" {read} " if found else f"{number} {words} "  # Arabic has a word for two


def _format(value: Any, unit: str, length: str, language: str) -> str:
    found = known_locale(language)
    return "" if found is None else str(needs("babel.units").format_unit(value, unit, length, locale=found))
