"""Percentages, tenths, fractions and multiples as exact ratios; a decline is negative."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zsie.values.number import NUMBER, fold, parse_number, plain, tidy
from zsie.values.quantity import PREFIXES, Quantity, quantity

_DIVISORS = (
    (Decimal(100), re.compile(r"百分之|个?百分点|%")),
    (Decimal(1000), re.compile(r"千分之|‰")),
    (Decimal(10000), re.compile(r"万分之|‱")),
    (Decimal(1), re.compile(r"倍")),
)
_FRACTION = re.compile(rf"({NUMBER.pattern})分之({NUMBER.pattern})")
_TENTHS = re.compile(r"成(?P<more>[半一二三四五六七八九\d])?")
_MINUS = re.compile(r"^(?:负增长|负|-|下降|减少)")
# 下降到 and 下降至 name a level, not a change.
_DECLINE = re.compile(
    r"(?:下降|减少|降低|回落|下滑|负增长|下跌|萎缩|降幅为?|降幅达到?)了?(?:" + "|".join(p for _, p in PREFIXES) + r")?了?$"
)


def percent(surface: str, before: str = "") -> dict[str, Any] | None:
    """`{"kind": "percent", "ratio", "low", "high", "approx"}`: 112.7% -> "1.127"; masked or None where it is none.

    A percentage without its sign is read as one. Percentage points have `"points": true`. Fractions that do not come out
    (三分之一) are rounded to four places and marked about.
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


def _read(text: str, before: str) -> tuple[Decimal, Quantity | None]:
    """The divisor that the words name, and the figure without them."""
    for divisor, words in _DIVISORS:
        if words.search(text):
            return divisor, quantity(words.sub("", text), before)
    if fraction := _FRACTION.search(text):
        bottom = parse_number(fraction[1])
        return bottom or Decimal(1), quantity(text.replace(fraction.group(), fraction[2]), before) if bottom else None
    tenths = _TENTHS.search(text)
    if tenths is None:
        return Decimal(100), quantity(text, before)
    more = Decimal("0.5") if tenths["more"] == "半" else (parse_number(tenths["more"] or "零") or Decimal(0)) / 10
    found = quantity(text[: tenths.start()] + text[tenths.end() :], before)
    if found is not None and found.amount is not None and more:
        found = Quantity(
            found.amount + more, found.low and found.low + more, found.high and found.high + more, found.approx, ""
        )
    return Decimal(10), found
