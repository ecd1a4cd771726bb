"""Parts against totals: 其中, brackets, sectors, and the shares of the parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zsie.audit.context import Context, Stated, severity, shown
from zsie.audit.finding import Finding
from zsie.audit.measure import percent, quotient, total

_AMONG = re.compile(r"其中")
_REST = re.compile(r"(?:其余|其他|其它|其餘)[^,，。;；、]{0,8}$")
_BASE = re.compile(r"(?:去年|上年|同期|比|较|從|从|由|原|每|均|户均|平均|计划|任务|目标|力争)[^,，;；、。]{0,10}$")
_ADDED = re.compile(r"(?:合计|共计|总计|合計|共計|總計)$")
_DIFFERENCE = re.compile(r"(?:多|少|增加|减少|增|减|净增)(?:了|近|约)?$")
_SPLITS: tuple[tuple[str, ...], ...] = (
    ("新建|新开工|新開工|新引进|新签|新上", "续建|續建|结转|續簽|续签"),
    ("一产|第一产业|^农业|一產|第一產業", "二产|第二产业|^工业|^制造业|二產|第二產業", "三产|第三产业|服务业|三產|第三產業"),
    ("(?<!进)出口", "进口(?!出)|進口"),
    ("省内", "省外"),
    ("^内资", "^外资"),
)
"""Sets of names that together leave nothing out; each pattern must name exactly one of the parts."""
_FAMILIES = (
    ("paid_in", "used_foreign", "introduced_capital"),
    ("contracted_capital", "contracted_foreign", "total_investment", "planned_investment", "intended_investment"),
    ("foreign_trade", "imports", "exports"),
    ("project",),
    ("enterprise",),
    ("_investment",),
)
"""Canonical ids (or parts of them) that may be parts of each other; the first names the family."""
_MONEY_FAMILIES = ("paid_in", "contracted_capital")


@dataclass(frozen=True)
class Breakdown:
    """A total and the figures that the text gives as parts of it; `whole` when the text says that they are all."""

    total: Stated
    parts: tuple[Stated, ...]
    whole: bool


def breakdowns(context: Context) -> Iterator[Breakdown]:
    """All breakdowns of the report."""
    for _, figures in context:
        yield from _among(context, figures)
        yield from _bracketed(context, figures)
        yield from _added_up(context, figures)


def _among(context: Context, figures: Sequence[Stated]) -> Iterator[Breakdown]:
    """其中 after a total: the parts are the figures of its unit up to the next 其中 or semicolon."""
    first, last = figures[0].start, figures[-1].end
    marks = [m.start() + first for m in _AMONG.finditer(context.text[first:last])]
    for mark, following in zip(marks, [*marks[1:], last], strict=False):
        before = [f for f in figures if f.end <= mark and f.unit != "ratio" and not f.target and f.indicator]
        before = [f for f in before if not _DIFFERENCE.search(context.text[f.start - 8 : f.start])]
        stop = re.search(r"[;；。\n]", context.text[mark:following])
        end = mark + stop.start() if stop else following
        inside = [f for f in figures if mark < f.start and f.end <= end and f.unit != "ratio" and not f.target]
        for unit in dict.fromkeys(f.unit for f in inside):
            sum_ = next((f for f in reversed(before) if f.unit == unit), None)
            if sum_ is None or not _close(context, sum_, mark):
                continue
            parts = tuple(f for f in inside if f.unit == unit and _part_of(context, f, sum_))
            if parts and parts[0] is next(f for f in inside if f.unit == unit):
                whole = _complete(sum_, parts) or bool(_REST.search(context.text[parts[-1].start - 14 : parts[-1].start]))
                yield Breakdown(sum_, parts, whole and len(parts) > 1)


def _close(context: Context, sum_: Stated, mark: int) -> bool:
    """No other sentence, semicolon or long way between a total and its 其中."""
    way = context.between(sum_.end, mark)
    return len(way) <= 45 and not re.search(r"[;；。]", way)


def _part_of(context: Context, figure: Stated, sum_: Stated) -> bool:
    if figure.owners != sum_.owners and figure.owners and sum_.owners and not figure.owners & sum_.owners:
        return False
    before = context.text[max(0, figure.start - 16) : figure.start]
    if _BASE.search("".join(before.split())):
        return False
    one, other = _family(figure), _family(sum_)
    return one is None or other is None or one == other


def _family(figure: Stated) -> str | None:
    canonical = figure.canonical
    if canonical is None:
        return None
    family = next((f[0] for f in _FAMILIES if any(part in canonical for part in f)), canonical)
    return None if figure.entity.label == "COUNT" and family in _MONEY_FAMILIES else family


def _complete(sum_: Stated, parts: Sequence[Stated]) -> bool:
    """Whether the parts' names are all of a known split."""
    for split in _SPLITS:
        hits = [[p for p in parts if re.search(pattern, p.name)] for pattern in split]
        if all(len(h) == 1 for h in hits) and len({h[0].entity.id for h in hits}) == len(parts):
            return "口" not in split[0] or bool(re.search("进出口|進出口", sum_.name))
    return False


def _bracketed(context: Context, figures: Sequence[Stated]) -> Iterator[Breakdown]:
    """25个(新建14个、续建11个): a bracket right after the total lists all parts, unless it says otherwise."""
    for sum_ in figures:
        if sum_.target or sum_.unit == "ratio" or not sum_.indicator:
            continue
        opening = re.match(r"\s*[(（]", context.text[sum_.end :])
        if not opening:
            continue
        closing = re.search(r"[)）]", context.text[sum_.end :])
        if not closing:
            continue
        start, end = sum_.end + opening.end(), sum_.end + closing.start()
        inside = [f for f in figures if start <= f.start and f.end <= end]
        words = context.text[start:end]
        if len(inside) < 2 or any(f.unit != sum_.unit or f.target for f in inside):
            continue
        if re.search(r"其中|包括|含|另|比|同比|主要|如", words) or not all(_part_of(context, f, sum_) for f in inside):
            continue
        yield Breakdown(sum_, tuple(inside), True)


def _added_up(context: Context, figures: Sequence[Stated]) -> Iterator[Breakdown]:
    """投资1400万元;...投资900万元,合计2300万元: the figures before 合计 that measure the same thing, with none between."""
    for place, sum_ in enumerate(figures):
        start = sum_.indicator.start if sum_.indicator and sum_.indicator.start < sum_.start else sum_.start
        if sum_.target or sum_.unit == "ratio" or not _ADDED.search(context.text[max(0, start - 4) : start]):
            continue
        before = [f for f in figures[:place] if f.unit == sum_.unit and not f.target]
        if len(before) > 1 and before[0].name and len({f.name for f in before}) == 1:
            yield Breakdown(sum_, tuple(before), True)


def sums(context: Context) -> Iterator[Finding]:
    """A part greater than its total; parts that are all of a total but do not add up to it."""
    for breakdown in breakdowns(context):
        whole, parts = breakdown.total.number, [p.number for p in breakdown.parts]
        for part in breakdown.parts:
            if part.number.low > whole.high:
                yield context.finding(
                    "part_exceeds_total",
                    "error",
                    f"{shown(part)} is given as a part of {shown(breakdown.total)}, but is more",
                    (("total", breakdown.total), ("part", part)),
                    whole.digit / 2 + part.number.digit / 2,
                )
        if breakdown.whole:
            computed = total(parts)
            agrees = computed.meets(whole.low, whole.high)
            added = " + ".join(shown(p) for p in breakdown.parts)
            middle = computed.middle / _scale(breakdown.total)
            said = f"as stated ({shown(breakdown.total)})" if agrees else f"but {shown(breakdown.total)} is stated"
            yield context.finding(
                "parts_sum",
                "ok" if agrees else severity(computed.middle, whole.amount),
                f"{added} = {middle.normalize():f}, {said}",
                (("total", breakdown.total), *(("part", p) for p in breakdown.parts)),
                (computed.high - computed.low + whole.digit) / 2,
            )


def _scale(figure: Stated) -> int:
    """The multiplier of a figure as printed: 10^8 for 亿元."""
    return next(
        (n for c, n in (("万亿", 10**12), ("亿", 10**8), ("億", 10**8), ("万", 10**4), ("萬", 10**4)) if c in shown(figure)), 1
    )


def shares(context: Context) -> Iterator[Finding]:
    """A part's share of the total: 其中二产28.4亿元,占比58.8%."""
    for breakdown in breakdowns(context):
        found = []
        for part in breakdown.parts:
            rate = _share_of(context, part)
            if rate is None:
                continue
            found.append(rate)
            computed = quotient(part.number, breakdown.total.number)
            if computed is None:
                continue
            digit, claimed = rate.number.digit, rate.number.amount
            agrees = computed.meets(claimed - digit, claimed + digit)
            sum_ = f"{shown(part)} ÷ {shown(breakdown.total)} = {percent(computed.middle, digit)}"
            yield context.finding(
                "share",
                "ok" if agrees else severity(computed.middle, claimed),
                f"{sum_}, " + (f"as stated ({shown(rate)})" if agrees else f"but {shown(rate)} is stated"),
                (("part", part), ("total", breakdown.total), ("share", rate)),
                digit,
            )
        if breakdown.whole and len(found) == len(breakdown.parts):
            yield _hundred(context, found)
    for _, figures in context:
        rates = [f for f in figures if f.unit == "ratio" and f.indicator and _is_share(context, f)]
        if len(rates) > 1 and _complete(rates[0], rates):
            yield _hundred(context, rates)


def _share_of(context: Context, part: Stated) -> Stated | None:
    """The percentage that shares the part's indicator and is said to be a share."""
    if part.indicator is None:
        return None
    rates = [context.by_id[e.id] for e in context.links.tails("VALUE", part.indicator) if e.id in context.by_id]
    rates = [r for r in rates if r.unit == "ratio" and r.start > part.end and r.sentence == part.sentence]
    figures = [e for e in context.links.tails("VALUE", part.indicator) if e.label in ("AMOUNT", "COUNT")]
    return rates[0] if len(rates) == 1 and len(figures) == 1 and _is_share(context, rates[0]) else None


def _is_share(context: Context, rate: Stated) -> bool:
    """Whether the words between the last figure that is no rate and this one speak of a share of the total."""
    earlier = [f.end for f in context.together(rate.sentence) if f.end <= rate.start and f.unit != "ratio"]
    start = max(earlier, default=context.sentences.start(rate.start))
    words = context.between(start, rate.start)
    return bool(re.search(r"占", words)) and not re.search(
        r"增|降|长|提高|任务|目标|计划|任務|目標|全省|全市|全州|全国|全縣|同比", words
    )


def _hundred(context: Context, rates: Sequence[Stated]) -> Finding:
    computed = total([r.number for r in rates])
    open_ = sum((r.number.digit for r in rates), rates[0].number.digit * 0)
    agrees = abs(computed.middle - 1) <= open_
    added = " + ".join(shown(r) for r in rates)
    return context.finding(
        "shares_sum",
        "ok" if agrees else severity(computed.middle, computed.middle * 0 + 1),
        f"{added} = {percent(computed.middle, rates[0].number.digit)}, " + ("as shares must" if agrees else "not 100%"),
        tuple(("share", r) for r in rates),
        open_,
    )
