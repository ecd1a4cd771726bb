"""Which figures are parts of which total: 其中, brackets, 合计, known splits, bands of size."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zsie.audit.context import Context, Stated
from zsie.audit.measure import far, total

_AMONG = re.compile(r"其中")
_CLAUSE_END = re.compile(r"[;；]")
_REST = re.compile(r"(?:其余|其他|其它|其餘)[^,，。;；、]{0,8}$")
_BASE = re.compile(r"(?:去年|上年|同期|比|较|從|从|由|原|每|均|计划|任务|目标|力争)[^,，;；、。]{0,10}$")
_ADDED = re.compile(r"(?:合计|共计|总计|合計|共計|總計)$")
_DIFFERENCE = re.compile(r"(?:多|少|增加|减少|增|减|净增)(?:了|近|约)?$|(?:比|较)[^,，;；。]{1,16}$")
_THRESHOLD = re.compile(r"以上|以下|以内|超过|超過|不足|不低于|不少于")
_OPENING = re.compile(r"\s*[(（]")
_CLOSING = re.compile(r"[)）]")
_NOT_ALL = re.compile(r"其中|包括|含|另|比|主要|如")
_LEADING = ",，、;；:：和及"
_NEAR = 100


@dataclass(frozen=True)
class Split:
    """Names that together leave nothing out, each of exactly one part; `total` is in the total's name where it must be."""

    parts: tuple[re.Pattern[str], ...]
    total: re.Pattern[str] | None = None


_SPLITS = (
    Split((re.compile("新建|新开工|新引进|新签|新上"), re.compile("续建|结转|续签"))),
    Split((re.compile("一产|第一产业|^农业"), re.compile("二产|第二产业|^工业|^制造业"), re.compile("三产|第三产业|服务业"))),
    Split((re.compile("(?<!进)出口"), re.compile("进口(?!出)")), re.compile("进出口")),
    Split((re.compile("省内"), re.compile("省外"))),
    Split((re.compile("^内资"), re.compile("^外资"))),
)
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
    """The figures that a text gives as parts, and what they may be parts of, likeliest first.

    `whole` when the parts are all there are; `near` when the text itself ties them to the one total.
    """

    totals: tuple[Stated, ...]
    parts: tuple[Stated, ...]
    whole: bool
    near: bool = True


def breakdowns(context: Context) -> Iterator[Breakdown]:
    """All breakdowns of the report."""
    for number, figures in context:
        near = [*_among(context, number, figures), *_bracketed(context, figures), *_added_up(context, figures)]
        yield from near
        for parts in (*_split(figures), *_bands(context, figures)):
            # 前期4个、新开工11个、续建9个: there are more parts than those of the split.
            if not any(all(p in b.parts for p in parts) for b in near):
                yield Breakdown(totals(context, parts), parts, True, near=False)


def totals(context: Context, parts: Sequence[Stated]) -> tuple[Stated, ...]:
    """Earlier figures of the report as a whole that `parts` may be parts of, the nearest first."""
    families = {family(p) for p in parts} - {None}
    periods = {p.period for p in parts} - {None}
    most = max(p.number.amount for p in parts)
    found = [
        f
        for f in context.figures
        if f.end <= parts[0].start
        and (f.unit == parts[0].unit and f.unit != "ratio" and not f.target)
        and (f.number.amount > most and f.indicator is not None and families == {family(f)})
        and (f.period is None or not periods or f.period in periods)
        and (context.overall(f) and not _difference(context, f))
    ]
    return tuple(reversed(found))


def meant(breakdown: Breakdown) -> Stated | None:
    """The total that the parts add up to, else the one that must be meant; None where that cannot be told."""
    computed = total(p.number for p in breakdown.parts)
    agreeing = next((t for t in breakdown.totals if computed.meets(t.number.range)), None)
    if agreeing is not None or breakdown.near:
        return agreeing or breakdown.totals[0]
    if len({t.number.amount for t in breakdown.totals}) != 1 or far(computed, breakdown.totals[0].number.amount):
        return None
    return breakdown.totals[0]


def complete(figures: Sequence[Stated], words: Sequence[str] | None = None, named: str | None = None) -> bool:
    """Whether the figures' names, or the `words` said of each, are all of a known split of a total `named` so."""
    names = [f.name for f in figures] if words is None else words
    for split in _SPLITS:
        hits = [[i for i, name in enumerate(names) if pattern.search(name)] for pattern in split.parts]
        if all(len(h) == 1 for h in hits) and len({h[0] for h in hits}) == len(names):
            return named is None or split.total is None or bool(split.total.search(named))
    return False


def family(figure: Stated) -> str | None:
    """What a figure may be added up with; None where its indicator is not known."""
    canonical = figure.canonical
    if canonical is None:
        return None
    named = next((f[0] for f in _FAMILIES if any(part in canonical for part in f)), canonical)
    return None if figure.entity.label == "COUNT" and named in _MONEY_FAMILIES else named


def _among(context: Context, number: int, figures: Sequence[Stated]) -> Iterator[Breakdown]:
    """其中 after a total, or at the head of the next sentence: the parts are the figures of its unit that follow.

    They end with the clause, unless what follows the semicolon makes a known split complete (新建...;续建...).
    """
    begin, last = context.statements.start(figures[0].start), figures[-1].end
    marks = [m.start() + begin for m in _AMONG.finditer(context.text[begin:last])]
    for mark, following in zip(marks, [*marks[1:], last], strict=False):
        opens = not context.between(begin, mark)
        before = [f for f in (context.together(number - 1) if opens else figures) if f.end <= mark]
        before = [f for f in before if f.unit != "ratio" and not f.target and f.indicator and not _difference(context, f)]
        inside = [f for f in figures if mark < f.start and f.end <= following and f.unit != "ratio" and not f.target]
        stop = _CLAUSE_END.search(context.text, mark, following)
        for unit in dict.fromkeys(f.unit for f in inside):
            every = [f for f in inside if f.unit == unit]
            known = family(every[0])
            alike = [f for f in before if f.unit == unit and (not known or family(f) in (known, None))]
            if not alike or not (opens or _close(context, alike[-1], mark)):
                continue
            sum_ = alike[-1]
            if _complete_in_text(context, sum_, every, mark) and all(_part_of(context, f, sum_) for f in every):
                yield Breakdown((sum_,), tuple(every), True)
                continue
            narrow = [f for f in every if not stop or f.end <= stop.start()]
            parts = tuple(f for f in narrow if _part_of(context, f, sum_))
            if parts and parts[0] is narrow[0]:
                rest = len(parts) > 1 and bool(_REST.search(context.before(parts[-1].start, 14)))
                whole = rest or (len(parts) == len(narrow) and _complete_in_text(context, sum_, parts, mark))
                yield Breakdown((sum_,), parts, whole)


def _complete_in_text(context: Context, sum_: Stated, parts: Sequence[Stated], start: int) -> bool:
    """Whether the parts' names are a known split, or the words between them are: 新建项目6个、到位1.92亿元,续建项目8个、到位0.94亿元."""
    edges = [start, *(p.end for p in parts)]
    words = [
        context.between(edge, p.start).removeprefix("其中").lstrip(_LEADING) for edge, p in zip(edges, parts, strict=False)
    ]
    if any(_THRESHOLD.search(w) for w in words):
        return False  # 外资企业58家、注册资本5000万元以上的内资企业36家
    return complete(parts, named=sum_.name) or complete(parts, words, sum_.name)


def _close(context: Context, sum_: Stated, mark: int) -> bool:
    """No other sentence, semicolon or long way between a total and its 其中."""
    way = context.between(sum_.end, mark)
    return len(way) <= _NEAR and not re.search(r"[;；。]", way)


def _difference(context: Context, figure: Stated) -> bool:
    """Whether a figure says by how much another one changed: 比年初多13个."""
    return bool(_DIFFERENCE.search(context.before(figure.start, 20)))


def _part_of(context: Context, figure: Stated, sum_: Stated) -> bool:
    if figure.owners and sum_.owners and not figure.owners & sum_.owners:
        return False
    if _BASE.search(context.before(figure.start, 16)):
        return False
    one, other = family(figure), family(sum_)
    return one is None or other is None or one == other


def _bracketed(context: Context, figures: Sequence[Stated]) -> Iterator[Breakdown]:
    """25个(新建14个、续建11个): a bracket right after the total lists all parts, unless it says otherwise."""
    for sum_ in figures:
        opening = _OPENING.match(context.text, sum_.end)
        closing = _CLOSING.search(context.text, opening.end()) if opening else None
        if sum_.target or sum_.unit == "ratio" or not sum_.indicator or not opening or not closing:
            continue
        inside = [f for f in figures if opening.end() <= f.start and f.end <= closing.start()]
        if len(inside) < 2 or any(f.unit != sum_.unit or f.target for f in inside):
            continue
        if _NOT_ALL.search(context.text, opening.end(), closing.start()):
            continue
        if all(_part_of(context, f, sum_) for f in inside):
            yield Breakdown((sum_,), tuple(inside), True)


def _added_up(context: Context, figures: Sequence[Stated]) -> Iterator[Breakdown]:
    """投资1400万元;...投资900万元,合计2300万元: the figures before 合计 that measure the same thing, with none between."""
    for place, sum_ in enumerate(figures):
        start = sum_.indicator.start if sum_.indicator and sum_.indicator.start < sum_.start else sum_.start
        if sum_.target or sum_.unit == "ratio" or not _ADDED.search(context.before(start, 4)):
            continue
        before = [f for f in figures[:place] if f.unit == sum_.unit and not f.target]
        if len(before) > 1 and before[0].name and len({f.name for f in before}) == 1:
            yield Breakdown((sum_,), tuple(before), True)


def _split(figures: Sequence[Stated]) -> Iterator[tuple[Stated, ...]]:
    """Figures in a row that are all of a known split, wherever their total stands: 第二产业..., 第三产业..., 第一产业...."""
    for unit in dict.fromkeys(f.unit for f in figures if f.unit != "ratio"):
        same = [f for f in figures if f.unit == unit and not f.target]
        for size in (2, 3):
            for parts in (tuple(same[i : i + size]) for i in range(len(same) - size + 1)):
                if complete(parts):
                    yield parts


def _bands(context: Context, figures: Sequence[Stated]) -> Iterator[tuple[Stated, ...]]:
    """Counts in a row whose bands of size leave no gap: 5亿元以上的3个,1亿元至5亿元的14个,1亿元以下的40个."""
    run: list[tuple[Stated, Bounds]] = []
    for figure in (*figures, None):
        bounds = _band(context, figures, figure) if figure else None
        if figure and bounds and (not run or run[-1][0].unit == figure.unit):
            run.append((figure, bounds))
            continue
        ordered = sorted((b for _, b in run), key=lambda b: b[0] or Decimal(0))
        chained = all(a[1] is not None and a[1] == b[0] for a, b in zip(ordered, ordered[1:], strict=False))
        if len(run) > 1 and ordered[0][0] is None and ordered[-1][1] is None and chained:
            yield tuple(f for f, _ in run)
        run = [(figure, bounds)] if figure and bounds else []


Bounds = tuple[Decimal | None, Decimal | None]


def _band(context: Context, figures: Sequence[Stated], count: Stated) -> Bounds | None:
    """The bounds of the one sum of money between the figure before a count and the count, where they bound it."""
    if count.entity.label != "COUNT" or count.target:
        return None
    edge = max((f.end for f in figures if f.end <= count.start), default=context.statements.start(count.start))
    sums = [e for e in context.amounts if edge <= e.start and e.end <= count.start]
    value = (sums[0].value if len(sums) == 1 else None) or {}
    if value.get("approx") not in ("atleast", "over", "atmost", "under", "range"):
        return None
    low, high = (Decimal(str(value[k])) if value.get(k) is not None else None for k in ("low", "high"))
    return low, high
