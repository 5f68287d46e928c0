"""Numbers, percentages and currencies: written with digits or in words, they become the same words.

Conventions: text as `audiotok.metrics.spelling.unify` leaves it; numbers come out as digits without separators. The
words of a language are those of num2words and indic-numtowords, its separators, percentages and currencies those of the
CLDR (Babel). Ordinals become cardinals, since "21." and "21e" say no more; numbers of more than six digits or with a
leading zero, and decimals behind the point, are read digit by digit, as they are said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from audiotok.metrics.dependencies import needs
from audiotok.metrics.number_words import FORMS, Words, ordinals, plain, spellings, words_of

PACKAGES = ("Babel", "num2words", "indic-numtowords")

_LONGEST = 6  # digits of a quantity; more are a telephone or serial number
_CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
#: Endings of ordinals written with digits: 21e, 1er, 21-й.
_ORDINAL_ENDINGS = {
    "fr": "ers?|re|ère|ères|e|ème|èmes|ieme|nd|nde",
    "es": "o|a|os|as|er",
    "it": "o|a|i|e",
    "pt": "o|a|os|as",
    "ca": "r|n|t|è|a",
    "nl": "e|ste|de",
    "sv": "a|e",
    "ru": "й|ый|ий|я|ая|е|ое|го|ого|му|ом|м|х|ю|ую",
    "uk": "й|ий|а|е|го|ого|му|ому|м|х|у",
}
#: Words for the decimal separator that num2words does not say, the canonical one first.
_POINTS = {
    **dict.fromkeys(("zh", "yue", "ja"), ("点",)),
    "es": ("coma", "punto"),
    "ca": ("coma", "punt"),
    "it": ("virgola", "punto"),
    "pt": ("vírgula", "ponto"),
}
#: Words for per cent that the CLDR does not give; before the number in Chinese.
_PERCENT = {
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
    "ar": ("بالمائة", "بالمئة", "في المئة", "في المائة"),
}
_NAMES_OF_CURRENCIES = (
    "eur|ewro|евро|євро|يورو|यूरो|d[oóò]l+[aá]r|дол+ар|pfund|pond|pound|livre|libra|sterlin|фунт|yen|иен"
)

_ROUND = [k * 10**n for n in (6, 9) for k in (*range(1, 21), *range(30, 100, 10), *range(100, 1000, 100))]


def written(text: str, language: str) -> str:
    """Digits without separators, signs as the words for them, times and ordinals as their numbers."""
    decimal, group = _separators(language)
    text = re.sub(r"([€$£¥])\s*(\d[\d.,' ]*\d|\d)", r"\2 \1", text)
    text = re.sub(
        rf"(?<![\d{re.escape(decimal + group)}])\d{{1,3}}(?:[{re.escape(group)} ']\d{{3}})+(?!\d)", _joined, text
    )
    text = _signs(text, language)
    # "3,5" -> "3 komma 5"
    text = re.sub(
        rf"(\d+){re.escape(decimal)}(\d+)",
        lambda number: f"{number[1]} {_points(language)[0]} {' '.join(number[2])} ",
        text,
    )
    if language in _ORDINAL_ENDINGS:
        text = re.sub(rf"(?<=\d)[-:.]?(?:{_ORDINAL_ENDINGS[language]})(?!\w)", "", text)
    return re.sub(r"(\d+)", r" \1 ", text)


def _joined(number: re.Match[str]) -> str:
    return re.sub(r"\D", "", number[0])


def _signs(text: str, language: str) -> str:
    percent = _percent(language)
    if percent:
        before, canonical = percent
        shape = rf"{canonical} \g<number>" if before else rf"\g<number> {canonical} "
        text = re.sub(r"%\s*(?P<number>\d[\d.,]*)|(?P<n>\d[\d.,]*)\s*[%٪]", lambda m: _with(m, shape), text)
    for sign in _CURRENCIES:
        if sign in text and (names := _currency(sign, language)):
            text = text.replace(sign, f" {names[0][0]} ")
    return text


def _with(match: re.Match[str], shape: str) -> str:
    return shape.replace(r"\g<number>", match["number"] or match["n"]) + " "


def spoken(words: list[str], language: str) -> list[str]:
    """Number words as digits, and one form for each percentage and currency."""
    known, longest = _known(language)
    said: list[str] = []
    numbers: list[bool] = []  # whether a word of `said` was a number in words
    for found, is_number in _matches(words, known, longest):
        if is_number and numbers and numbers[-1] and _continues(said[-1], found[0]):
            said[-1] = str(int(said[-1]) + int(found[0]))
            continue
        said += found
        numbers += [is_number] * len(found)
    return list(_digit_by_digit(said, _points(language)))


def _matches(words: list[str], known: dict[Words, list[str]], longest: int) -> Iterator[tuple[list[str], bool]]:
    """The longest known words at each place, or the word itself."""
    at = 0
    while at < len(words):
        for n in range(min(longest, len(words) - at), 0, -1):
            found = known.get(tuple(words[at : at + n]))
            if found is not None:
                yield found, found[0].isdigit()
                at += n
                break
        else:
            glued = _glued(words[at], known)
            yield ([glued], True) if glued else ([words[at]], False)
            at += 1


def _glued(word: str, known: dict[Words, list[str]]) -> str | None:
    """ "zweitausendfünfhundert" -> 2500: thousands and what follows, in one word."""
    for n in range(3, len(word) - 1):
        thousands, rest = known.get((word[:n],)), known.get((word[n:],))
        if thousands and rest and thousands[0].isdigit() and rest[0].isdigit() and _continues(thousands[0], rest[0]):
            return str(int(thousands[0]) + int(rest[0]))
    return None


def _continues(number: str, following: str) -> bool:
    """ "mille" and "vingt" are one number, "vingt" and "mille" are not."""
    return any(number.endswith(zeros) and 0 < int(following) < 10 ** len(zeros) for zeros in ("000000", "000"))


def _is_quantity(number: str) -> bool:
    """Others are read digit by digit: telephone and serial numbers."""
    return (len(number) <= _LONGEST or number.endswith("000")) and not (number[0] == "0" and len(number) > 1)


def _digit_by_digit(words: list[str], points: Words) -> Iterator[str]:
    """Decimals, and numbers that are no quantities, as single digits; one word for the decimal separator."""
    behind = False
    for n, word in enumerate(words):
        if word in points and 0 < n < len(words) - 1 and words[n - 1].isdigit() and words[n + 1].isdigit():
            behind = True
            yield points[0]
        elif word.isdigit() and (behind or not _is_quantity(word)):
            yield from word
        else:
            behind = False
            yield word


@cache
def _known(language: str) -> tuple[dict[Words, list[str]], int]:
    """Spelt numbers, percentages and currencies of a language -> what they become; and the longest, in words."""
    known: dict[Words, list[str]] = {}
    for phrases, canonical in _phrases(language):
        for phrase in phrases:
            known.setdefault(tuple(phrase), canonical)
    for form in FORMS.get(language, "").split():
        word, _, value = form.partition(":")
        known.setdefault((word,), [value])
    for number in [*range(2100), *range(3000, 1_000_000, 1000), *_ROUND]:
        for spelling in spellings(number, language):
            known.setdefault(spelling, [str(number)])
    for number in range(1, 101):
        for spelling in ordinals(number, language):
            known.setdefault(spelling, [str(number)])
    known.pop((), None)
    return known, max(map(len, known), default=0)


@cache
def _points(language: str) -> Words:
    """Words for the decimal separator, the canonical one first: "komma"."""
    found = [_POINTS[language]] if language in _POINTS else []
    for text in words_of(3.5, language, "cardinal"):
        words = plain(text, language)
        if len(words) == 3 and words[0] in {word for (word, *_) in spellings(3, language)}:
            found.append((words[1],))
    return tuple(dict.fromkeys(word for words in found for word in words)) or ("point",)


@cache
def _locale(language: str) -> Any:
    babel = needs("babel")
    try:
        return babel.Locale.parse(language)
    except (babel.UnknownLocaleError, ValueError):
        return babel.Locale.parse("en")


@cache
def _separators(language: str) -> tuple[str, str]:
    """(decimal separator, the other mark of "," and ".")."""
    decimal = needs("babel.numbers").get_decimal_symbol(_locale(language))
    return (",", ".") if decimal in (",", "٫") and language not in ("ar", "fa", "ur") else (".", ",")


@cache
def _percent(language: str) -> tuple[bool, str] | None:
    """(whether the word is before the number, the word or words); None where there is none."""
    phrases = _percent_phrases(language)
    return (phrases[0][0], " ".join(phrases[0][1])) if phrases else None


def _percent_phrases(language: str) -> list[tuple[bool, Words]]:
    """(whether it is before the number, words), the canonical one first."""
    units = needs("babel.units")
    texts = [units.format_unit(n, "percent", "long", locale=_locale(language)) for n in (5, 1, 2, 1.5, 100)]
    found = []
    for text in texts:
        words = plain(re.sub(r"[%٪]", "", text), language)
        named = tuple(word for word in words if not word.isdigit())
        if named:
            found.append((not words[0].isdigit(), named))
    more = [(language in ("zh", "yue"), plain(phrase, language)) for phrase in _PERCENT.get(language, ())]
    return list(dict.fromkeys(found + more))


def _currency(sign: str, language: str) -> list[Words]:
    """Names of a currency, the canonical one first: "dollar", whosever it is."""
    name = needs("babel.numbers").get_currency_name
    texts = [name(_CURRENCIES[sign], count=n, locale=_locale(language)) for n in (1, 2, 5, 1.5)]
    words = [word for text in texts for word in plain(text, language) if re.match(_NAMES_OF_CURRENCIES, word)]
    return [(word,) for word in dict.fromkeys(words)]


def _phrases(language: str) -> Iterator[tuple[list[Words], list[str]]]:
    percent = [words for _, words in _percent_phrases(language)]
    if percent:
        yield percent, list(percent[0])
    for sign in _CURRENCIES:
        names = _currency(sign, language)
        if names:
            yield names, list(names[0])


@cache
def _run_on(language: str) -> re.Pattern[str]:
    """Every spelt number of a language that has no spaces, longest first."""
    spelt = {"".join(words) for words, found in _known(language)[0].items() if found[0].isdigit()}
    return re.compile("|".join(sorted(map(re.escape, spelt), key=len, reverse=True)))


def within(text: str, language: str) -> str:
    """Spelt numbers as digits in text that has no spaces."""
    known = {"".join(words): found[0] for words, found in _known(language)[0].items()}
    return _run_on(language).sub(lambda number: f" {known[number[0]]} ", text)
