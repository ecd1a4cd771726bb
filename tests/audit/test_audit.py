"""The audit on small annotated texts: what agrees, what does not, and what must not be compared at all."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsie.assemble import assemble
from zsie.audit import SEVERITIES, Finding, check
from zsie.audit.measure import measured
from zsie.corpus import parse_ann
from zsie.report import Report
from zsie.text import clean
from zsie.types import Entity
from zsie.values import value_of


def report(annotated: str, date: dt.date | None = None) -> Report:
    document, faults = parse_ann(annotated, "test")
    assert not faults
    return assemble(clean(document.text), document, date=date, model={})


def kinds(findings: tuple[Finding, ...]) -> list[tuple[str, bool]]:
    return [(f.kind, f.agrees) for f in findings]


def fulfilment(signed: str, kept: str, rate: str) -> Report:
    return report(
        f"⟦签约项目|INDICATOR#1⟧⟦{signed}|COUNT#2⟧;⟦履约项目|INDICATOR#3⟧⟦{kept}|COUNT#4⟧,⟦履约率|INDICATOR#5⟧⟦{rate}|COMPLETION_RATE#6⟧。"
        "\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 5 6\n"
    )


@pytest.mark.parametrize(
    ("signed", "kept", "rate", "agrees"),
    [
        ("10个", "9个", "90%", True),
        ("11个", "9个", "81.82﹪", True),
        ("11个", "9个", "81.81%", True),  # cut off, not rounded
        ("11个", "9个", "82%", True),
        ("11个", "9个", "81.92%", False),
        ("10个", "9个", "80%", False),
    ],
)
def test_stated_rate(signed: str, kept: str, rate: str, agrees: bool) -> None:
    assert kinds(fulfilment(signed, kept, rate).check(agreeing=True)) == [("stated_rate", agrees)]


@pytest.mark.parametrize(
    ("signed", "kept", "rate"),
    [("*个", "9个", "80%"), ("10个", "xx个", "80%"), ("10个", "9个", "xx%"), ("10余个", "9个", "80%")],
)
def test_masked_and_approximate_figures_are_never_compared(signed: str, kept: str, rate: str) -> None:
    assert fulfilment(signed, kept, rate).check(agreeing=True) == ()


def test_severity_and_evidence() -> None:
    found = fulfilment("10个", "9个", "80%")
    (finding,) = found.check()
    assert finding.severity == "error"
    assert finding.arithmetic == "9个 ÷ 10个 = 90.00% ≠ 80%"
    assert finding.tolerance == "0.01"
    assert [e.role for e in finding.evidence] == ["part", "whole", "rate"]
    assert all(found.text[e.start : e.end] == e.text for e in finding.evidence)
    assert fulfilment("1100个", "901个", "81.4%").check()[0].severity == "note"
    assert set(finding.to_dict()) == {"kind", "severity", "arithmetic", "tolerance", "confidence", "evidence"}


@pytest.mark.parametrize(("rate", "agrees"), [("56.2%", True), ("65.2%", False)])
def test_completion_beside_its_target(rate: str, agrees: bool) -> None:
    text = (
        f"⟦到位资金|INDICATOR#1⟧⟦3.37亿元|AMOUNT#2⟧,占全年任务⟦6亿元|AMOUNT#3 status=target⟧的⟦{rate}|COMPLETION_RATE#4⟧。"
        "\n---\nVALUE 1 2\nVALUE 1 3\nCOMPLETION 2 4\n"
    )
    assert kinds(report(text).check(agreeing=True)) == [("completion_rate", agrees)]


@pytest.mark.parametrize(
    ("words", "rate", "expected"),
    [
        ("占任务的", "52.5%", [("completion_rate", True)]),
        ("占任务的", "62.5%", [("completion_rate", False)]),
        ("占市下达任务的", "62.5%", []),  # another's target, which is not stated
        ("占全年投资的", "62.5%", []),
    ],
)
def test_completion_of_a_target_stated_before(words: str, rate: str, expected: list[tuple[str, bool]]) -> None:
    text = (
        "全镇任务⟦4亿元|AMOUNT#1 status=target⟧,⟦到位资金|INDICATOR#2⟧⟦2.1亿元|AMOUNT#3⟧,"
        f"{words}⟦{rate}|COMPLETION_RATE#4⟧。\n---\nVALUE 2 1\nVALUE 2 3\nCOMPLETION 3 4\n"
    )
    assert kinds(report(text).check(agreeing=True)) == expected


def test_total_investment_is_no_target() -> None:
    text = (
        "⟦总投资|INDICATOR#1⟧⟦2.4亿元|AMOUNT#2⟧,完成⟦投资|INDICATOR#3⟧⟦5200万元|AMOUNT#4⟧,占年度计划的⟦52%|COMPLETION_RATE#5⟧。"
        "\n---\nVALUE 1 2\nVALUE 3 4\nCOMPLETION 4 5\n"
    )
    assert report(text).check(agreeing=True) == ()


@pytest.mark.parametrize(("old", "agrees"), [("11个", True), ("12个", False)])
@pytest.mark.parametrize("shape", ["({0}、{1})", ",其中{0}、{1}"])
def test_parts_sum(old: str, agrees: bool, shape: str) -> None:
    new_part, old_part = "⟦新建|INDICATOR#3⟧⟦14个|COUNT#4⟧", f"⟦续建|INDICATOR#5⟧⟦{old}|COUNT#6⟧"
    text = "⟦开工项目|INDICATOR#1⟧⟦25个|COUNT#2⟧" + shape.format(new_part, old_part)
    text += "。\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 5 6\n"
    assert kinds(report(text).check(agreeing=True)) == [("parts_sum", agrees)]


def test_parts_that_need_not_be_all() -> None:
    text = (
        "⟦引进项目|INDICATOR#1⟧⟦30个|COUNT#2⟧,其中⟦工业项目|INDICATOR#3⟧⟦8个|COUNT#4⟧、⟦亿元以上项目|INDICATOR#5⟧⟦5个|COUNT#6⟧。"
        "\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 5 6\n"
    )
    assert kinds(report(text).check(agreeing=True)) == [("part_exceeds_total", True)] * 2
    (finding,) = report(text.replace("8个", "38个")).check()
    assert (finding.kind, finding.severity) == ("part_exceeds_total", "error")


def test_a_difference_is_no_total() -> None:
    text = (
        "⟦回归项目|INDICATOR#1⟧⟦93个|COUNT#2⟧,比年初多⟦13个|COUNT#3⟧,其中⟦新签约|INDICATOR#4⟧⟦38个|COUNT#5⟧,⟦结转|INDICATOR#6⟧⟦55个|COUNT#7⟧。"
        "\n---\nVALUE 1 2\nVALUE 1 3\nVALUE 4 5\nVALUE 6 7\n"
    )
    assert report(text).check() == ()


@pytest.mark.parametrize(("added", "agrees"), [("2300万元", True), ("2500万元", False)])
def test_added_up(added: str, agrees: bool) -> None:
    text = (
        "甲厂⟦投资|INDICATOR#1⟧⟦1400万元|AMOUNT#2⟧;乙厂⟦投资|INDICATOR#3⟧⟦900万元|AMOUNT#4⟧,合计"
        f"⟦招商引资资金|INDICATOR#5⟧⟦{added}|AMOUNT#6⟧。\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 5 6\n"
    )
    assert kinds(report(text).check(agreeing=True)) == [("parts_sum", agrees)]


def sectors(first: str, second: str, third: str) -> Report:
    return report(
        "⟦到位资金|INDICATOR#1⟧⟦48.27亿元|AMOUNT#2⟧,其中⟦一产到位|INDICATOR#3⟧⟦5.1亿元|AMOUNT#4⟧、⟦二产|INDICATOR#5⟧⟦28.4亿元|AMOUNT#6⟧、"
        f"⟦三产|INDICATOR#7⟧⟦14.77亿元|AMOUNT#8⟧,占比分别为⟦{first}|PERCENT#9⟧、⟦{second}|PERCENT#10⟧和⟦{third}|PERCENT#11⟧。"
        "\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 5 6\nVALUE 7 8\nVALUE 3 9\nVALUE 5 10\nVALUE 7 11\n"
    )


def test_shares() -> None:
    every = sectors("10.6%", "58.8%", "30.6%").check(agreeing=True)
    assert kinds(every) == [("parts_sum", True), ("share", True), ("share", True), ("share", True), ("shares_sum", True)]
    wrong = sectors("10.6%", "58.8%", "40.6%").check()
    assert sorted(f.kind for f in wrong) == ["share", "shares_sum"]


def test_a_growth_rate_is_no_share() -> None:
    text = (
        "⟦到位资金|INDICATOR#1⟧⟦48亿元|AMOUNT#2⟧,其中⟦省外资金|INDICATOR#3⟧⟦24亿元|AMOUNT#4⟧,增长⟦20%|PERCENT#5⟧。"
        "\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 3 5\n"
    )
    assert kinds(report(text).check(agreeing=True)) == [("part_exceeds_total", True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("改造网点⟦2个|COUNT#1⟧(⟦甲店|COMPANY#2⟧、⟦乙店|COMPANY#3⟧)。", [("list_count", True)]),
        ("改造网点⟦3个|COUNT#1⟧(⟦甲店|COMPANY#2⟧、⟦乙店|COMPANY#3⟧)。", [("list_count", False)]),
        ("恢复基层社⟦1个|COUNT#1⟧(⟦枫口供销社|ORG#2⟧)。", [("list_count", True)]),
        ("家庭养老床位⟦7000张|COUNT#1⟧(牵头单位:⟦民政厅|ORG#2⟧)。", []),
        ("公共充电桩⟦3000个|COUNT#1⟧(⟦市教育局|ORG#2⟧)。", []),
        ("公共充电桩⟦3000个|COUNT#1⟧(⟦市教育局|ORG#2⟧、⟦市发改委|ORG#3⟧)。", []),
        ("走访企业⟦200家|COUNT#1⟧(参加人员:⟦王强|PERSON#2⟧、⟦赵敏|PERSON#3⟧)。", []),
        ("走访企业⟦200家|COUNT#1⟧(⟦王强|PERSON#2⟧、⟦赵敏|PERSON#3⟧)。", []),
    ],
)
def test_lists(text: str, expected: list[tuple[str, bool]]) -> None:
    assert kinds(report(f"{text}\n---\n").check(agreeing=True)) == expected


@pytest.mark.parametrize(
    ("again", "period", "expected"),
    [
        ("9.8亿元", "2008年1-6月", [("stated_twice", True)]),
        ("9.2亿元", "2008年1-6月", [("stated_twice", False)]),
        ("9.2亿元", "2007年1-6月", []),
    ],
)
def test_stated_twice(again: str, period: str, expected: list[tuple[str, bool]]) -> None:
    text = (
        f"⟦2008年1-6月|DATE#1⟧全县⟦实际到位资金|INDICATOR#2⟧⟦9.77亿元|AMOUNT#3⟧。工作有序。⟦{period}|DATE#4⟧全县⟦实际到位资金|INDICATOR#5⟧⟦{again}|AMOUNT#6⟧。"
        "\n---\nVALUE 2 3\nVALUE 5 6\nTIME 3 1\nTIME 6 4\n"
    )
    assert kinds(report(text).check(agreeing=True)) == expected


def test_period_after_the_report() -> None:
    text = "⟦2008年1-9月|DATE#1⟧⟦到位资金|INDICATOR#2⟧⟦9亿元|AMOUNT#3⟧。\n---\nVALUE 2 3\nTIME 3 1\n"
    assert kinds(report(text, dt.date(2007, 12, 1)).check()) == [("period", False)]
    assert report(text, dt.date(2008, 10, 8)).check() == ()
    planned = text.replace("⟦到位", "力争⟦到位")
    assert report(planned, dt.date(2007, 12, 1)).check() == ()


@pytest.mark.parametrize(
    ("label", "text", "digit"),
    [
        ("AMOUNT", "4.34亿元", "1000000"),
        ("AMOUNT", "2483万元", "10000"),
        ("COUNT", "25个", "0"),
        ("COUNT", "三个", "0"),
        ("COUNT", "16亩", "1"),
        ("COUNT", "1.12万吨", "0.01"),
        ("PERCENT", "41.17%", "0.0001"),
        ("AMOUNT", "30多万元", None),
        ("AMOUNT", "*亿元", None),
        ("AMOUNT", "1·86亿元", None),
        ("AMOUNT", "1。24亿元", None),
        ("AMOUNT", "3亿5000万元", None),
        ("AMOUNT", "三千万元", None),
    ],
)
def test_last_digit(label: str, text: str, digit: str | None) -> None:
    number = measured(Entity("1", label, 0, len(text), text, value=value_of(label, text)))
    if digit is None:
        assert number is None
    else:
        assert number is not None
        # 万吨 may be kept as the unit or be multiplied out; either way the digit is a hundredth of 万吨.
        assert number.digit in (Decimal(digit), Decimal(digit) * 10000)


FRAGMENT = st.one_of(
    st.sampled_from(["其中", "占", "任务", "合计", "(", ")", ",", ";", "。", "\n", "分别为", "其余", "的"]),
    st.builds(
        lambda text, label: f"⟦{text}|{label}#0⟧",
        st.sampled_from(["0亿元", "9.8亿元", "*亿元", "0个", "25个", "0%", "100%", "签约项目", "履约率", "2008年", "1-6月"]),
        st.sampled_from(["AMOUNT", "COUNT", "PERCENT", "COMPLETION_RATE", "INDICATOR", "DATE"]),
    ),
)


@given(st.lists(FRAGMENT, max_size=14), st.data())
def test_nothing_raises(fragments: list[str], data: st.DataObject) -> None:
    marks = [i for i, f in enumerate(fragments) if f.startswith("⟦")]
    for number, place in enumerate(marks, 1):
        fragments[place] = fragments[place].replace("#0", f"#{number}")
    ids = st.integers(1, max(1, len(marks)))
    links = st.lists(st.tuples(st.sampled_from(["VALUE", "COMPLETION", "TIME"]), ids, ids), max_size=8)
    lines = "".join(f"{kind} {head} {tail}\n" for kind, head, tail in data.draw(links))
    document, _ = parse_ann("".join(fragments) + "\n---\n" + lines, "any")
    parsed = assemble(clean(document.text), document, date=dt.date(2008, 7, 1), model={})
    for finding in check(parsed, agreeing=True):
        assert finding.severity in SEVERITIES
        assert 0 <= finding.confidence <= 1
        assert not any("*" in e.text for e in finding.evidence)
