"""Annotated by hand, so that what the files must hold is known whatever the model finds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from zsie.assemble import assemble
from zsie.corpus import parse_ann
from zsie.read import Place, Segment, Source
from zsie.render.filed import Checked, Filed
from zsie.report import Report
from zsie.text import clean

FIRST = """⟦清河县|LOCATION#1⟧2008年上半年招商引资工作总结
一、目标完成情况
⟦1～6月|DATE#2⟧，全县⟦引进项目|INDICATOR#3⟧⟦10个|COUNT#4⟧，⟦到位资金|INDICATOR#5⟧⟦4.34亿元|AMOUNT#6⟧，占市下达任务⟦3.85亿元|AMOUNT#7 status=target⟧的⟦112.7%|COMPLETION_RATE#8⟧，\
⟦税收|INDICATOR#9⟧⟦xx万元|AMOUNT#10⟧，同比⟦增长-8.92%|PERCENT#11⟧。⟦=1+1食品有限公司|COMPANY#12⟧投资⟦1000万元以上|AMOUNT#13⟧建设⟦饼干
生产线|PROJECT#14 stage=construction⟧，位于⟦星光园区|LOCATION#15⟧。⟦县长李映|OFFICIAL#16⟧\x0b出席⟦第九届西博会|EVENT#17⟧<b>&，签约⟦饼干生产线|PROJECT#18⟧。
---
VALUE 3 4
VALUE 5 6
TIME 4 2
TIME 6 2
COMPLETION 6 8
VALUE 9 10
VALUE 9 11
INVESTS_IN 12 14
FIGURE 14 13
LOCATED_IN 14 15
PARTICIPATES_IN 16 17
AT_EVENT 18 17
"""
SECOND = """篇一：甲县工作总结
全县⟦新签约项目|INDICATOR#1⟧⟦3个|COUNT#2⟧，⟦大山集团|COMPANY#3⟧建设⟦养殖场项目|PROJECT#4⟧。
篇二：乙县工作总结
全县⟦新签约项目|INDICATOR#5⟧⟦5个|COUNT#6⟧，⟦大山集团|COMPANY#7⟧建设⟦养殖场项目|PROJECT#8⟧。
---
VALUE 1 2
INVESTS_IN 3 4
VALUE 5 6
INVESTS_IN 7 8
"""


def report_of(annotated: str) -> Report:
    document, faults = parse_ann(annotated, "x")
    assert not faults
    return assemble(clean(document.text), document, date=dt.date(2008, 7, 1), model={"name": "hand", "version": "1"})


def filed_of(report: Report, name: str, path: Path | None = None) -> Filed:
    source = Source(name, str(path) if path else None, "docx", segments=(Segment(0, len(report.text), Place(page=1)),))
    return Filed(name, Path(name).stem, report, tuple(Checked(p, p.check(agreeing=True)) for p in report.parts), source)


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSIE_LANG", "en")


@pytest.fixture
def first(tmp_path: Path) -> Filed:
    """One report, with a figure that agrees with its rate, a mask, text like a formula, a span over a line break."""
    return filed_of(report_of(FIRST), "报告/一 #1.docx", tmp_path / "in" / "一 #1.docx")


@pytest.fixture
def second() -> Filed:
    """Two reports in one file."""
    filed = filed_of(report_of(SECOND), "二.txt")
    assert len(filed.parts) == 2
    return filed
