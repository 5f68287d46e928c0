"""Ordinals in words, in the genders, cases and numbers of a language: dritter and dritten, trzeciego, třetího, 둘째.

Conventions: words as `audiotok.metrics.text.number_words.plain` leaves them. They are those of num2words, which gives
one form of each; it knows none of Czech and Slovak.
"""

from __future__ import annotations

from collections.abc import Iterator

from audiotok.metrics.text.number_words import Words, plain, words_of

_ROMANCE = {"o": "o a os as"}
#: Ending of the form that is known -> all endings, in the same order for all that one number may have.
_ENDINGS = {
    "de": {"e": "e en er es em"},
    "fr": {"ième": "ième ièmes", "premier": "premier première premiers premières"},
    "es": _ROMANCE,
    "pt": _ROMANCE,
    "it": {"o": "o a i e"},
    "ru": {
        "ий": "ий ья ье ьего ьему ьим ьем ью ьей ьи ьих ьими",
        "ый": "ый ая ое ого ому ым ом ую ой ые ых ыми",
        "ой": "ой ая ое ого ому ым ом ую ой ые ых ыми",
    },
    "uk": {"ій": "ій я є ього ьому ім ю ьої ьою і іх іми", "ий": "ий а е ого ому им у ої ою і их ими"},
    "pl": {
        "ci": "ci cia cie ciego ciej ciemu cim cią cich cimi",
        "i": "i a ie iego iej iemu im ą ich imi",
        "y": "y a e ego ej emu ym ą ych ymi",
    },
    "cs": {"í": "í í í ího ím ímu í ím ích ími", "ý": "ý á é ého ém ému ou ým ých ými"},
    "sk": {
        "í": "í ia ie ieho om iemu ej iu ou ím ích ími",
        "ý": "ý á é ého om ému ej ú ou ým ých ými",
        "y": "y a e eho om emu ej u ou ym ych ymi",
    },
}
#: From 1 to 19, and the tens from 20 to 100.
_CZECH = (
    "první druhý třetí čtvrtý pátý šestý sedmý osmý devátý desátý jedenáctý dvanáctý třináctý čtrnáctý patnáctý "
    "šestnáctý sedmnáctý osmnáctý devatenáctý",
    "dvacátý třicátý čtyřicátý padesátý šedesátý sedmdesátý osmdesátý devadesátý stý",
)
_SLOVAK = (
    "prvý druhý tretí štvrtý piaty šiesty siedmy ôsmy deviaty desiaty jedenásty dvanásty trinásty štrnásty pätnásty "
    "šestnásty sedemnásty osemnásty devätnásty",
    "dvadsiaty tridsiaty štyridsiaty päťdesiaty šesťdesiaty sedemdesiaty osemdesiaty deväťdesiaty stý",
)
_KOREAN = {1: "첫째", 2: "둘째", 3: "셋째", 4: "넷째"}


def ordinals(number: int, language: str) -> Iterator[Words]:
    """All forms that are known, up to a hundred."""
    for text in _texts(number, language):
        words = plain(text, language)
        if not words or words[-1].isdigit():
            continue
        forms = [_declined(word, language) for word in words]
        for n in range(max(map(len, forms))):
            yield tuple(form[n] if len(form) > 1 else form[0] for form in forms)


def _texts(number: int, language: str) -> list[str]:
    if language in ("cs", "sk"):
        return _west_slavic(number, language)
    found = words_of(number, language, "ordinal")
    if language == "de":
        found += [text.replace("siebte", "siebente") for text in found if text.endswith("siebte")]
    if language == "es":
        found += [text.removesuffix("o") for text in found if text.endswith(("primero", "tercero"))]
    if language == "ko":
        found += [_KOREAN.get(number) or text.replace(" 번째", "째") for text in found]
    return found


def _west_slavic(number: int, language: str) -> list[str]:
    """ "dvacátý první", and in Czech also "jedenadvacátý"."""
    below_twenty, tens = (words.split() for words in (_CZECH if language == "cs" else _SLOVAK))
    if number < 20:
        return [below_twenty[number - 1]]
    ten, unit = tens[number // 10 - 2], number % 10
    if not unit:
        return [ten]
    units = words_of(unit, language, "cardinal") if language == "cs" else []
    return [f"{ten} {below_twenty[unit - 1]}", *(f"{text.replace('jedna', 'jeden')}a{ten}" for text in units)]


def _declined(word: str, language: str) -> list[str]:
    for ending, all_endings in _ENDINGS.get(language, {}).items():
        if word.endswith(ending):
            return [word.removesuffix(ending) + other for other in all_endings.split()]
    return [word]
