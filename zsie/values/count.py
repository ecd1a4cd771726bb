"""Counts: a number with its classifier or unit; an exact base amount where the unit has a multiplier (万吨, 亿度)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from zsie.values.number import plain
from zsie.values.quantity import Quantity, quantity

_EXACT = {
    "亩": (Decimal(2000) / 3, "平方米"),
    "公顷": (Decimal(10000), "平方米"),
    "平方公里": (Decimal(1000000), "平方米"),
    "公里": (Decimal(1000), "米"),
    "GWh": (Decimal(1000000), "kWh"),
    "MWh": (Decimal(1000), "kWh"),
    "GW": (Decimal(1000000), "kW"),
    "MW": (Decimal(1000), "kW"),
    "兆瓦": (Decimal(1000), "kW"),
    "吉瓦": (Decimal(1000000), "kW"),
}


def count(surface: str, before: str = "") -> dict[str, Any] | None:
    """`{"kind": "count", "amount", "low", "high", "classifier", "approx"}` (with "base" where it converts exactly)."""
    found: Quantity | None = quantity(surface, before)
    if found is None:
        return None
    classifier = re.sub(r"\(.*?\)$", "", found.rest) or None
    if found.masked:
        return {"kind": "masked", "amount": None, "classifier": classifier, "approx": found.approx}
    value: dict[str, Any] = {
        "kind": "count",
        "amount": plain(found.amount),
        "low": plain(found.low),
        "high": plain(found.high),
        "classifier": classifier,
        "approx": found.approx,
    }
    factor, unit = _EXACT.get(classifier or "", (None, None))
    if factor is not None and found.amount is not None:
        base = found.amount * factor
        # 亩 is two thirds of 1,000 m2: converted only where that comes out exactly.
        if base == base.quantize(Decimal("0.0001")):
            value["base"] = {"amount": plain(base), "unit": unit}
    return value
