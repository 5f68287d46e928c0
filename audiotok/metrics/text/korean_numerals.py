"""Spaces around Korean numbers in words, which are written with and without: 이천이십년 -> 이천이십 년, 삼점오.

Conventions: one syllable before a counter of one is left alone (구원, 이분 and 만원 are other words), except in months.
"""

from __future__ import annotations

import re

_ANY = "[일이삼사오육칠팔구십백천만억]"
_LONG = "퍼센트|프로|킬로미터|킬로그램|센티미터|미터|달러|유로|세기|시간|개월"
_SHORT = "년|원|명|분|초|도|살|층|번|회|월|개|대|권"
_COUNTED = re.compile(rf"(?<!\w)(?:(?=\w*?[십백천만억])({_ANY}{{2,}})({_SHORT})|({_ANY}+)({_LONG}))(?!\w)")
_MONTHS = {"유월": "6 월", "시월": "10 월"} | {f"{n}월": f"{n} 월" for n in "일이삼사오칠팔구"}
_DECIMAL = re.compile(rf"(?<!\w)({_ANY}+|영)점([영공일이삼사오육칠팔구]+)(?!\w)")


def spaced(text: str) -> str:
    """The text with a space between number and counter."""
    text = _DECIMAL.sub(lambda number: f"{number[1]} 점 {' '.join(number[2])}", text)
    text = _COUNTED.sub(lambda found: f"{found[1] or found[3]} {found[2] or found[4]}", text)
    return re.sub(r"(?<!\w)[유시일이삼사오칠팔구]월(?!\w)", lambda month: _MONTHS[month[0]], text)
