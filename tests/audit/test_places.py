"""Totals, targets and lists that stand apart from their parts: found where one can be meant, left alone where not."""

from __future__ import annotations

import pytest

import zsie
from tests.audit.test_audit import kinds, report
from zsie.audit import KINDS, SEVERITIES


def totals_and_parts(total: str, first: str, second: str, third: str) -> str:
    return (
        f"全县⟦到位资金|INDICATOR#1⟧⟦{total}|AMOUNT#2⟧。工作有序。\n⟦第二产业到位资金|INDICATOR#3⟧⟦{first}|AMOUNT#4⟧;"
        f"⟦第三产业|INDICATOR#5⟧⟦{second}|AMOUNT#6⟧;⟦第一产业|INDICATOR#7⟧⟦{third}|AMOUNT#8⟧。"
        "\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 5 6\nVALUE 7 8\n"
    )


@pytest.mark.parametrize(
    ("second", "expected"),
    [("15.44亿元", [("parts_sum", True)]), ("16.44亿元", [("parts_sum", False)]), ("1.54亿元", [])],
)
def test_a_known_split_with_its_total_in_another_paragraph(second: str, expected: list[tuple[str, bool]]) -> None:
    # 1.54 leaves the sum a third short: that it is this total is then no more than a guess.
    total = "48.72亿元" if second != "1.54亿元" else "80亿元"
    assert kinds(report(totals_and_parts(total, "29.15亿元", second, "4.13亿元")).check(agreeing=True)) == expected


def test_several_totals_leave_it_open() -> None:
    text = totals_and_parts("48.72亿元", "29.15亿元", "16.44亿元", "4.13亿元")
    text = text.replace("全县⟦到位", "全县⟦省外到位资金|INDICATOR#91⟧⟦51亿元|AMOUNT#92⟧。全县⟦到位") + "VALUE 91 92\n"
    assert report(text).check() == ()


@pytest.mark.parametrize(("last", "expected"), [("40个", True), ("41个", False)])
def test_bands_of_size(last: str, expected: bool) -> None:
    text = (
        "⟦招商项目|INDICATOR#1⟧⟦57个|COUNT#2⟧。⟦5亿元以上|AMOUNT#3⟧的⟦项目|INDICATOR#4⟧⟦3个|COUNT#5⟧,⟦1亿元至5亿元|AMOUNT#6⟧的⟦14个|COUNT#7⟧,"
        f"⟦1亿元以下|AMOUNT#8⟧的⟦{last}|COUNT#9⟧。\n---\nVALUE 1 2\nVALUE 4 5\nVALUE 4 7\nVALUE 4 9\n"
    )
    assert kinds(report(text).check(agreeing=True)) == [("parts_sum", expected)]
    assert report(text.replace("1亿元以下", "5000万元以下")).check(agreeing=True) == ()


@pytest.mark.parametrize(("old", "agrees"), [("36.66亿元", True), ("38.66亿元", False)])
def test_among_at_the_head_of_the_next_sentence(old: str, agrees: bool) -> None:
    text = (
        "⟦项目|INDICATOR#1⟧⟦47个|COUNT#2⟧,⟦到位省外资金|INDICATOR#3⟧⟦58.36亿元|AMOUNT#4⟧,居第四位。其中:⟦新建项目|INDICATOR#5⟧⟦19个|COUNT#6⟧,"
        f"⟦到位|INDICATOR#7⟧⟦21.7亿元|AMOUNT#8⟧;⟦续建项目|INDICATOR#9⟧⟦28个|COUNT#10⟧,⟦到位|INDICATOR#11⟧⟦{old}|AMOUNT#12⟧。"
        "\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 5 6\nVALUE 7 8\nVALUE 9 10\nVALUE 11 12\n"
    )
    assert sorted(kinds(report(text).check(agreeing=True))) == sorted([("parts_sum", True), ("parts_sum", agrees)])


def test_a_split_with_a_further_part_is_not_all() -> None:
    text = (
        "⟦安排项目|INDICATOR#1⟧⟦24个|COUNT#2⟧,其中⟦前期|INDICATOR#3⟧⟦4个|COUNT#4⟧、⟦新开工|INDICATOR#5⟧⟦11个|COUNT#6⟧、⟦续建|INDICATOR#7⟧⟦9个|COUNT#8⟧。"
        "\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 5 6\nVALUE 7 8\n"
    )
    assert report(text).check() == ()


def test_a_split_with_a_threshold_is_not_all() -> None:
    text = (
        "⟦新设企业|INDICATOR#1⟧⟦412家|COUNT#2⟧,其中⟦外资企业|INDICATOR#3⟧⟦58家|COUNT#4⟧、注册资本超过⟦5000万元|AMOUNT#5⟧的⟦内资企业|INDICATOR#6⟧⟦36家|COUNT#7⟧。"
        "\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 6 7\n"
    )
    assert report(text).check() == ()


def test_an_increase_is_no_total() -> None:
    text = (
        "⟦引进市外资金|INDICATOR#1⟧⟦4.86亿元|AMOUNT#2⟧,比上年增加⟦6700万元|AMOUNT#3⟧。其中,⟦引进省外资金|INDICATOR#4⟧⟦2.93亿元|AMOUNT#5⟧。"
        "\n---\nVALUE 1 2\nVALUE 1 3\nVALUE 4 5\n"
    )
    assert kinds(report(text).check(agreeing=True)) == [("part_exceeds_total", True)]


@pytest.mark.parametrize(
    ("words", "rate", "expected"),
    [
        ("占", "25.2%", [("share", True)]),
        ("占", "28.2%", [("share", False)]),
        ("占出口总额的", "28.2%", [("share", False)]),
        ("占全市的", "28.2%", []),  # the total is not said of 全市
        ("占工业产值的", "28.2%", []),
        ("增长", "28.2%", []),
    ],
)
def test_share_of_a_total_stated_before(words: str, rate: str, expected: list[tuple[str, bool]]) -> None:
    text = (
        "⟦出口|INDICATOR#1⟧⟦27.4亿元|AMOUNT#2⟧。对美国⟦出口|INDICATOR#3⟧⟦6.9亿元|AMOUNT#4⟧,"
        f"{words}⟦{rate}|PERCENT#5⟧。\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 3 5\n"
    )
    assert kinds(report(text).check(agreeing=True)) == expected


@pytest.mark.parametrize(("rate", "agrees"), [("15.66%", True), ("18.66%", False)])
def test_shares_of_a_list_go_by_order(rate: str, agrees: bool) -> None:
    text = (
        "⟦引进企业|INDICATOR#1⟧⟦83家|COUNT#2⟧,来自广东的⟦27家|COUNT#3⟧、浙江的⟦13家|COUNT#4⟧,分别占⟦32.53%|PERCENT#5⟧和"
        f"⟦{rate}|PERCENT#6⟧。\n---\nVALUE 1 2\nVALUE 1 3\nVALUE 1 4\nVALUE 1 5\nVALUE 1 6\n"
    )
    assert kinds(report(text).check(agreeing=True)) == [("share", True), ("share", agrees)]


@pytest.mark.parametrize(("rate", "agrees"), [("84.4%", True), ("88.4%", False)])
def test_share_of_a_list_as_a_whole(rate: str, agrees: bool) -> None:
    text = (
        "全县⟦到位资金|INDICATOR#1⟧⟦48.72亿元|AMOUNT#2⟧。三省⟦到位资金|INDICATOR#3⟧分别为⟦30.2亿元|AMOUNT#4⟧、⟦6.85亿元|AMOUNT#5⟧和"
        f"⟦4.07亿元|AMOUNT#6⟧,合计占⟦{rate}|PERCENT#7⟧。\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 3 5\nVALUE 3 6\nVALUE 3 7\n"
    )
    (finding,) = report(text).check(agreeing=True)
    assert (finding.kind, finding.agrees) == ("share", agrees)
    assert finding.arithmetic.startswith("(30.2亿元 + 6.85亿元 + 4.07亿元) ÷ 48.72亿元 = 84.40%")


def test_a_share_is_not_said_of_the_figure_before_another_name() -> None:
    text = (
        "⟦投资|INDICATOR#1⟧⟦11.37亿元|AMOUNT#2⟧,其中⟦产业投资|INDICATOR#3⟧⟦8.06亿元|AMOUNT#4⟧,⟦民间投资|INDICATOR#5⟧占⟦62.3%|PERCENT#6⟧。"
        "\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 5 6\n"
    )
    assert report(text).check() == ()


@pytest.mark.parametrize(
    ("whose", "rate", "expected"),
    [
        ("全县", "107.1%", [("completion_rate", True)]),
        ("全县", "117.1%", [("completion_rate", False)]),
        ("⟦柘阳镇|LOCATION#9⟧", "117.1%", []),  # a part's figure has a target of its own
    ],
)
def test_a_target_set_in_an_earlier_statement(whose: str, rate: str, expected: list[tuple[str, bool]]) -> None:
    text = (
        "⟦实际利用外资|INDICATOR#1⟧市下达任务⟦4200万美元|AMOUNT#2 status=target⟧。工作有序。"
        f"{whose}⟦实际利用外资|INDICATOR#3⟧⟦4500万美元|AMOUNT#4⟧,完成任务的⟦{rate}|COMPLETION_RATE#5⟧。"
        "\n---\nVALUE 1 2\nVALUE 3 4\nCOMPLETION 4 5\n"
    )
    assert kinds(report(text).check(agreeing=True)) == expected


@pytest.mark.parametrize(
    ("count", "names", "expected"),
    [
        ("3个", "(⟦甲店|COMPANY#2⟧、⟦乙店|COMPANY#3⟧、⟦丙(北)店|COMPANY#4⟧)", [("list_count", True)]),
        ("4个", "(⟦甲店|COMPANY#2⟧、⟦乙店|COMPANY#3⟧、⟦丙(北)店|COMPANY#4⟧)", [("list_count", False)]),
        ("4个", "网点:⟦甲店|COMPANY#2⟧、⟦乙店|COMPANY#3⟧、⟦丙店|COMPANY#4⟧;其他", [("list_count", False)]),
        ("4个", "(⟦甲店|COMPANY#2⟧、⟦乙店|COMPANY#3⟧等)", []),
        ("4个", "(其中⟦甲店|COMPANY#2⟧、⟦乙店|COMPANY#3⟧)", []),
        ("4个", "(⟦甲店|COMPANY#2⟧、乙店)", []),  # one name was not found: the list cannot be counted
        ("4个", ":⟦甲店|COMPANY#2⟧、⟦乙店|COMPANY#3⟧、\n⟦丙店|COMPANY#4⟧", []),  # may go on after a hard line wrap
        ("4余个", "(⟦甲店|COMPANY#2⟧、⟦乙店|COMPANY#3⟧)", []),
        ("*个", "(⟦甲店|COMPANY#2⟧、⟦乙店|COMPANY#3⟧)", []),
    ],
)
def test_things_counted_and_listed(count: str, names: str, expected: list[tuple[str, bool]]) -> None:
    assert kinds(report(f"改造⟦{count}|COUNT#1⟧{names}。\n---\n").check(agreeing=True)) == expected


WRONG = """一、完成情况
截至10月底，全县到位资金6.5亿元，占全年任务10亿元的70%。开工招商引资项目25个（新建14个、续建12个）。
第十五届西博会签约项目10个，投资总额24亿元；履约项目9个，履约率80%；到位资金9.88亿元，资金到位率41.17%。
改造网点3个（平川县丰收商店、平川县惠民超市）。
"""


PLANTED = ("70%", "续建12个", "80%", "3个")
MENDED = ("65%", "续建11个", "90%", "2个")


def test_end_to_end() -> None:
    found = zsie.parse(WRONG)
    every = found.check(agreeing=True)
    assert {f.kind for f in every} <= set(KINDS)
    assert {f.severity for f in every} <= set(SEVERITIES)
    assert set(found.check()) <= set(every)
    for finding in every:
        assert all(found.text[e.start : e.end] == e.text for e in finding.evidence)
        assert 0 < finding.confidence <= 1
    # What a model finds may change; that it finds none of four plain contradictions must not.
    assert len(found.check()) >= 2
    right = WRONG
    for wrong, mended in zip(PLANTED, MENDED, strict=True):
        right = right.replace(wrong, mended)
    assert len(zsie.parse(right).check()) < len(found.check())
