"""Variants of a number in words: written together or apart, the case, gender and order that a package does not give."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

#: Feminine numerals, which the package gives -> masculine ones.
_HEBREW_MASCULINE = {
    **{"אחת": "אחד", "שתיים": "שניים", "שלוש": "שלושה", "ארבע": "ארבעה", "חמש": "חמישה", "שש": "שישה", "שבע": "שבעה"},
    **{"תשע": "תשעה", "שתים": "שנים"},
}


def variants(text: str, number: int, language: str, cardinals: Callable[[int, str], list[str]]) -> Iterator[str]:
    """Other ways to write or say a number of which `text` is one; `cardinals` gives those of its parts."""
    if language in ("da", "no", "nn"):
        apart = re.sub(r"(tusind(?:e\b)?|hundrede?)", r" \1 ", text)
        before_more = [re.sub(r"tusind\b", "tusinde", apart)] if number % 1000 == 0 else []
        for thousand in (apart, apart.replace("tusinde", "tusind"), apart.replace("ettusen", "et tusen"), *before_more):
            yield thousand
            yield thousand.replace(" ", "")
            yield re.sub(r"\bet (?=tusind|hundrede)", "", thousand)
            yield re.sub(r"^en (?=tusen|hundre)", "ett ", thousand)
            yield re.sub(r"^en (?=tusen|hundre)", "ett ", thousand).replace(" ", "")
            yield re.sub(r"^en (?=tusen|hundre)", "", thousand).replace(" ", "")
    if language == "da" and 20 < number < 100:
        yield re.sub(r"(?<=\w)og(?=tyve|tredive|fyrre|halv|tres|firs)", " og ", text)
    if language in ("no", "nn", "cs", "sk") and number in range(21, 100) and number % 10:
        unit, ten = (cardinals(part, language)[0] for part in (number % 10, number // 10 * 10))
        joined = "a" if language in ("cs", "sk") else "og"
        yield {"jedna": "jeden"}.get(unit, unit) + joined + ten
        yield unit + joined + {"tjue": "tyve", "tretti": "tredve"}.get(ten, ten)
    if language in ("no", "nn") and 1100 <= number < 2000 and number % 100 >= 10:
        yield " ".join(cardinals(part, language)[0] for part in (number // 100, number % 100))
        yield "".join(cardinals(part, language)[0] for part in (number // 100, number % 100))
    if language == "it":
        yield text.replace("tré", "tre")
        if number > 20 and text.endswith("tre"):
            yield text.removesuffix("e") + "é"
        if number % 10 == 1 and number > 20:
            yield text.removesuffix("o")
    if language == "de" and number > 100 and 0 < number % 100 < 13:
        yield text.replace("hundert", "hundertund")
        yield text.replace("hundert", "hundertund").removeprefix("ein")
    if language == "tg" and number % 1000 == 0:
        yield text + "у"  # before another number
    if language == "hu":
        yield text.replace("-", "")
        if text.endswith("kettő"):
            yield text.removesuffix("kettő") + "két"
    if language == "bn":
        yield text.replace("শো", "শ")
    if language == "vi":
        for little in ("lẻ", "linh"):
            odd = text.replace("lẻ", little)
            yield odd
            yield odd.replace("nghìn", "ngàn")
            for thousand in ("nghìn", "ngàn"):
                if number >= 1000 and number % 1000 < 100:
                    zero = "không trăm " + (little if number % 100 < 10 else "")
                    yield odd.replace("nghìn", thousand).replace(little, zero, 1)
        if number > 20 and number % 10 in (4, 5):
            for last in {4: ("tư",), 5: ("năm", "nhăm")}[number % 10]:
                yield " ".join((*text.split()[:-1], last))
    if language == "ar":
        yield from _arabic(text.replace(" و ", " و"))
    if language == "he":
        words = text.split()
        if words and words[-1].removeprefix("ו") in _HEBREW_MASCULINE:
            last = words[-1]
            word = _HEBREW_MASCULINE[last.removeprefix("ו")]
            yield " ".join((*words[:-1], ("ו" if last.startswith("ו") and last != "ו" else "") + word))
        if 10 < number < 20:
            yield f"{_HEBREW_MASCULINE.get(words[0], words[0])} עשר"


def _arabic(text: str) -> Iterator[str]:
    """Both cases of the tens, both spellings of hundred, both genders of the units."""
    for hundred in (text, text.replace("مائة", "مئة").replace("مائت", "مئت")):
        for tens in (hundred, re.sub(r"(\w{3,})ون\b", r"\1ين", hundred)):
            yield tens
            yield re.sub(r"^اثنان", "اثنين", re.sub(r"^واحد\b", "إحدى", tens))
            feminine = re.sub(r"^(ثلاث|أربع|خمس|ست|سبع|ثماني|تسع)ة\b", r"\1", tens)
            yield feminine
            yield re.sub(r" عشر$", " عشرة", feminine)
            yield re.sub(r"^(اثنا|اثني) عشر$", "اثني عشر", tens)
