"""Numbers in Chinese characters, as Chinese and Japanese write them -> digits.

Conventions: simplified characters; 二十五 -> 25, 一万二千 and 1万2千 -> 12000, 二〇二〇 and 二零二零 -> 2020,
两百 -> 200, 壹佰 -> 100. Chinese leaves out the last unit (一千二 is 1200), Japanese the first one (千九百 is 1900).
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
_ANY_DIGIT = "0123456789" + "".join(_DIGITS)
# Behind a decimal separator a unit stays a word: 1.5亿.
_RUN = re.compile(rf"(?P<point>(?<=[{_ANY_DIGIT}][点.]))?(?P<run>[{_ANY_DIGIT}{''.join([*_UNITS, *_MYRIADS])}]+)")
#: Numerals of cheques, where they stand together; alone they are other words (大陆, 收拾).
_OF_CHEQUES = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟壱弐貳參", "一二三四五六七八九十百千一二二三")
_CHEQUE = re.compile("(?=.?[拾佰仟万])[壹贰叁肆伍陆柒捌玖拾佰仟万亿零壱弐貳參]{2,}")
_LONGEST = 17  # digits before a unit that make a number with it


def chinese_numbers(text: str, language: str) -> str:
    """The text with every number in characters as digits; a unit alone (万) stays a word, 十 is 10."""
    text = _CHEQUE.sub(lambda run: run[0].translate(_OF_CHEQUES), text)
    text = text.replace("廿", "二十").replace("卅", "三十").replace("百分之百", "百分之100")
    return _RUN.sub(lambda found: _number(found["run"], language, found["point"] is not None), text)


def _number(run: str, language: str, decimals: bool) -> str:
    tokens = re.findall(r"[0-9]+|\D", run)
    read = run[: len(run) - len(run.lstrip(_ANY_DIGIT))]
    if decimals and run[len(read) : len(read) + 1] not in _UNITS:  # 一点五亿, but not 三点五十
        return "".join(str(_DIGITS.get(character, character)) for character in read) + run[len(read) :]
    if all(token in _DIGITS or token.isdigit() for token in tokens):
        return "".join(str(_DIGITS.get(token, token)) for token in tokens)
    leaves_out_one = language == "ja" and len(run) > 1 and run[0] in "百千"
    if not (tokens[0] in _DIGITS or tokens[0].isdigit() or tokens[0] == "十" or leaves_out_one):
        return run
    if any(len(token) > _LONGEST for token in tokens):
        return run
    total = section = digit = 0
    unit = 1
    for token in tokens:
        if token in _UNITS:
            unit = _UNITS[token]
            section, digit = section + (digit or 1) * unit, 0
        elif token in _MYRIADS:
            unit = _MYRIADS[token]
            total, section, digit = (total + section + digit) * unit, 0, 0
        elif token in _DIGITS:
            unit = 1 if token in "〇零" else unit
            digit = digit * 10 + _DIGITS[token]
        else:
            unit, digit = 1, digit * 10 ** len(token) + int(token)
    if language != "ja" and unit >= 100 and 0 < digit < 10:
        digit *= unit // 10  # 一千二
    return str(total + section + digit)
