"""Shares: a part with its 占比 against the total, and shares that must make a hundred."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zsie.audit.breakdowns import Breakdown, breakdowns, complete, meant, totals
from zsie.audit.context import Context, Stated
from zsie.audit.finding import Finding
from zsie.audit.measure import far, fits, percent, quotient, total
from zsie.audit.verdict import against, plus, rate_verdict, severity
from zsie.values.number import fold

_AREA = r"全(?:省|市|州|县|縣|区|區|旗|盟|镇|鎮|乡|鄉|国|國)"
_SHARE = re.compile(
    r"(?P<all>(?:合计|合計|共)?)占(?:到|其)?(?P<base>[^,，;；。、]{0,12}?)的?(?:比(?:重|例)?)?"
    r"(?:分别|分別)?(?:约|約|为|為|达|達|到|升至|降至)*$"
)
_PLAIN = re.compile(rf"(?P<area>{_AREA})?的?(?:总(?:量|数|额|计)|總(?:量|數|額|計)|全部)?")
_FILLER = re.compile(rf"{_AREA}|总(?:量|数|额|计)|總(?:量|數|額|計)|全部|的")
_OF_TARGET = re.compile(r"任务|任務|目标|目標|计划|計劃")
_SEPARATOR = re.compile(r"[、,，]|和|及|与|以及|[、,，]?分别(?:为)?")


@dataclass(frozen=True)
class Share:
    """Figures, and the percentage that they are said to be of `base`."""

    parts: tuple[Stated, ...]
    rate: Stated
    base: str


def shares(context: Context) -> Iterator[Finding]:
    """Shares of a total, and shares that are all."""
    known = [(b, whole) for b in breakdowns(context) if (whole := meant(b)) is not None]
    every: list[Share] = []
    for _, figures in context:
        percents = [f for f in figures if f.entity.label == "PERCENT"]
        runs = [run for run in _lists(context, percents) if _is_share(context, figures, run)]
        found = [share for run in runs for share in _shares(context, figures, run)]
        every += found
        yield from _hundreds(context, known, found, [rate for run in runs for rate in run])
    sharing = {part for share in every for part in share.parts}
    for share in every:
        yield from _compared(context, known, share, sharing)


def _hundreds(
    context: Context, known: Sequence[tuple[Breakdown, Stated]], found: Sequence[Share], rates: Sequence[Stated]
) -> Iterator[Finding]:
    """The shares of a breakdown's parts, where it has all; else rates whose own names are all of a known split."""
    of = {s.parts[0]: s.rate for s in found if len(s.parts) == 1}
    wholes = [b.parts for b, _ in known if b.whole and all(p in of for p in b.parts)]
    for parts in wholes:
        yield _hundred(context, [of[p] for p in parts])
    if not wholes and len(rates) > 1 and complete(rates):
        yield _hundred(context, rates)


def _is_share(context: Context, figures: Sequence[Stated], run: Sequence[Stated]) -> bool:
    words = _words(context, figures, run[0])
    return bool(_SHARE.search(words)) and not _OF_TARGET.search(words)


def _words(context: Context, figures: Sequence[Stated], rate: Stated) -> str:
    """The words between the figure before a rate and the rate."""
    edge = max((f.end for f in figures if f.end <= rate.start), default=context.statements.start(rate.start))
    return context.between(edge, rate.start)


def _lists(context: Context, figures: Sequence[Stated]) -> Iterator[list[Stated]]:
    """Figures of a list: 25.2%、13.9%和8%."""
    run: list[Stated] = []
    for figure in figures:
        if run and not _SEPARATOR.fullmatch(context.between(run[-1].end, figure.start)):
            yield run
            run = []
        run.append(figure)
    if run:
        yield run


def _shares(context: Context, figures: Sequence[Stated], rates: Sequence[Stated]) -> Iterator[Share]:
    """Each rate with the figures before it whose share it is; 合计占 is said of a whole list."""
    match = _SHARE.search(_words(context, figures, rates[0]))
    before = [f for f in figures if f.end <= rates[0].start and f.unit != "ratio"]
    if match is None or not before:
        return
    if match["all"]:
        *_, parts = _lists(context, before)
        pairs = [(tuple(parts), rates[0])] if len(parts) > 1 and len(rates) == 1 else []
    else:
        pairs = [((f,), r) for f, r in zip(before[-len(rates) :], rates, strict=False)] if len(before) >= len(rates) else []
    for whose, rate in pairs:
        # 产业投资8亿元,民间投资占62%: the rate is of what is named after the figure.
        other = rate.indicator is not None and rate.indicator.start >= before[-1].end
        if len({f.unit for f in before[-len(pairs) :]}) == 1 and len({f.unit for f in whose}) == 1 and not other:
            yield Share(whose, rate, match["base"])


def _compared(
    context: Context, known: Sequence[tuple[Breakdown, Stated]], share: Share, sharing: Collection[Stated]
) -> Iterator[Finding]:
    """A share with the total that agrees, else the one that must be meant: that of its breakdown, or the only one before it.

    A figure that is itself among those with shares, `sharing`, is no such total.
    """
    near = [whole for b, whole in known if all(p in b.parts for p in share.parts)]
    plain = _PLAIN.fullmatch(share.base)
    bottoms = [t for t in dict.fromkeys((*near, *totals(context, share.parts))) if plain or _names(share.base, t)]
    top, rate = total(p.number for p in share.parts), share.rate
    whole = next((t for t in bottoms if fits(top, t.number.range, rate.number)), None)
    if whole is None:
        if plain and plain["area"]:
            # The total must be said of that area too: a county's report tells shares of its city's figures.
            bottoms = [t for t in bottoms if plain["area"] in context.between(context.statements.start(t.start), t.start)]
        bottoms = [t for t in bottoms if t in near] or [t for t in bottoms if t not in sharing]
        if len({t.number.amount for t in bottoms}) != 1:
            return
        whole = bottoms[0]
        if whole not in near and far(quotient(top, whole.number.range), rate.number.amount):
            return
    verdict = rate_verdict(share.parts, whole, rate)
    if verdict:
        evidence = (*(("part", p) for p in share.parts), ("total", whole), ("share", rate))
        yield context.finding("share", *verdict, evidence, tolerance=rate.number.digit)


def _names(base: str, figure: Stated) -> bool:
    """Whether a share's words name a total: 占到位资金总额的."""
    name = _FILLER.sub("", fold(base))
    return len(name) > 1 and (name in figure.name or figure.name in name)


def _hundred(context: Context, rates: Sequence[Stated]) -> Finding:
    computed = total(r.number for r in rates)
    open_ = sum((r.number.digit for r in rates), Decimal(0))
    agrees = abs(computed.middle - 1) <= open_
    return context.finding(
        "shares_sum",
        "ok" if agrees else severity(computed.middle, Decimal(1)),
        f"{plus(rates)} = {percent(computed.middle, rates[0].number.digit)} {against(agrees, '100%')}",
        tuple(("share", r) for r in rates),
        tolerance=open_,
    )
