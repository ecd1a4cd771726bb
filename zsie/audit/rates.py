"""Rates against figures: completion of a stated target, 履约率 and its like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from zsie.audit.context import Context, Stated
from zsie.audit.finding import Finding
from zsie.audit.measure import far, fits, quotient
from zsie.audit.verdict import rate_verdict
from zsie.types import Relation

_TO_RATE = re.compile(r"[)）]?的?(?:约|約|近)?")
_OF_TARGET = re.compile(r"(?:占|完成|为|達|达)[^;；。]{0,10}(?:任务|任務|目标|目標|计划|計劃)[^;；。]{0,4}$|[,，]占$|完成率$")
_ISSUER = re.compile(r"省|市|州|地区|盟|下达|下達|上级")
_TARGET = re.compile(r"任务|任務|目标|目標|(?:年度?|今年|全年)计划")
_TOP_WORDS = {
    "履约率": "履约",
    "开工率": "开工|动工",
    "开复工率": "开复工|开\\(复\\)工|复工",
    "复工率": "复工",
    "投产率": "投产",
    "竣工率": "竣工|完工",
    "落地率": "落地",
    "注册率": "注册",
    "到位率": "到位",
    "进资率": "进资",
}
"""The rate's name to what the part's name holds."""
_BOTTOM_COUNT = re.compile(r"签约|合同|协议|引进|新签|履约|^项目|总数")
_BOTTOM_MONEY = re.compile(r"总投资|投资总额|协议|合同|签约|计划投资|意向|投资额")


def completion(context: Context) -> Iterator[Finding]:
    """A figure, the rate said of it, and the target: 到位3.37亿元,占任务6亿元的56.2%; 任务4亿元,到位2.1亿元,占任务的52.5%."""
    for relation in context.report.relations:
        figure, rate = context.by_id.get(relation.head.id), context.by_id.get(relation.tail.id)
        if relation.type != "COMPLETION" or figure is None or rate is None or figure.start > rate.start:
            continue
        near = [
            f for f in context.together(rate.statement) if f.unit == figure.unit and f.end <= rate.start and f is not figure
        ]
        beside = next((f for f in near if _TO_RATE.fullmatch(context.between(f.end, rate.start))), None)
        if beside is not None:
            if not figure.target:
                figure = _said_of(figure, beside, rate, [f for f in near if f.end <= beside.start])
                yield from _completed(context, figure, beside, rate, relation)
            continue
        words = context.between(figure.end, rate.start)
        if not _OF_TARGET.search(words):
            continue
        before = [f for f in near if f.end <= figure.start and _is_target(context, f)]
        target = _of(figure, before, rate)
        if target is None and len(before) == len(near) == 1 and not _ISSUER.search(words):
            target = before[0]
        if target is None and not before:
            target = _set_elsewhere(context, figure, rate, words)
        if target is not None:
            yield from _completed(context, figure, target, rate, relation)


def _said_of(figure: Stated, target: Stated, rate: Stated, others: Sequence[Stated]) -> Stated:
    """The figure, or where it does not fit the rate and another one does, that one."""
    fitting = (f for f in (figure, *others) if fits(f.number.range, target.number.range, rate.number))
    return next(fitting, figure)


def _of(top: Stated, bottoms: Iterable[Stated], rate: Stated) -> Stated | None:
    """The one of `bottoms` of which `top` is that rate."""
    return next((b for b in bottoms if fits(top.number.range, b.number.range, rate.number)), None)


def _completed(context: Context, figure: Stated, target: Stated, rate: Stated, relation: Relation) -> Iterator[Finding]:
    verdict = rate_verdict((figure,), target, rate)
    if verdict:
        evidence = (("figure", figure), ("target", target), ("rate", rate))
        yield context.finding("completion_rate", *verdict, evidence, tolerance=rate.number.digit, relation=relation)


def _is_target(context: Context, figure: Stated) -> bool:
    start = max(context.statements.start(figure.start), figure.start - 30)
    return bool(_TARGET.search(re.split(r"[;；]", context.between(start, figure.start))[-1]))


def _set_elsewhere(context: Context, figure: Stated, rate: Stated, words: str) -> Stated | None:
    """The one target that an earlier statement sets for the same indicator, where the figure is of the whole area too."""
    if figure.canonical is None or not context.overall(figure):
        return None
    issuers = set(_ISSUER.findall(words))
    targets = [
        f
        for f in context.figures
        if f.end <= figure.start
        and (f.statement != figure.statement and f.unit == figure.unit and f.target)
        and (f.canonical == figure.canonical and _is_target(context, f) and context.overall(f))
        and issuers <= set(_ISSUER.findall(context.before(f.start, 12)))
    ]
    if len({t.number.amount for t in targets}) != 1:
        return None
    target = targets[-1]
    return None if far(quotient(figure.number.range, target.number.range), rate.number.amount) else target


def stated(context: Context) -> Iterator[Finding]:
    """履约率, 开工率, 资金到位率 ... against the counts or sums that stand before them in the statement."""
    for rate in context.figures:
        if rate.unit != "ratio" or rate.indicator is None:
            continue
        word = next((w for w in sorted(_TOP_WORDS, key=len, reverse=True) if rate.name.endswith(w)), None)
        if word is None:
            continue
        part = re.compile(_TOP_WORDS[word])
        before = [f for f in context.together(rate.statement) if f.end <= rate.start and f.indicator and not f.target]
        tops = [f for f in before if f.unit != "ratio" and part.search(f.name)]
        if not tops:
            continue
        top = tops[-1]
        words = _BOTTOM_MONEY if top.entity.label == "AMOUNT" else _BOTTOM_COUNT
        wholes = [f for f in before if f.unit == top.unit and f.start < top.start and not part.search(f.name)]
        bottoms = [f for f in wholes if words.search(f.name)]
        if top.owners:
            # 西博会签约10个, ... 四川行签约11个: the denominator is one of the same event.
            bottoms = [f for f in bottoms if f.owners & top.owners] or bottoms
        whole = _of(top, wholes, rate)
        if whole is None and len({b.number.amount for b in bottoms}) == 1:
            whole = bottoms[0]
        verdict = rate_verdict((top,), whole, rate) if whole else None
        if whole and verdict:
            evidence = (("part", top), ("whole", whole), ("rate", rate))
            yield context.finding("stated_rate", *verdict, evidence, tolerance=rate.number.digit)
