"""Rates against figures: completion of a stated target, 履约率 and its like, shares of a total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zsie.audit.context import Context, Stated, severity, shown
from zsie.audit.finding import Finding
from zsie.audit.measure import percent, quotient

_TO_RATE = re.compile(r"[)）]?的?(?:约|約|近)?")
_OF_TARGET = re.compile(r"(?:占|完成|为|達|达)[^;；。]{0,10}(?:任务|任務|目标|目標|计划|計劃)[^;；。]{0,4}$|[,，]占$|完成率$")
_ISSUER = re.compile(r"省|市|州|地区|盟|下达|下達|上级")
_TARGET = re.compile(r"任务|任務|目标|目標|(?:年度?|今年|全年)计划")
_TOP_WORDS = {
    "履约率": "履约|履約",
    "開工率": "開工|开工|動工",
    "开工率": "开工|动工",
    "开复工率": "开复工|开\\(复\\)工|复工",
    "复工率": "复工",
    "投产率": "投产",
    "竣工率": "竣工|完工",
    "落地率": "落地",
    "注册率": "注册",
    "註冊率": "註冊",
    "到位率": "到位",
    "进资率": "进资",
}
_BOTTOM_COUNT = re.compile(r"签约|簽約|合同|协议|協議|引进|引進|新签|新簽|履约|履約|^项目|^項目|总数")
_BOTTOM_MONEY = re.compile(r"总投资|總投資|投资总额|投資總額|协议|協議|合同|签约|簽約|计划投资|意向|投资额")


def completion(context: Context) -> Iterator[Finding]:
    """A figure, the rate said of it, and the target: 到位3.37亿元,占任务6亿元的56.2%; 任务4亿元,到位2.1亿元,占任务的52.5%."""
    for relation in context.report.relations:
        figure, rate = context.by_id.get(relation.head.id), context.by_id.get(relation.tail.id)
        if relation.type != "COMPLETION" or figure is None or rate is None or figure.target or figure.start > rate.start:
            continue
        near = [f for f in context.together(rate.sentence) if f.unit == figure.unit and f.end <= rate.start and f is not figure]
        beside = next((f for f in near if _TO_RATE.fullmatch(context.between(f.end, rate.start))), None)
        if beside is not None:
            others = [f for f in near if f.end <= beside.start]
            yield from _compare(context, "completion_rate", ("figure", figure), ("target", beside), rate, others)
        elif _OF_TARGET.search(context.between(figure.end, rate.start)):
            targets = [f for f in near if f.end <= figure.start and _is_target(context, f)]
            agreeing = next((t for t in targets if _fits(figure, t, rate)), None)
            if agreeing is None and (len(near) > 1 or _ISSUER.search(context.between(figure.end, rate.start))):
                # Several figures before it, or another's target: which one the rate means cannot be told.
                continue
            for target in (agreeing,) if agreeing else targets:
                yield from _compare(context, "completion_rate", ("figure", figure), ("target", target), rate, ())


def _is_target(context: Context, figure: Stated) -> bool:
    start = max(context.sentences.start(figure.start), figure.start - 30)
    words = re.split(r"[;；]", context.between(start, figure.start))[-1]
    return bool(_TARGET.search(words))


def stated(context: Context) -> Iterator[Finding]:
    """履约率, 开工率, 资金到位率 ... against the counts or sums that stand before them in the sentence."""
    for rate in context.figures:
        if rate.unit != "ratio" or rate.indicator is None:
            continue
        word = next((w for w in sorted(_TOP_WORDS, key=len, reverse=True) if rate.name.endswith(w)), None)
        if word is None:
            continue
        before = [f for f in context.together(rate.sentence) if f.end <= rate.start and f.indicator and not f.target]
        tops = [f for f in before if re.search(_TOP_WORDS[word], f.name) and f.unit != "ratio"]
        if not tops:
            continue
        top = tops[-1]
        words = _BOTTOM_MONEY if top.entity.label == "AMOUNT" else _BOTTOM_COUNT
        wholes = [f for f in before if f.unit == top.unit and f.start < top.start and not re.search(_TOP_WORDS[word], f.name)]
        bottoms = [f for f in wholes if words.search(f.name)]
        if top.owners:
            # 西博会签约10个, ... 四川行签约11个: the denominator is one of the same event.
            bottoms = [f for f in bottoms if f.owners & top.owners] or bottoms
        agreeing = next((b for b in wholes if _fits(top, b, rate)), None)
        if agreeing is None and len({b.number.amount for b in bottoms}) != 1:
            continue
        yield from _compare(context, "stated_rate", ("part", top), ("whole", agreeing or bottoms[0]), rate, ())


def _fits(top: Stated, bottom: Stated, rate: Stated) -> bool:
    computed = quotient(top.number, bottom.number)
    digit, claimed = rate.number.digit, rate.number.amount
    # Reports cut digits off as often as they round: a whole last digit on either side is let through.
    return computed is not None and computed.meets(claimed - digit, claimed + digit)


def _compare(
    context: Context, kind: str, top: tuple[str, Stated], bottom: tuple[str, Stated], rate: Stated, others: Sequence[Stated]
) -> Iterator[Finding]:
    """Compare `top / bottom` with the rate; where one of `others` fits as the top, the rate was said of that one."""
    computed = quotient(top[1].number, bottom[1].number)
    if computed is None:
        return
    agrees = _fits(top[1], bottom[1], rate)
    if not agrees:
        fitting = next((f for f in others if _fits(f, bottom[1], rate)), None)
        if fitting is not None:
            top, agrees = (top[0], fitting), True
            computed = quotient(fitting.number, bottom[1].number) or computed
    digit = rate.number.digit
    sum_ = f"{shown(top[1])} ÷ {shown(bottom[1])} = {percent(computed.middle, digit)}"
    tail = f"as stated ({shown(rate)})" if agrees else f"but {shown(rate)} is stated"
    level = "ok" if agrees else severity(computed.middle, rate.number.amount)
    yield context.finding(kind, level, f"{sum_}, {tail}", (top, bottom, ("rate", rate)), digit)
