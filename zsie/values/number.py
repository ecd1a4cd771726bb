"""Chinese and Arabic numerals to exact decimals, and the quantities built on them: ranges and approximations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from zsie.text import clean
from zsie.text.masks import FIGURE, is_masked

_DIGITS = {
    c: i
    for i, cs in enumerate(("零〇○", "一壹弌", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in cs
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "廿": 20, "卅": 30}
_LARGE = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_NUMERAL = "".join(_DIGITS) + "".join(_SMALL) + "".join(_LARGE)
NUMBER = re.compile(rf"\d[\d,]*(?:[.。]\d+)?[十百千万亿兆佰仟]*|[{_NUMERAL}]+(?:点[{''.join(_DIGITS)}]+)?[万亿]*|半")
"""One number with its multipliers, in clean text."""
_MULTIPLIERS = re.compile(r"[十百千万亿兆佰仟]+$")
RANGE = re.compile(r"[-~至到]+")

PREFIXES = (
    ("atleast", r"不(?:低于|少于|小于|下)|至少|最少|起码|高于|大于等于|≥"),
    ("atmost", r"不(?:超过|高于|多于|大于)|至多|最多|≤"),
    ("under", r"不足|不到|低于|少于|小于|接近|将近|近|<"),
    ("over", r"超过?|逾|突破|高达|多达|过|上|大于|多于|>"),
    ("about", r"大?约|约为|约合|大概|左右|估计"),
)
_PREFIX = [(name, re.compile(rf"(?:{pattern})(?:达|到|为|了)?$")) for name, pattern in PREFIXES]
_SUFFIX = (
    ("atleast", re.compile(r"(?:及其?|或)?以上$|起$")),
    ("atmost", re.compile(r"(?:及|或)?以[下内]$|之内$")),
    ("about", re.compile(r"左右$|上下$|前后$|不等$")),
)
_INFIX = re.compile(r"(?<=[\d十百千万亿佰仟])(?:多|余|来|几)")
_VAGUE = re.compile(r"^[数几好]+(?=[十百千万亿])")


@dataclass(frozen=True)
class Quantity:
    """A number or range with its approximation and what follows it; all numbers None where masked."""

    amount: Decimal | None
    low: Decimal | None
    high: Decimal | None
    approx: str | None
    rest: str
    """The surface without numbers, approximators and range marks: the unit."""
    masked: bool = False


def plain(number: Decimal | None) -> str | None:
    """A decimal as a plain string: no exponent, no trailing zeros."""
    if number is None:
        return None
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


def fold(surface: str) -> str:
    """The clean form of a surface, all spaces out."""
    return "".join(clean(surface).clean.split())


def parse_number(text: str) -> Decimal | None:
    """Read one number (`16.4亿`, `三千五百`, `二〇〇八`, `1,200`, `1万2`), None where it is none."""
    text = text.replace(",", "").replace("。", ".")
    if not text:
        return None
    if text == "半":
        return Decimal("0.5")
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([十百千万亿兆佰仟]*)", text)
    if match:
        value = Decimal(match.group(1))
        for unit in match.group(2):
            value *= _SMALL.get(unit) or _LARGE[unit]
        return value
    whole, _, fraction = text.partition("点")
    tail = ""
    if fraction:
        digits = re.match(rf"[{''.join(_DIGITS)}]+", fraction)
        if digits is None:
            return None
        tail = fraction[digits.end() :]
        fraction = "".join(str(_DIGITS[c]) for c in digits.group())
    value_or_none = _chinese(whole)
    if value_or_none is None:
        return None
    try:
        value = value_or_none + Decimal(f"0.{fraction or 0}")
    except InvalidOperation:
        return None
    for unit in tail:
        if unit not in _LARGE:
            return None
        value *= _LARGE[unit]
    return value


def _chinese(text: str) -> Decimal | None:
    tokens = re.findall(rf"\d+(?:\.\d+)?|[{_NUMERAL}]", text)
    if "".join(tokens) != text or not tokens:
        return None
    if all(t in _DIGITS for t in tokens):
        return Decimal("".join(str(_DIGITS[t]) for t in tokens))
    total = section = Decimal(0)
    number: Decimal | None = None
    last_unit, since_zero = 0, False
    for token in tokens:
        if token in _DIGITS:
            number = Decimal(_DIGITS[token]) if number is None or number == 0 else number * 10 + _DIGITS[token]
            since_zero = since_zero or _DIGITS[token] == 0
        elif token in _SMALL:
            unit = _SMALL[token]
            if token in "廿卅":
                section += unit
            else:
                section += (number or Decimal(1)) * unit
            number, last_unit, since_zero = None, unit, False
        elif token in _LARGE:
            unit = _LARGE[token]
            section += number or 0
            if unit == 10**4 or total == 0:
                total += (section or Decimal(1) if total == 0 else section) * unit
            else:
                total = (total + section) * unit
            section, number, last_unit, since_zero = Decimal(0), None, unit, False
        else:
            number = Decimal(token)
    if number is not None and last_unit >= 100 and not since_zero and number < 10 and tokens[-1] in _DIGITS:
        number *= last_unit // 10  # 一万二, 三百五
    return total + section + (number or 0)


def prefix_approx(before: str) -> str | None:
    """The approximation that the left context of a figure gives it."""
    folded = fold(before)
    return next((name for name, pattern in _PREFIX if pattern.search(folded)), None)


def quantity(surface: str, before: str = "") -> Quantity | None:
    """Read a figure with its unit, None where it holds no number."""
    text = fold(surface)
    prefix = next((m for m in (re.match(pattern, text) for _, pattern in PREFIXES) if m), None)
    approx = None
    if prefix and prefix.end() < len(text):
        approx = prefix_approx(prefix.group())
        text = text[prefix.end() :]
    for name, pattern in _SUFFIX:
        if pattern.search(text):
            text, approx = pattern.sub("", text), name
            break
    if is_masked(text):
        return Quantity(None, None, None, approx or prefix_approx(before), _MASKED_REST.sub("", text), masked=True)
    if _VAGUE.match(text):
        # 数十家, 几亿元: no figure is given, only its order.
        number = NUMBER.search(text)
        low = parse_number(number.group()) if number else None
        return Quantity(None, low, None, "about", text[number.end() :]) if number and low is not None else None
    bare = _INFIX.sub("", text)
    if bare != text or re.search(r"\d[万亿]?[元个家人]*[多余]", text):
        approx = approx or "over"
    text = bare
    numbers = list(NUMBER.finditer(text))
    if not numbers:
        return None
    first = numbers[0]
    rest = text[: first.start()] + text[first.end() :]
    amount = parse_number(first.group())
    if amount is None:
        return None
    approx = approx or prefix_approx(before)
    if len(numbers) >= 2 and RANGE.search(text[first.end() : numbers[1].start()]):
        second = numbers[1]
        high = parse_number(second.group())
        between = text[first.end() : second.start()]
        shared = _MULTIPLIERS.search(second.group())
        if RANGE.fullmatch(between) and shared and not _MULTIPLIERS.search(first.group()):
            scaled = parse_number(first.group() + shared.group())
            amount = scaled if scaled is not None and high is not None and scaled <= high else amount
        rest = text[second.end() :]
        if high is None:
            return None
        return Quantity(None, amount, high, "range", rest.lstrip("多余"))
    low, high = amount, amount
    return Quantity(
        amount,
        None if approx in ("under", "atmost", "about") else low,
        None if approx in ("over", "atleast", "about") else high,
        approx,
        rest.lstrip("多余来"),
    )


_MASKED_REST = re.compile(rf"{FIGURE.pattern}|[-~]|多|余|\d+")
