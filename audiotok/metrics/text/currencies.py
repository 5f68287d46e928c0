"""Sums of money: signs and abbreviations of currencies, before or behind the number -> their names behind it.

Conventions: text as `audiotok.metrics.text.spelling.unify` leaves it. Names are those of the CLDR (Babel), without the
country: "dollar", whosever it is, in one form for all its inflections; "10,50 Euro" is said "10 Euro 50".
"""

from __future__ import annotations

import re
from functools import cache

from audiotok.metrics.dependencies import needs
from audiotok.metrics.text.locales import locale
from audiotok.metrics.text.number_words import Words, plain

SYMBOLS = "[€$£¥₹₩₽₺]"  # those that may stand before a number, as a pattern
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_NAMES_OF_CURRENCIES = (
    "eur|ewro|евро|євро|ευρώ|يورو|یورو|यूरो|ইউরো|유로|ユーロ|אירו|ยูโร|d[oóò]l+[aá]r|дол+ар|δολάρι|دولار|دلار|דולר|डॉलर|"
    "ডলার|달러|pfund|pond|pound|livre|libra|sterlin|фунт|yen|иен|엔|円"
)
CODES = {"eur": "€", "usd": "$", "gbp": "£", "us$": "$"}
#: Signs and abbreviations of a country's own money, and of the others where the CLDR's name is of several words.
_SIGNS_OF_LANGUAGE = {
    **{"pl": {"zł": "złotych"}, "cs": {"kč": "korun"}, "sv": {"kr": "kronor"}, "da": {"kr": "kroner"}},
    **{"no": {"kr": "kroner"}, "hu": {"ft": "forint"}, "uk": {"грн": "гривень", "₴": "гривень"}},
    **{"tr": {"tl": "lira", "₺": "lira", r"\$": "dolar"}, "id": {"rp": "rupiah"}, "pt": {r"r\$": "reais"}},
    **{"hi": {"₹": "रुपये"}, "bn": {"৳": "টাকা"}, "ta": {"₹": "ரூபாய்"}, "th": {"฿": "บาท"}, "he": {"₪": "שקלים"}},
    **{"ko": {"₩": "원"}, "vi": {"₫": "đồng", r"\$": "đô la"}, "ar": {r"\$": "دولارات"}},
    **{"zh": {r"\$": "美元", "€": "欧元", "£": "英镑", "[¥￥]": "元"}},
    **{"ja": {r"\$": "ドル", "€": "ユーロ", "£": "ポンド", "[¥￥]": "円"}},
}
#: Roubles in the plural that the number takes.
_ROUBLES = re.compile(r"(\d+)\s*(?:руб(?!\w)\.?|₽)")
_NUMBER = r"\d[\d.,' ]*\d|\d"


def behind(text: str, language: str) -> str:
    """Every sign behind its number; a country's own as words."""
    for code, sign in CODES.items():
        if code in text:
            text = re.sub(rf"(?<!\w){re.escape(code)}\s?(?=\d)|(?<=\d)\s?{re.escape(code)}(?!\w)", sign, text)
    for sign, name in _SIGNS_OF_LANGUAGE.get(language, {}).items():
        text = re.sub(rf"(?<!\w){sign}\s*({_NUMBER})", rf"\1 {name} ", text)
        text = re.sub(rf"(?<=\d)\s*{sign}(?!\w)\.?", f" {name} ", text)
    if language == "ru":
        text = _ROUBLES.sub(lambda sum_: f"{sum_[1]} {_roubles(sum_[1])} ", text)
    return re.sub(rf"([€$£¥])\s*({_NUMBER})", r"\2 \1", text)


def in_words(text: str, language: str, decimal: str) -> str:
    """Signs as words, and hundredths of a sum behind the word: "10 Euro 50"."""
    for sign in SIGNS:
        if sign in text and (found := names(sign, language)):
            text = text.replace(sign, f" {found[0][0]} ")
    return _cents(text, language, decimal)


@cache
def names(sign: str, language: str) -> list[Words]:
    """Names of a currency, the canonical one first: "dollar", whosever it is."""
    name = needs("babel.numbers").get_currency_name
    texts = [name(SIGNS[sign], count=n, locale=locale(language)) for n in (1, 2, 5, 1.5)]
    words = [word for text in texts for word in plain(text, language) if re.match(_NAMES_OF_CURRENCIES, word)]
    return [(word,) for word in dict.fromkeys(words)]


def _roubles(number: str) -> str:
    return str(needs("babel.numbers").get_currency_name("RUB", count=int(number[-2:]), locale="ru")).split()[-1]


def _cents(text: str, language: str, decimal: str) -> str:
    """ "10,50 Euro" is said "10 Euro 50"; "10,00 Euro", "10 Euro"."""
    found = "|".join(re.escape(word) for sign in "€$£" for (word,) in names(sign, language))
    if not found or not re.search(r"\d\d\s*(?:" + found + ")", text):
        return text
    return re.sub(
        rf"(?<![\d.,])(\d+){re.escape(decimal)}(\d\d)\s*({found})(?!\w)",
        lambda sum_: f"{sum_[1]} {sum_[3]} " + ("" if sum_[2] == "00" else f"{int(sum_[2])} "),
        text,
    )
