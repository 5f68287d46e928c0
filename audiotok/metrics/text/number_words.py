"""Number words of a language: every spelling of a cardinal, as texts may write it.

Conventions: words are those of num2words and indic-numtowords, and of FORMS what these leave out, in the spelling that
`audiotok.metrics.text.spelling.unify` leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from audiotok.metrics.dependencies import needs
from audiotok.metrics.text.number_variants import variants
from audiotok.metrics.text.spelling import letters_only, unify

Words = tuple[str, ...]

_NAMES = {"kk": "kz", "nn": "no", "hr": "sr", "bs": "sr", "ms": "id"}  # what num2words calls them
INDIC = ("hi", "gu", "mr", "ml", "pa", "ta", "ur", "ne", "as", "bn", "te", "kn", "sa")
#: Lakhs and crores, of which larger numbers are composed.
_INDIC_SCALES = tuple(count * scale for scale in (10**5, 10**7) for count in (1, 2, 5))
#: Forms of small numbers that the packages do not give -> the number.
FORMS = {
    "de": "ein:1 eine:1 einen:1 einem:1 einer:1 eines:1 zwo:2",
    "nl": "een:1 één:1",
    "fr": "une:1",
    "es": "un:1 una:1 veintiún:21 veintiuna:21",
    "it": "un:1 una:1 ventun:21 tré:3",
    "pt": "uma:1 duas:2 dezesseis:16 dezessete:17 dezenove:19 quatorze:14",
    "ca": "una:1 dues:2",
    "ro": "un:1 o:1 una:1 două:2",
    "ru": "одна:1 одно:1 одну:1 две:2",
    "uk": "одна:1 одне:1 одну:1 дві:2",
    "be": "адна:1 адно:1 дзве:2",
    "cs": "jeden:1 jedno:1 jednu:1 dvě:2",
    "sk": "jedna:1 jedno:1 jednu:1 dve:2",
    "pl": "jedna:1 jedno:1 jedną:1 dwie:2 dwaj:2 dwóch:2 trzej:3 trzech:3 czterej:4 czterech:4 pięciu:5 sześciu:6 "
    "siedmiu:7 ośmiu:8 dziewięciu:9 dziesięciu:10",
    "sl": "en:1 eno:1 dva:2",
    "sr": "jedna:1 jedno:1 dve:2",
    "hr": "jedan:1 jedna:1 jedno:1 dva:2 dvije:2 tisuću:1000 tisuća:1000",
    "sv": "en:1 ettusen:1000 aderton:18",
    "da": "en:1 tres:60",
    "no": "én:1 ett:1 ei:1 sju:7 tyve:20 tredve:30",
    "nn": "ein:1 eitt:1 ei:1 tjueein:21 sju:7",
    "hu": "két:2 egyszáz:100 egyezer:1000",
    "he": "אחד:1 שניים:2 שני:2 שתי:2 שתים:2 שלושה:3 ארבעה:4 חמישה:5 שישה:6 שבעה:7 תשעה:9 עשרה:10",
    "ar": "واحدة:1 اثنتان:2 اثنين:2 ثلاث:3 أربع:4 خمس:5 ست:6 سبع:7 ثماني:8 ثمان:8 تسع:9 عشر:10 مئة:100 "
    "مائتان:200 مئتان:200 مائتين:200 مئتين:200 ألفان:2000 ألفين:2000",
    "fa": "یکصد:100",
    "hi": "छह:6 छ:6",
    "id": "sejuta:1000000",
    "tg": "яксад:100",
    "ko": " ".join(
        f"{ten + unit}:{tens * 10 + units}"
        for tens, ten in enumerate(("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"))
        for units, unit in enumerate(("", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"))
        if ten or unit
    )
    + " 스무:20 한:1 두:2 세:3 네:4 열한:11 열두:12 열세:13 열네:14 스물한:21 스물두:22 스물세:23 스물네:24",
}
#: Words for thousands and millions that the packages do not give; they multiply the number before them.
SCALES = {
    "pt": {"bilhão": 10**9, "bilhões": 10**9},
    "da": {"million": 10**6, "milliard": 10**9, "tusinde": 1000},
    "no": {"millioner": 10**6, "milliard": 10**9, "milliarder": 10**9},
    "cs": {"stě": 100, "sta": 100},
    "hr": {"tisuće": 1000, "tisuća": 1000, "milijuna": 10**6, "milijarde": 10**9, "milijardi": 10**9},
    "hi": {"हजार": 1000},
    "bn": {"লক্ষ": 10**5},
    "vi": {"ngàn": 1000, "tỉ": 10**9},
    "ar": {"ألفا": 1000},
}
#: What num2words calls the other genders of a language, and the varieties of it that have words of their own.
_GENDERS: dict[str, tuple[dict[str, str | bool], ...]] = {
    **dict.fromkeys(("ru", "be"), ({"gender": "f"}, {"gender": "n"})),
    **dict.fromkeys(("sr", "hr", "bs"), ({"feminine": True},)),
    **{"he": ({"gender": "m"},), "cy": ({"gender": "fem"},)},
}
_VARIETIES = {"fr": ("fr_BE", "fr_CH"), "pt": ("pt_BR",)}
#: "dix-neuf cent", "vijfentwintighonderd": how hundreds above ten are said, and up to which number.
_HUNDREDS = {"fr": (" cent ", 2000), "nl": ("honderd", 10_000), "de": ("hundert", 10_000), "sv": ("hundra", 10_000)}


def spellings(number: int, language: str) -> Iterator[Words]:
    """All that are known: with other genders of a final one or two, and "thousand" for "one thousand"."""
    for text in _cardinals(number, language):
        words = plain(text, language)
        yield words
        for value in (1, 2):
            if number > 2 and number % 10 == value and words and words[-1] in _forms(value, language):
                yield from ((*words[:-1], form) for form in _forms(value, language))
        if number in range(100, 200) or number in range(1000, 2000) or number in (10**5, 10**6, 10**7, 10**9):
            yield from _without_its_one(words, number, language)
        if language == "sv" and text.endswith("ett") and number > 1:
            yield plain(text.removesuffix("ett") + "en", language)
        for variant in dict.fromkeys(variants(text, number, language, _cardinals)):
            yield plain(variant, language)
    if language in _HUNDREDS and 1100 <= number < _HUNDREDS[language][1]:
        yield from _in_hundreds(number, language)
    if language == "tr":
        parts = tuple(_turkish(number))
        yield parts
        yield ("".join(parts),)


def _in_hundreds(number: int, language: str) -> Iterator[Words]:
    hundreds, rest = _cardinals(number // 100, language), _cardinals(number % 100, language)
    for count in dict.fromkeys(hundreds):
        for last in dict.fromkeys(rest) if number % 100 else ("",):
            yield plain(_HUNDREDS[language][0].join((count, last)), language)


def _turkish(number: int) -> Iterator[str]:
    """Part by part, as it is mostly written; num2words joins them."""
    for unit in (10**9, 10**6, 1000, 100, 10):
        count, number = divmod(number, unit)
        if unit == 10 and count:
            yield from plain(_cardinals(count * 10, "tr")[0], "tr")
        elif count:
            if count > 1 or unit > 1000:
                yield from _turkish(count)
            yield plain(_cardinals(unit, "tr")[0], "tr")[-1].removeprefix("bir" if unit > 1000 else "")
    if number:
        yield from plain(_cardinals(number, "tr")[0], "tr")


def _without_its_one(words: Words, number: int, language: str) -> Iterator[Words]:
    ones = _forms(1, language)
    if language in INDIC and number % 100:
        return  # उन्नीस सौ पचासी is 1985, and not 19 and 185
    if len(words) > 1 and words[0] in ones:
        yield words[1:]
    elif len(words) == 1 and len(ones[0]) > 1:
        prefix = next((one for one in reversed(ones) if words[0].startswith(one) and one != words[0]), "")
        yield (words[0][len(prefix) :],)


@cache
def _forms(value: int, language: str) -> Words:
    """Words for one or two, shortest first."""
    given = [form.partition(":") for form in FORMS.get(language, "").split()]
    words = [word for text in _cardinals(value, language) for word in plain(text, language)]
    return tuple(
        sorted({*words, *(word for word, _, number in given if number == str(value))}, key=lambda w: (len(w), w))
    )


def _cardinals(number: int, language: str) -> list[str]:
    if language in INDIC:
        return _indic(number, language)
    found = words_of(number, language, "cardinal")
    for gender in _GENDERS.get(language, ()):
        found += words_of(number, language, "cardinal", gender)
    if 1100 <= number < 2100 and language in ("de", "nl", "fr", "sv", "da", "no"):
        found += words_of(number, language, "year")
    for variety in _VARIETIES.get(language, ()) if number < 1000 else ():
        found += words_of(number, variety, "cardinal")
    if language in ("es", "pt"):
        found += [text.replace("entos", "entas") for text in found if "entos" in text]
    return found


def _indic(number: int, language: str) -> list[str]:
    if not (number < 1000 or (number % 1000 == 0 and number < 10**5) or number in _INDIC_SCALES):
        return []
    package = needs("indic_numtowords")
    found = list(package.num2words(number, lang=language, variations=True))
    if number >= 1000:
        # Some languages inflect thousands before another number: Tamil "ஆயிரம்", but "ஆயிரத்து ஒன்று".
        ones = package.num2words(1, lang=language, variations=True)
        more = package.num2words(number + 1, lang=language, variations=True)
        found += [text.removesuffix(f" {one}") for text in more for one in ones if text.endswith(f" {one}")]
    return list(dict.fromkeys(found))


def words_of(number: float, language: str, kind: str, options: Mapping[str, str | bool] | None = None) -> list[str]:
    """[] where the package knows no such words."""
    package = needs("num2words")
    name = _NAMES.get(language, language)
    if name not in package.CONVERTER_CLASSES:
        return []
    try:
        return [str(package.num2words(number, lang=name, to=kind, **(options or {})))]
    except (NotImplementedError, TypeError, KeyError, IndexError, OverflowError):
        return []  # gaps of the package, each a number or kind that a language's author left out


def plain(text: str, language: str) -> Words:
    """Words without punctuation, in the spelling that texts are compared in."""
    return tuple(letters_only(unify(text, language)).split())
