"""Chinese and Arabic numerals to exact decimals."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from zsie.text import clean

_DIGITS = {
    c: i
    for i, cs in enumerate(("零〇○", "一壹弌", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in cs
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "廿": 20, "卅": 30}
_LARGE = {"万": 10**4, "亿": 10**8, "兆": 10**12}
DIGITS = "".join(_DIGITS)
# In 千瓦, 千米, 兆瓦 the prefix belongs to the unit, so it never multiplies.
UNIT_PREFIX = r"(?:千(?=[瓦伏米克卡])|兆(?=[瓦帕赫伏]))"
MULTIPLIER = rf"(?:(?!{UNIT_PREFIX})[十百千万亿兆拾佰仟])"
_NUMERAL = rf"(?:(?!{UNIT_PREFIX})[{DIGITS}{''.join(_SMALL)}{''.join(_LARGE)}])"
_ARABIC = r"\d[\d,]*(?:\.\d+)?"
# 3千5百: digits that take turns with small multipliers.
_TURNS = rf"(?:\d(?!{UNIT_PREFIX})[十百千])"
NUMBER = re.compile(
    rf"{_TURNS}{{2,}}\d?{MULTIPLIER}*"
    rf"|{_ARABIC}{MULTIPLIER}*(?:(?<=亿)零?(?:{_TURNS}{{2,}}|{_ARABIC}[百千]?)万|(?<=万)零?(?:{_TURNS}{{2,}}|{_ARABIC}(?!{UNIT_PREFIX})千))?"
    rf"|{_NUMERAL}+(?:点[{DIGITS}]+{MULTIPLIER}*)?|半{MULTIPLIER}*"
)
"""One number with its multipliers, in tidied text."""
_TOKEN = re.compile(rf"\d+(?:\.\d+)?|[{DIGITS}{''.join(_SMALL)}{''.join(_LARGE)}]")


def plain(number: Decimal | None) -> str | None:
    """A decimal as a plain string: no exponent, no trailing zeros."""
    if number is None:
        return None
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


@lru_cache(maxsize=1 << 10)  # several grammars look at the same surface, and reports repeat theirs
def fold(surface: str) -> str:
    """The clean form of a surface, all spaces out."""
    return "".join(clean(surface).clean.split())


def tidy(surface: str) -> str:
    """The clean form of a figure: `1·24` and `1。24` get a point, the letters of `1OO` become zeros."""
    text = re.sub(r"(?<=\d)[·•。](?=\d)", ".", fold(surface))
    return re.sub(r"(?<=\d)[OoＯ]+(?=[\dOoＯ十百千万亿元%.个家人]|$)", lambda m: "0" * len(m.group()), text)


def parse_number(text: str) -> Decimal | None:
    """Read one number (`16.4亿`, `三千五百`, `二〇〇八`, `1,200`, `1亿2000万`), None where it is none.

    Figures of more than 64 characters are damage, not numbers.
    """
    text = text.replace(",", "").replace("。", ".")
    if len(text) > 64:
        return None
    if text.startswith("半"):
        times = _whole(text[1:]) if text[1:] else Decimal(1)
        return None if times is None else times / 2
    whole, point, fraction = text.partition("点")
    value = _whole(whole)
    if value is None or not point:
        return value
    digits = re.match(rf"[{DIGITS}]+", fraction)
    if digits is None:
        return None
    value += Decimal("0." + "".join(str(_DIGITS[c]) for c in digits.group()))
    for unit in fraction[digits.end() :]:
        if unit not in _LARGE and unit not in _SMALL:
            return None
        value *= _LARGE.get(unit) or _SMALL[unit]
    return value


def _whole(text: str) -> Decimal | None:
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text or not tokens:
        return None
    if len(tokens) == 1 and tokens[0][0] in "0123456789":
        return Decimal(tokens[0])
    if all(t in _DIGITS for t in tokens):
        return Decimal("".join(str(_DIGITS[t]) for t in tokens))
    total = section = Decimal(0)
    number: Decimal | None = None
    last_unit, large, since_zero = 0, 0, False
    for token in tokens:
        if token in _DIGITS:
            number = Decimal(_DIGITS[token]) if number is None or number == 0 else number * 10 + _DIGITS[token]
            since_zero = since_zero or _DIGITS[token] == 0
        elif token in _SMALL:
            unit = _SMALL[token]
            section += Decimal(unit) if token in "廿卅" else (Decimal(1) if number is None else number) * unit
            number, last_unit, since_zero = None, unit, False
        elif token in _LARGE:
            unit = _LARGE[token]
            implied = Decimal(last_unit == 0 and number is None and section == 0)  # 亿元, 万人
            section += implied if number is None else number
            # A larger unit after a smaller one multiplies all before it: 万亿.
            total = total + section * unit if unit < large or not large else (total + section) * unit
            section, number, last_unit, large, since_zero = Decimal(0), None, unit, unit, False
        else:
            number = Decimal(token)
    if number is not None and last_unit >= 100 and not since_zero and number < 10 and tokens[-1] in _DIGITS:
        number *= last_unit // 10  # 一万二, 三百五
    return total + section + (number or 0)
