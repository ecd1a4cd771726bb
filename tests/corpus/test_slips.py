"""Each slip is found where it is, and not where it is not."""

from __future__ import annotations

import pytest

from zsie.corpus import parse_ann
from zsie.corpus.slips import HINTS, SLIPS, look


def found(raw: str, rules: tuple[object, ...] = SLIPS + HINTS) -> set[str]:
    document, faults = parse_ann(raw, "d")
    assert faults == []
    return {fault.message.rsplit("[", 1)[1][:-1] for fault in look(document, rules)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        (
            "whole_investment",
            "⟦完成投资|INDICATOR#1⟧⟦2亿元|AMOUNT#2⟧\n---\nVALUE 1 2",
            "完成⟦投资|INDICATOR#1⟧⟦2亿元|AMOUNT#2⟧\n---\nVALUE 1 2",
        ),
        (
            "band_inside",
            "⟦1亿元以上项目|INDICATOR#1⟧⟦3个|COUNT#2⟧\n---\nVALUE 1 2",
            "⟦1亿元以上|AMOUNT#3⟧⟦项目|INDICATOR#1⟧⟦3个|COUNT#2⟧\n---\nVALUE 1 2",
        ),
        (
            "planned_investment",
            "⟦计划投资|INDICATOR#1⟧⟦2亿元|AMOUNT#2⟧\n---\nVALUE 1 2",
            "⟦计划投资|INDICATOR#1⟧⟦2亿元|AMOUNT#2 status=target⟧\n---\nVALUE 1 2",
        ),
        (
            "filler_in_front",
            "⟦累计签约|INDICATOR#1⟧⟦2个|COUNT#2⟧\n---\nVALUE 1 2",
            "⟦共建资金|INDICATOR#1⟧⟦2万元|AMOUNT#2⟧\n---\nVALUE 1 2",
        ),
        (
            "suffix_outside",
            "⟦增幅|INDICATOR#2⟧⟦10%|PERCENT#1⟧左右\n---\nVALUE 2 1",
            "⟦增幅|INDICATOR#2⟧⟦10%左右|PERCENT#1⟧\n---\nVALUE 2 1",
        ),
        (
            "share_inside",
            "⟦服务业占比|INDICATOR#1⟧⟦5%|PERCENT#2⟧\n---\nVALUE 1 2",
            "⟦服务业|INDICATOR#1⟧占比⟦5%|PERCENT#2⟧\n---\nVALUE 1 2",
        ),
        (
            "two_indicators",
            "⟦签约|INDICATOR#1⟧⟦项目|INDICATOR#2⟧⟦3个|COUNT#3⟧\n---\nVALUE 1 3\nVALUE 2 3",
            "⟦签约|INDICATOR#1⟧⟦3个|COUNT#3⟧\n---\nVALUE 1 3",
        ),
        (
            "rate_of_rate",
            "⟦签约|INDICATOR#4⟧⟦9个|COUNT#1⟧,⟦履约率|INDICATOR#2⟧⟦90%|COMPLETION_RATE#3⟧\n---\nVALUE 4 1\nVALUE 2 3\nCOMPLETION 1 3",
            "⟦签约|INDICATOR#4⟧⟦9个|COUNT#1⟧,占任务的⟦90%|COMPLETION_RATE#3⟧\n---\nVALUE 4 1\nCOMPLETION 1 3",
        ),
        ("pointing_word", "⟦我局|ORG#1⟧\n---\n", "⟦县局|ORG#1⟧\n---\n"),
        (
            "time_across",
            "⟦3月|DATE#1⟧开工。⟦投入|INDICATOR#3⟧⟦2亿元|AMOUNT#2⟧\n---\nTIME 2 1\nVALUE 3 2",
            "⟦3月|DATE#1⟧开工;⟦投入|INDICATOR#3⟧⟦2亿元|AMOUNT#2⟧\n---\nTIME 2 1\nVALUE 3 2",
        ),
        (
            "time_missing",
            "⟦3月|DATE#1⟧⟦投入|INDICATOR#3⟧⟦2亿元|AMOUNT#2⟧\n---\nVALUE 3 2",
            "⟦3月|DATE#1⟧⟦投入|INDICATOR#3⟧⟦2亿元|AMOUNT#2⟧\n---\nVALUE 3 2\nTIME 2 1",
        ),
        ("lonely_figure", "到位⟦2亿元|AMOUNT#1⟧\n---\n", "⟦到位|INDICATOR#2⟧⟦2亿元|AMOUNT#1⟧\n---\nVALUE 2 1"),
        ("lonely_indicator", "⟦到位资金|INDICATOR#1⟧增加\n---\n", "到位资金增加\n---\n"),
        ("unmarked_again", "⟦大寨乡|LOCATION#1⟧与大寨乡\n---\n", "⟦大寨乡|LOCATION#1⟧与⟦大寨乡|LOCATION#2⟧\n---\n"),
        (
            "stage_missing",
            "签约⟦仙桥酒厂|PROJECT#1 stage=signed⟧,⟦仙桥酒厂|PROJECT#2⟧等环评\n---\n",
            "⟦仙桥酒厂|PROJECT#1 stage=signed⟧开工,⟦仙桥酒厂|PROJECT#2 stage=construction⟧,⟦仙桥酒厂|PROJECT#3⟧\n---\n",
        ),
        ("label_wavers", "⟦供销社|ORG#1⟧与⟦供销社|COMPANY#2⟧\n---\n", "⟦供销社|ORG#1⟧与⟦供销社|ORG#2⟧\n---\n"),
    ],
)
def test_a_rule_finds_its_slip_and_nothing_else(rule: str, wrong: str, right: str) -> None:
    assert found(wrong) == {rule}
    assert found(right) == set()


def test_every_rule_is_tested() -> None:
    (mark,) = [m for m in test_a_rule_finds_its_slip_and_nothing_else.pytestmark if m.name == "parametrize"]
    assert {case[0] for case in mark.args[1]} == {rule.__name__ for rule in SLIPS + HINTS}
