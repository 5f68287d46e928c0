"""Numbers in Chinese characters, as Chinese and Japanese write them -> digits.

Conventions: simplified characters; 二十五 -> 25, 一万二千 -> 12000, 二〇二〇 and 二零二零 -> 2020, 两百 -> 200.
"""

from __future__ import annotations

import re

_DIGITS = {
    character: value
    for value, characters in enumerate(("〇零", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for character in characters
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8, "億": 10**8}
_RUN = re.compile(f"[{''.join([*_DIGITS, *_UNITS, *_MYRIADS])}]+")


def chinese_numbers(text: str) -> str:
    """The text with every number in characters as digits; a unit alone (万) stays a word, 十 is 10."""
    return _RUN.sub(lambda run: _number(run[0]), text)


def _number(run: str) -> str:
    if all(character in _DIGITS for character in run):
        return "".join(str(_DIGITS[character]) for character in run)
    if run[0] not in _DIGITS and run[0] != "十":
        return run
    total = section = digit = 0
    for character in run:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[character], 0
        else:
            total, section, digit = (total + section + digit) * _MYRIADS[character], 0, 0
    return str(total + section + digit)
