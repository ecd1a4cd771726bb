"""Percentages, tenths, fractions and multiples as exact ratios; a decline is negative."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zsie.values.number import DIGITS, NUMBER, fold, parse_number, plain, tidy
from zsie.values.quantity import PREFIXES, Quantity, quantity

_DIVISORS = (
    (Decimal(100), re.compile(r"百分之|个?百分点|%")),
    (Decimal(1000), re.compile(r"千分之|‰")),
    (Decimal(10000), re.compile(r"万分之|‱")),
    (Decimal(1), re.compile(r"倍")),
)
_FRACTION = re.compile(rf"({NUMBER.pattern})分之({NUMBER.pattern})")
_SLASH = re.compile(r"(?<![\d./])(\d{1,4})/(\d{1,4})(?![\d./])")
_HALF = re.compile(r"一?半数?")
# 千亿 is no percentage, nor is any other figure of that size without a sign.
_ORDER = re.compile("[千万亿兆]")
_TENTHS = re.compile(r"成(?P<more>[半一二三四五六七八九\d])?")
# 增减 and 升降 head a column of either sign.
_FALL = (
    r"(?:负增长|降低|回落|下滑|萎缩|缩水|(?<![增加])[缩锐]?减少?|(?<!升)下?降|(?<!涨)下?跌)(?:幅度?)?(?:为|达到?)?了?(?:"
    + "|".join(p for _, p in PREFIXES)
    + r")?了?"
)
# 下降到 and 下降至 name a level, not a change.
_MINUS = re.compile(rf"^(?:负(?!增)|-|(?:[同环]比)?{_FALL}(?=[\d{DIGITS}十百千万半]))")
_DECLINE = re.compile(_FALL + "$")


def percent(surface: str, before: str = "") -> dict[str, Any] | None:
    """`{"kind": "percent", "ratio", "low", "high", "approx"}`: 112.7% -> "1.127"; masked or None where it is none.

    A bare figure is read as a percentage without its sign; one with another unit, a ratio (2.27:1) and an order of size
    (千亿) are none. Percentage points have `"points": true`. Fractions that do not come out (三分之一, 1/3) are rounded
    to four places and marked about.
    """
    text = tidy(surface)
    minus = _MINUS.match(text)
    text = text[minus.end() :] if minus else text.lstrip("+")
    sign = -1 if minus or _DECLINE.search(fold(before)) else 1
    points = "百分点" in text
    divisor, found = _read(text, before)
    if found is None:
        return None
    if found.masked:
        return {"kind": "masked", "ratio": None, "unit": "%", "approx": found.approx}
    if re.search(r"\d", re.sub(r"\([^)]*\)", "", found.rest)):
        return None
    figures = (found.amount, found.low, found.high)
    ratios = [None if n is None else sign * n / divisor for n in figures]
    exact = all(
        r is None or n is None or Fraction(r) * Fraction(divisor) == sign * Fraction(n)
        for r, n in zip(ratios, figures, strict=True)
    )
    amount, low, high = ratios if exact else [None if r is None else Decimal(f"{r:.4f}") for r in ratios]
    value = {
        "kind": "percent",
        "ratio": plain(amount),
        "low": plain(low if sign > 0 else high),
        "high": plain(high if sign > 0 else low),
        "approx": found.approx if exact else found.approx or "about",
    }
    return {**value, "points": True} if points else value


def _bare(text: str, before: str) -> Quantity | None:
    """A figure without unit: nothing but words stands before it, nothing behind it."""
    found = quantity(text, before)
    if found is None or found.masked or not found.rest:
        return found
    return found if found.rest.isalpha() and text.startswith(found.rest) else None


def _read(text: str, before: str) -> tuple[Decimal, Quantity | None]:
    """The divisor that the words name, and the figure without them."""
    for divisor, words in _DIVISORS:
        if words.search(text):
            return divisor, quantity(words.sub("", text), before)
    if fraction := _FRACTION.search(text):
        bottom = parse_number(fraction[1])
        return bottom or Decimal(1), quantity(text.replace(fraction.group(), fraction[2]), before) if bottom else None
    if fraction := _SLASH.search(text):
        bottom = Decimal(fraction[2])
        return bottom or Decimal(1), _bare(text.replace(fraction[0], fraction[1]), before) if bottom else None
    tenths = _TENTHS.search(text)
    if tenths is None and _HALF.search(text):
        return Decimal(2), _bare(_HALF.sub("1", text), before)
    if tenths is None:
        return Decimal(100), None if _ORDER.search(text) else _bare(text, before)
    more = Decimal("0.5") if tenths["more"] == "半" else (parse_number(tenths["more"] or "零") or Decimal(0)) / 10
    found = quantity(text[: tenths.start()] + text[tenths.end() :], before)
    if found is not None and found.amount is not None and more:
        found = Quantity(
            found.amount + more, found.low and found.low + more, found.high and found.high + more, found.approx, ""
        )
    return Decimal(10), found
