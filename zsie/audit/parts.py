"""Parts against their total."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from zsie.audit.breakdowns import Breakdown, breakdowns, meant
from zsie.audit.context import Context, Stated, shown
from zsie.audit.finding import Finding
from zsie.audit.measure import total
from zsie.audit.verdict import against, plus, severity
from zsie.values.number import fold

_SCALES = (("万亿", 10**12), ("亿", 10**8), ("万", 10**4))


def sums(context: Context) -> Iterator[Finding]:
    """Parts that are all of a total but do not add up to it; a part greater than its total."""
    for breakdown in breakdowns(context):
        if breakdown.whole:
            yield from _added(context, breakdown)
        if breakdown.near:
            yield from _contained(context, breakdown)


def _added(context: Context, breakdown: Breakdown) -> Iterator[Finding]:
    computed = total(p.number for p in breakdown.parts)
    whole = meant(breakdown)
    if whole is None:
        return
    agrees = computed.meets(whole.number.range)
    worked_out = f"{_printed(computed.middle, whole)} {against(agrees, shown(whole))}"
    if computed.middle == whole.number.amount:
        worked_out = shown(whole)
    exact = not any(f.number.digit for f in (whole, *breakdown.parts))
    level = "ok" if agrees else severity(computed.middle, whole.number.amount, exact=exact)
    yield context.finding(
        "parts_sum",
        level,
        f"{plus(breakdown.parts)} = {worked_out}",
        (("total", whole), *(("part", p) for p in breakdown.parts)),
        tolerance=(computed.high - computed.low + whole.number.digit) / 2,
    )


def _contained(context: Context, breakdown: Breakdown) -> Iterator[Finding]:
    whole = breakdown.totals[0]
    for part in breakdown.parts:
        agrees = part.number.range.low <= whole.number.range.high
        if agrees and breakdown.whole:
            continue  # the sum says more
        yield context.finding(
            "part_exceeds_total",
            "ok" if agrees else "error",
            f"{shown(part)} {'≤' if agrees else '>'} {shown(whole)}",
            (("total", whole), ("part", part)),
            tolerance=(whole.number.digit + part.number.digit) / 2,
        )


def _printed(amount: Decimal, like: Stated) -> str:
    """A sum in the scale in which a figure is printed: 4.34 for 434000000 beside 4.34亿元."""
    scale = next((n for word, n in _SCALES if word in fold(shown(like))), 1)
    return f"{(amount / scale).normalize():f}"
