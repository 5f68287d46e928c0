"""Abbreviations that are read in full (Dr. -> Doktor, № 5 -> номер 5, & -> and), and those that are spelt (U.S. -> US).

Conventions: text as it was written; only what a language reads in one way is here. A key that ends in a full stop is an
abbreviation only with it; the stops and spaces inside others may be left out.
"""

from __future__ import annotations

import re
from functools import cache

from audiotok.metrics.dependencies import needs
from audiotok.metrics.text.locales import known_locale

_FULL = {
    "en": "vs:versus etc:et_cetera sgt:sergeant dept.:department approx.:approximately inc.:incorporated "
    "corp.:corporation ltd:limited ave.:avenue blvd:boulevard mt.:mount ok:okay o.k.:okay ph.d.:phd "
    "jan.:january feb.:february aug.:august sept.:september oct.:october nov.:november dec.:december",
    "de": "str.:straße dr:doktor prof.:professor z.b.:zum_beispiel u.a.:unter_anderem d.h.:das_heißt usw:und_so_weiter "
    "ca.:circa bzw:beziehungsweise evtl:eventuell ggf:gegebenenfalls u.s.w.:und_so_weiter",
    "fr": "m.:monsieur mme:madame mlle:mademoiselle mm.:messieurs dr:docteur etc:et_cetera st-:saint- "
    "ste-:sainte- c.-à-d.:c'est-à-dire p.ex.:par_exemple",
    "es": "sr:señor sra:señora srta:señorita dr:doctor dra:doctora ud.:usted uds.:ustedes vd.:usted etc:etcétera "
    "ee.uu.:estados_unidos eeuu:estados_unidos p.ej.:por_ejemplo",
    "it": "sig.:signor sig.ra:signora sig.na:signorina dott.:dottor dott.ssa:dottoressa ecc:eccetera "
    "prof.ssa:professoressa etc:eccetera",
    "nl": "dhr:de_heer mevr:mevrouw mw.:mevrouw bijv:bijvoorbeeld enz:enzovoort "
    "d.w.z.:dat_wil_zeggen m.a.w.:met_andere_woorden",
    "pt": "sr:senhor sra:senhora dr:doutor dra:doutora etc:et_cetera",
    "ca": "sr:senyor sra:senyora dr:doctor dra:doctora etc:etcètera",
    "ro": "dl:domnul dna:doamna etc:et_cetera",
    "da": "f.eks.:for_eksempel osv:og_så_videre hr.:herr dr.:doktor bl.a.:blandt_andet",
    "no": "f.eks.:for_eksempel osv:og_så_videre bl.a.:blant_annet dr.:doktor",
    "sv": "t.ex.:till_exempel osv:och_så_vidare bl.a.:bland_annat dr.:doktor",
    "fi": "esim:esimerkiksi jne:ja_niin_edelleen",
    "hu": "kb.:körülbelül stb:és_a_többi pl.:például dr.:doktor",
    "pl": "np.:na_przykład itd:i_tak_dalej itp:i_tym_podobne dr:doktor m.in.:między_innymi",
    "cs": "např:například atd:a_tak_dále apod:a_podobně tzv:takzvaný dr.:doktor",
    "sk": "napr:napríklad atď:a_tak_ďalej",
    "ru": "и_т.д.:и_так_далее и_т.п.:и_тому_подобное т.е.:то_есть т.к.:так_как г-н:господин г-жа:госпожа "
    "т.н.:так_называемый",
    "uk": "і_т.д.:і_так_далі т.зв.:так_званий",
    "tr": "dr:doktor vb.:ve_benzeri vs.:vesaire prof.:profesör",
    "el": "κ.λπ.:και_λοιπά δηλ.:δηλαδή π.χ.:παραδείγματος_χάριν",
    "id": "dst:dan_seterusnya dll:dan_lain_lain",
}
#: Before a number: the word for № and its own abbreviations.
_NUMBER = {
    **{"en": ("number", r"(?-i:No\.)|#"), "de": ("nummer", r"nr\.?"), "fr": ("numéro", r"n°|nº")},
    **{"es": ("número", r"n\.?[º°]|núm\."), "ca": ("número", r"n\.?[º°]|núm\."), "pt": ("número", r"n\.?[º°]")},
    **{"it": ("numero", r"n\.|n[º°]"), "nl": ("nummer", r"nr\.?"), "da": ("nummer", r"nr\.?")},
    **{"no": ("nummer", r"nr\.?"), "sv": ("nummer", r"nr\.?"), "pl": ("numer", r"nr\.?"), "cs": ("číslo", r"č\.")},
    **{"ru": ("номер", ""), "uk": ("номер", ""), "ro": ("numărul", r"nr\."), "tr": ("numara", ""), "hu": ("szám", "")},
}
_LETTER = r"[^\W\d_]"
_SPELT = re.compile(
    rf"(?<![\w.'’])(?:{_LETTER}\.){{2,}}(?:{_LETTER}(?![\w'’]))?|(?<![\w.'’]){_LETTER}\.{_LETTER}(?![\w.'’])"
    rf"|(?<![\w.'’]){_LETTER}\.(?: {_LETTER}\.)+"
)


def expanded(text: str, language: str) -> str:
    """The text with each abbreviation as it is read."""
    pattern, full = _abbreviations(language)
    if pattern:
        text = pattern.sub(lambda found: full[_key(found[0])] + " ", text)
    if language in _NUMBER:
        word, own = _NUMBER[language]
        text = re.sub(rf"(?:№|(?<!\w)(?:{own or '№'}))\s?(?=\d)", f"{word} ", text, flags=re.IGNORECASE)
    if language == "de":
        text = re.sub(r"(?<=\w)str\.(?!\w)", "straße ", text)
    text = re.sub(r"\s?[&＆]\s?", f" {_and(language)} ", text)
    text = re.sub(r"\be[-‐‑]mail", "email", text, flags=re.IGNORECASE)
    return _SPELT.sub(lambda letters: re.sub(r"[.\s]", "", letters[0]) + " ", text)


def _key(abbreviation: str) -> str:
    return re.sub(r"[.\s]", "", abbreviation.lower())


@cache
def _abbreviations(language: str) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    """(Pattern of a language's abbreviations, their letters -> what is read)."""
    full, patterns = {}, []
    for entry in _FULL.get(language, "").split():
        short, _, words = entry.partition(":")
        letters = [re.escape(part).replace("_", r"\s") for part in short.rstrip(".").split(".")]
        stop = r"\." if short.endswith(".") and len(letters) == 1 else r"\.?"
        end = "" if short.endswith("-") else rf"{stop}(?!\w)"
        patterns.append((len(short), r"(?<![\w.])" + r"(?:\.\s?|\s)".join(letters) + end))
        full[re.sub(r"[._]", "", short)] = words.replace("_", " ")
    ordered = [pattern for _, pattern in sorted(patterns, key=lambda entry: -entry[0])]
    return (re.compile("|".join(ordered), re.IGNORECASE) if ordered else None), full


@cache
def _and(language: str) -> str:
    """How a language joins the last two of a list: "A und B"."""
    found = known_locale(language)
    if found is None:
        return ""
    joined = needs("babel.lists").format_list(["0", "1"], locale=found)
    return str(joined).strip("01 ").strip("、,")
