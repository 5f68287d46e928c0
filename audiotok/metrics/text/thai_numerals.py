"""Numbers in Thai words, which are written without spaces -> digits: สองพันห้าร้อยหกสิบสาม -> 2563."""

from __future__ import annotations

import re

_DIGITS = {
    **{"ศูนย์": 0, "หนึ่ง": 1, "เอ็ด": 1, "สอง": 2, "ยี่": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6, "เจ็ด": 7},
    **{"แปด": 8, "เก้า": 9},
}
_UNITS = {"สิบ": 10, "ร้อย": 100, "พัน": 1000, "หมื่น": 10**4, "แสน": 10**5}
_MILLION = "ล้าน"
_WORD = "|".join([*_DIGITS, *_UNITS, _MILLION])
_RUN = re.compile(rf"(?:{_WORD})+(?![ะ-ฺ็-๎])")  # สามารถ is no three


def thai_numbers(text: str) -> str:
    """The text with every number in words as digits, between spaces."""
    return _RUN.sub(lambda run: f" {_number(re.findall(_WORD, run[0]))} ", text)


def _number(words: list[str]) -> str:
    if all(word in _DIGITS for word in words):
        return "".join(str(_DIGITS[word]) for word in words)
    total = section = digit = 0
    for word in words:
        if word in _DIGITS:
            digit = _DIGITS[word]
        elif word in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[word], 0
        else:
            total, section, digit = (total + (section + digit or 1)) * 10**6 % 10**30, 0, 0
    return str(total + section + digit)
