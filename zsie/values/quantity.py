"""A figure with its unit: approximations on both sides, ranges, vague orders of size, masks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from zsie.text.masks import FIGURE, is_masked
from zsie.values.number import DIGITS, MULTIPLIER, NUMBER, fold, parse_number, tidy

# Words that end in an approximator's character without being one: 签约, 附近, 经过, 赶超.
PREFIXES = (
    ("atleast", r"不(?:低于|少于|小于|下)|至少|最少|最低|起码|大于等于|≥"),
    ("atmost", r"不(?:超过|高于|多于|大于)|至多|最多|最高|≤"),
    ("under", r"不足|不到|低于|少于|小于|接近|将近|(?<![附最临邻亲靠远])近|<"),
    ("over", r"超过|超出|(?<!赶)超|逾|突破|高于|大于|多于|>"),
    ("about", r"大约|约[为合]?|大概"),
)
_WORD_BEFORE = re.compile(r"[签履节集契预邀合违制条公盟缔失毁爽][约]$")
_PREFIX = [(name, re.compile(rf"(?:{pattern})(?:达到?|到|为|了|有)?$")) for name, pattern in PREFIXES]
_LEADING = [(name, re.compile(rf"(?:{pattern})(?:达到?|到|为|了|有)?(?=.)")) for name, pattern in PREFIXES]
_SUFFIX = (
    ("atleast", re.compile(r"(?:\(含\))?(?:及其?|或|含)?以上$|(?<=[元万亿])起$")),
    ("atmost", re.compile(r"(?:\(含\))?(?:及|或|含)?以[下内]$|之内$")),
    ("about", re.compile(r"左右$|上下$|前后$|不等$")),
    ("over", re.compile(r"有余$|之多$|出头$")),
)
_NUMERAL_END = rf"(?<=[\d{DIGITS}十百千万亿兆拾佰仟])"
_MORE = re.compile(rf"{_NUMERAL_END}(?:多|余|来)|(?<=[元个家人项])多$")
_VAGUE = re.compile(r"^好?[数几上](?=[十百千万亿])|(?<=[十百千])几")
# 过亿元, 上百家: a multiplier that stands alone is the number.
_PAST = re.compile(r"^过(?=[十百千万亿])")
_PAIR = re.compile(rf"(?<![\d{DIGITS}])([一二两三四五六七八])([二三四五六七八九])(?![\d{DIGITS}])")
_BETWEEN = re.compile(r"(?:\([^)]*\))?[-~至到]+")
_MULTIPLIERS = re.compile(rf"{MULTIPLIER}+$")
# What a mask or a figure has left in front of a bare unit: □□亿元, (  )亿元, N万美元, 3|亿元.
_BAND = re.compile(rf"\w{{0,3}}[-~至到](?=[\d{DIGITS}十百千])")
_LOST = re.compile(r"(?:[□△▲◯●○〇*＊×#_…?某\d]|\(\W*\)|(?<![A-Za-z])[xXnN]+)$")
# A circle that is also written for zero: 〇〇万元 is a masked figure, 二〇〇万元 is none.
_CIRCLES = re.compile(rf"(?<![\d{DIGITS}十百千万亿点.])(?:〇{{2,}}(?![\d{DIGITS}点])|〇(?=[十百千万亿]|\.〇))")
_MASKED_REST = re.compile(rf"(?:{FIGURE.pattern}|[\d{DIGITS}.,至到~-]|{MULTIPLIER}|多|余)+")


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


def prefix_approx(before: str) -> str | None:
    """The approximation that the left context of a figure gives it."""
    folded = fold(before)
    if _WORD_BEFORE.search(folded):
        return None
    return next((name for name, pattern in _PREFIX if pattern.search(folded)), None)


def quantity(surface: str, before: str = "") -> Quantity | None:
    """Read a figure with its unit, None where it holds no number.

    `1000万元以上` has a low and no high, `近5亿元` a high and no low, `约3亿元` neither; 数十家 and 上百家 give an order of
    size only: no amount, a low.
    """
    text, approx = _edges(_CIRCLES.sub("○", tidy(surface)))
    outer = approx or prefix_approx(before)
    if is_masked(text):
        if _MORE.search(FIGURE.sub("1", text)):
            outer = "over"
        return Quantity(None, None, None, outer, _MASKED_REST.sub("", text), masked=True)
    if _VAGUE.search(text):
        text = _VAGUE.sub("", text)
        number = NUMBER.search(text)
        low = parse_number(number.group()) if number else None
        return Quantity(None, low, None, "about", text[number.end() :]) if number and low is not None else None
    if _PAST.match(text):
        text, outer = _PAST.sub("", text), "over"
    bare = _MORE.sub("", text)
    if bare != text:
        text, outer = bare, approx or "over"
    first = NUMBER.search(text)
    if first is None or (_MULTIPLIERS.fullmatch(first.group()) and not _stands_alone(text, first, before, outer)):
        return None
    found = _pair(text, first) or _range(text, first)
    if found is not None:
        return found
    amount = parse_number(first.group())
    if amount is None:
        return None
    return Quantity(
        amount,
        None if outer in ("under", "atmost", "about") else amount,
        None if outer in ("over", "atleast", "about") else amount,
        outer,
        text[: first.start()] + text[first.end() :],
    )


def _stands_alone(text: str, unit: re.Match[str], before: str, approx: str | None) -> bool:
    """Whether a multiplier without a digit is a figure of its own (千万元, 亿元以上), not what a lost or masked one has left.

    十, 百 and 千 are numerals too. 万 and 亿 are figures where a bound makes them one (过, 超, 上, 以上, 级, 亿元至10亿元),
    and where nothing at all is known of what stood in front; 到位资金亿元 has lost its figure.
    """
    lead = text[: unit.start()]
    if re.search(r"[^\w)]$", lead) or _LOST.search(lead or fold(before.rpartition("\n")[2])):
        return False
    if approx not in (None, "about") or unit.group()[0] not in "万亿兆" or _BAND.match(text, unit.end()):
        return True
    return re.search(r"[过超上]$", lead or fold(before)) is not None or text.endswith("级") or not (lead or before)


def _edges(text: str) -> tuple[str, str | None]:
    """Take approximators off both ends of a surface."""
    approx = None
    for name, pattern in _LEADING:
        if match := pattern.match(text):
            text, approx = text[match.end() :], name
            break
    for name, pattern in _SUFFIX:
        if pattern.search(text):
            return pattern.sub("", text), name
    return text, approx


def _pair(text: str, number: re.Match[str]) -> Quantity | None:
    """四五个, 十七八家, 两三千万: two neighbouring digits (and 三五) are a range."""
    # What follows the point is a fraction: 三点四五 is no range.
    pair = _PAIR.search(number.group().partition("点")[0])
    if pair is None:
        return None
    small, large = parse_number(pair[1]), parse_number(pair[2])
    if small is None or large is None or not (large - small == 1 or pair.group() == "三五"):
        return None
    head, tail = number.group()[: pair.start()], number.group()[pair.end() :]
    low, high = parse_number(head + pair[1] + tail), parse_number(head + pair[2] + tail)
    return Quantity(None, low, high, "range", text[number.end() :]) if low is not None and high is not None else None


def _range(text: str, first: re.Match[str]) -> Quantity | None:
    """300-499万元, 1亿元至10亿元: the first figure borrows the multiplier of the second where it has none."""
    second = NUMBER.search(text, first.end())
    if second is None:
        return None
    between = text[first.end() : second.start()]
    if not _BETWEEN.search(between):
        return None
    low, high = parse_number(first.group()), parse_number(second.group())
    shared = _MULTIPLIERS.search(second.group())
    if shared and _BETWEEN.fullmatch(between) and not _MULTIPLIERS.search(first.group()):
        scaled = parse_number(first.group() + shared.group())
        low = scaled if scaled is not None and high is not None and scaled <= high else low
    if low is None or high is None:
        return None
    return Quantity(None, low, high, "range", text[second.end() :])
