"""Percentages and shares as exact ratios."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from zsie.values.number import NUMBER, fold, parse_number, plain, quantity

_CHINESE = re.compile(r"百分之(.+)")
_THOUSAND = re.compile(r"千分之(.+)")
_PARTS = re.compile(rf"({NUMBER.pattern})分之({NUMBER.pattern})")
_TENTHS = re.compile(rf"({NUMBER.pattern})成(半)?")


def percent(surface: str, before: str = "") -> dict[str, Any] | None:
    """`{"kind": "percent", "ratio", "low", "high", "approx"}`: 112.7% -> "1.127"; masked or None where it is none."""
    text = fold(surface)
    sign = -1 if re.match(r"负|-", text) else 1
    text = re.sub(r"^(?:负|-)", "", text)
    divisor = Decimal(100)
    match = _CHINESE.search(text)
    if match:
        text = match.group(1)
    elif _THOUSAND.search(text) or "‰" in text:
        text = re.sub(r"千分之|‰", "", text)
        divisor = Decimal(1000)
    elif parts := _PARTS.search(text):
        bottom, top = parse_number(parts.group(1)), parse_number(parts.group(2))
        if not bottom or top is None:
            return None
        text, divisor = plain(top) or "", bottom
    elif tenths := _TENTHS.search(text):
        value = parse_number(tenths.group(1))
        if value is None:
            return None
        half = Decimal("0.5") if tenths.group(2) else Decimal(0)
        text, divisor = text.replace(tenths.group(), plain(value + half) or ""), Decimal(10)
    elif "倍" in text:
        divisor = Decimal(1)
    found = quantity(re.sub(r"(?:%|个百分点|百分点|倍)", "", text), before)
    if found is None:
        return None
    if found.masked:
        return {"kind": "masked", "ratio": None, "unit": "%", "approx": found.approx}

    def ratio(number: Decimal | None) -> str | None:
        return None if number is None else plain(sign * number / divisor)

    return {
        "kind": "percent",
        "ratio": ratio(found.amount),
        "low": ratio(found.low),
        "high": ratio(found.high),
        "approx": found.approx,
    }
