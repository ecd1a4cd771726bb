"""Figures as the audit sees them: an exact amount and the width of its last printed digit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from zsie.types import Entity
from zsie.values.number import fold

_DIGITS = re.compile(r"\d[\d,]*(?:\.(\d+))?")
# 1·86, 1。24: a decimal point that a copy has damaged; whatever was read from it is no ground for a finding.
_ODD_POINT = re.compile(r"\d[·•。、]\d|[·•。,]$")
# Extents and masses are measured and rounded even when printed as whole numbers; other counts are exact.
_MEASURED = re.compile(r"吨|亩|米|里|公顷|[kMG]Wh?|[瓦度㎡斤升]$")


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure that can be computed with: `amount` in `unit` (a currency, a classifier, or "ratio"), `digit` in the same unit.

    `digit` is what one more in the last printed place would add: 0.01亿元 for 4.34亿元, 0 for 25个.
    """

    entity: Entity
    amount: Decimal
    digit: Decimal
    unit: str

    @property
    def range(self) -> Range:
        """All numbers that are printed so."""
        return Range(self.amount - self.digit / 2, self.amount, self.amount + self.digit / 2)


@dataclass(frozen=True, slots=True)
class Range:
    """Between which bounds a number lies, given what the printed digits leave open."""

    low: Decimal
    middle: Decimal
    high: Decimal

    def meets(self, other: Range) -> bool:
        """Whether the two ranges share a number."""
        return self.low <= other.high and other.low <= self.high


def measured(entity: Entity) -> Measured | None:
    """An entity's figure, None where it is masked, approximate, a range, unread, or not printed in digits."""
    value = entity.value or {}
    kind = value.get("kind")
    if kind not in ("money", "count", "percent") or value.get("approx"):
        return None
    number = value.get("ratio" if kind == "percent" else "amount")
    if number is None:
        return None
    amount = Decimal(str(number))
    unit = {"money": str(value.get("currency")), "percent": "ratio"}.get(str(kind)) or str(value.get("classifier") or "")
    if _ODD_POINT.search(entity.text):
        return None
    groups = list(_DIGITS.finditer(fold(entity.text)))
    if len(groups) > 1:
        # 3亿5000万元: which digit is the last printed one does not show in the first group.
        return None
    found = next(iter(groups), None)
    if found is None:
        exact = kind == "count" and not _MEASURED.search(unit)
        return Measured(entity, amount, Decimal(0), unit) if exact else None
    try:
        printed = Decimal(found.group().replace(",", ""))
    except InvalidOperation:
        return None
    decimals = len(found.group(1) or "")
    if printed == 0 or amount == 0:
        return None
    scale = abs(amount) / printed
    if kind == "count" and decimals == 0 and scale == 1 and not _MEASURED.search(unit):
        return Measured(entity, amount, Decimal(0), unit)
    return Measured(entity, amount, scale.scaleb(-decimals), unit)


def quotient(top: Range, bottom: Range) -> Range | None:
    """`top / bottom`, None where the bottom may be zero."""
    if bottom.low <= 0:
        return None
    return Range(top.low / bottom.high, top.middle / bottom.middle, top.high / bottom.low)


def fits(top: Range, bottom: Range, rate: Measured) -> bool:
    """Whether `top / bottom` is the rate; reports cut digits off as often as they round, so a whole last digit is let through."""
    computed = quotient(top, bottom)
    return computed is not None and computed.meets(Range(rate.amount - rate.digit, rate.amount, rate.amount + rate.digit))


def far(computed: Range | None, stated: Decimal) -> bool:
    """Whether of a computed and a stated number one is twice the other or more, so that they hardly belong together."""
    return computed is None or not stated < 2 * computed.middle < 4 * stated


def total(parts: Iterable[Measured]) -> Range:
    """The sum of figures of one unit."""
    ranges = [p.range for p in parts]
    zero = Decimal(0)
    return Range(sum((r.low for r in ranges), zero), sum((r.middle for r in ranges), zero), sum((r.high for r in ranges), zero))


def percent(number: Decimal, like: Decimal = Decimal("0.0001")) -> str:
    """A ratio as a percentage, with one digit more than `like` (the last printed digit of a ratio) has."""
    places = max(1, -like.adjusted() - 2) + 1
    return f"{number * 100:.{places}f}%"
