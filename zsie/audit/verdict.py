"""What the numbers say: severity, and the arithmetic in signs that need no translation (= exact, ≈ agrees, ≠ does not)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from zsie.audit.context import Stated, shown
from zsie.audit.measure import fits, percent, quotient, total

_HUNDREDTH = Decimal("0.01")


def severity(computed: Decimal, stated: Decimal, *, exact: bool = False) -> str:
    """`note` where the two are within a hundredth of each other: a figure may have been rounded before it was used.

    Counted things (`exact`) are not rounded.
    """
    return "note" if not exact and abs(computed - stated) <= abs(stated) * _HUNDREDTH else "error"


def against(agrees: bool, stated: str) -> str:
    """How a stated figure compares with what was worked out."""
    return f"{'≈' if agrees else '≠'} {stated}"


def plus(figures: Sequence[Stated]) -> str:
    """A sum as printed."""
    return " + ".join(map(shown, figures))


def rate_verdict(tops: Sequence[Stated], bottom: Stated, rate: Stated) -> tuple[str, str] | None:
    """Severity and arithmetic of `sum of tops ÷ bottom` against a rate; None where the bottom may be zero."""
    top = total(t.number for t in tops)
    computed = quotient(top, bottom.number.range)
    if computed is None:
        return None
    agrees = fits(top, bottom.number.range, rate.number)
    above = plus(tops) if len(tops) == 1 else f"({plus(tops)})"
    sum_ = f"{above} ÷ {shown(bottom)} = {percent(computed.middle, rate.number.digit)}"
    return "ok" if agrees else severity(computed.middle, rate.number.amount), f"{sum_} {against(agrees, shown(rate))}"
