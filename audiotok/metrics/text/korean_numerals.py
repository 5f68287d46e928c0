"""Spaces around Korean numbers in words, which are written with and without: 이천이십년 -> 이천이십 년, 삼점오.

Conventions: one syllable before a counter of one is left alone (구원, 이분 and 만원 are other words), except in months
and behind them (시월 삼일), in hours (여덟시), fractions (팔분의 오) and behind 제 (제이차).
"""

from __future__ import annotations

import re

_ANY = "[일이삼사오육칠팔구십백천만억]"
_LONG = "퍼센트|프로|킬로미터|킬로그램|센티미터|미터|달러|유로|세기|시간|개월"
_SHORT = "년|원|명|분|초|도|살|층|번|회|월|개|대|권"
_COUNTED = re.compile(rf"(?<!\w)(?:(?=\w*?[십백천만억])({_ANY}{{2,}})({_SHORT})|({_ANY}+)({_LONG}))(?!\w)")
_MONTHS = {"유월": "6 월", "시월": "10 월"} | {f"{n}월": f"{n} 월" for n in "일이삼사오칠팔구"}
_DECIMAL = re.compile(rf"(?<!\w)({_ANY}+|영)점([영공일이삼사오육칠팔구]+)(?!\w)")
_DAY = re.compile(rf"(?<=월)\s?({_ANY}{{1,3}})일(?=에|은|이|을|의|부터|까지|\W|$)")
# 한시 is another word.
_HOUR = re.compile(r"(?<!\w)(두|세|네|다섯|여섯|일곱|여덟|아홉|열|열한|열두)시(?=에|부터|까지|\W|$)")
_FRACTION = re.compile(rf"(?<!\w)(?!이분)({_ANY}+)분의(?=\s[\d일이삼사오육칠팔구십])")
_TIMES = re.compile(rf"(?<!\w)제({_ANY}+)(?=[차회](?!\w))")


def spaced(text: str) -> str:
    """The text with a space between number and counter."""
    text = _HOUR.sub(r"\1 시", text)
    text = _FRACTION.sub(r"\1 분의", text)
    text = _TIMES.sub(r"제 \1 ", text)
    text = _DECIMAL.sub(lambda number: f"{number[1]} 점 {' '.join(number[2])}", text)
    text = _COUNTED.sub(lambda found: f"{found[1] or found[3]} {found[2] or found[4]}", text)
    text = re.sub(r"(?<!\w)[유시일이삼사오칠팔구]월(?!\w)", lambda month: _MONTHS[month[0]], text)
    return _DAY.sub(r" \1 일", text)
