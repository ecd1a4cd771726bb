"""Joining: which mentions are one thing, what speaks against it, and where every cell comes from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsie.assemble import assemble
from zsie.corpus import parse_ann
from zsie.records import CELL_COLUMNS
from zsie.report import Report
from zsie.text import clean
from zsie.types import Relation


def report(annotated: str) -> Report:
    document, faults = parse_ann(annotated if "\n---\n" in annotated else annotated + "\n---\n", "test")
    assert not faults
    return assemble(clean(document.text), document, date=None, model={})


def names(records: tuple[object, ...]) -> list[str]:
    return [str(r.name) for r in records]  # type: ignore[attr-defined]


def test_short_company_names_join_the_full_name() -> None:
    found = report(
        "⟦东莞市鸿兆塑胶五金有限公司|COMPANY#1⟧签约⟦婴童推车生产线|PROJECT#2⟧。⟦浙江动力派体育器材公司|COMPANY#3⟧来访。"
        "⟦鸿兆|COMPANY#4⟧谈了半年。⟦动力派体育|COMPANY#5⟧再来。\n---\nINVESTS_IN 4 2\n"
    )
    assert names(found.companies) == ["东莞市鸿兆塑胶五金有限公司", "浙江动力派体育器材公司"]
    assert [len(c.mentions) for c in found.companies] == [2, 2]
    assert [p.text for p in found.companies[0].projects] == ["婴童推车生产线"]


def test_ambiguous_short_names_and_masks_stay_apart() -> None:
    found = report(
        "⟦深圳华泰电子有限公司|COMPANY#1⟧、⟦成都华泰食品有限公司|COMPANY#2⟧。⟦华泰|COMPANY#3⟧表示满意。"
        "⟦XX农业科技有限公司|COMPANY#4⟧和⟦XX家庭农场|COMPANY#5⟧。"
    )
    assert len(found.companies) == 5
    masked = report(
        "⟦××公司|COMPANY#1⟧、⟦××公司|COMPANY#2⟧、⟦XX有限公司|COMPANY#3⟧和⟦XX有限公司|COMPANY#4⟧签了⟦○○项目|PROJECT#5⟧、⟦○○项目|PROJECT#6⟧。"
    )
    assert (len(masked.companies), len(masked.projects)) == (4, 2)


def test_every_percentage_of_an_indicator_is_in_a_row_or_a_cell() -> None:
    found = report(
        "⟦税收|INDICATOR#1⟧⟦2亿元|AMOUNT#2⟧,增长⟦41%|PERCENT#3⟧,占全县⟦28.5%|PERCENT#4⟧。"
        "\n---\nVALUE 1 2\nVALUE 1 3\nVALUE 1 4\n"
    )
    assert [(row.figure.text, row.growth and row.growth.text) for row in found.indicators] == [
        ("2亿元", "41%"),
        ("28.5%", None),
    ]


def test_project_variants() -> None:
    found = report(
        "就⟦智能厨电产业园|PROJECT#1 stage=negotiating⟧达成共识。⟦3000吨精品咖啡烘焙及冻干生产线|PROJECT#2⟧在谈。"
        "⟦光学级聚酯薄膜|PROJECT#3⟧签约。推动⟦乐煲智能厨电产业园|PROJECT#4 stage=signed⟧开工。"
        "⟦精品咖啡生产线|PROJECT#5⟧列入目录。⟦光学级聚酯薄膜项目|PROJECT#6⟧拿地。"
    )
    assert names(found.projects) == ["乐煲智能厨电产业园", "3000吨精品咖啡烘焙及冻干生产线", "光学级聚酯薄膜项目"]
    assert found.projects[0].stage == "signed"


def test_a_project_named_by_its_only_investor() -> None:
    found = report(
        "⟦裕国家具公司|COMPANY#1⟧拟建⟦竹木复合地板生产线|PROJECT#2⟧。⟦裕国家具项目|PROJECT#3 stage=signed⟧由专人联系。"
        "\n---\nINVESTS_IN 1 2\n"
    )
    assert names(found.projects) == ["竹木复合地板生产线"]
    assert found.projects[0].stage == "signed"


def test_what_keeps_projects_apart() -> None:
    listed = report("⟦食品产业园|PROJECT#1⟧、⟦临庐食品产业园|PROJECT#2⟧。")
    phases = report("⟦河口物流园(一期)|PROJECT#1⟧投产。⟦河口物流园(二期)|PROJECT#2⟧开工。")
    owners = report(
        "⟦甲天下公司|COMPANY#1⟧建⟦肉牛养殖基地|PROJECT#2⟧。⟦乙方圆公司|COMPANY#3⟧建⟦万头肉牛养殖基地|PROJECT#4⟧。"
        "\n---\nINVESTS_IN 1 2\nINVESTS_IN 3 4\n"
    )
    masked = report("⟦**项目|PROJECT#1⟧签约。⟦**项目|PROJECT#2⟧开工。")
    assert [len(r.projects) for r in (listed, phases, owners, masked)] == [2, 2, 2, 2]


def test_officials() -> None:
    found = report(
        "⟦县委书记李映|OFFICIAL#1⟧讲话。⟦李书记|OFFICIAL#2⟧指出。⟦县政协副主席石启凡|OFFICIAL#3⟧参加。⟦石启凡|OFFICIAL#4⟧带队。"
        "⟦副县长***|OFFICIAL#5⟧、⟦***|OFFICIAL#6⟧、⟦***|OFFICIAL#7⟧出席。"
    )
    assert names(found.officials)[:2] == ["李映", "石启凡"]
    assert [len(o.mentions) for o in found.officials] == [2, 2, 1, 1, 1]


def test_events() -> None:
    found = report(
        "⟦4月|DATE#1⟧⟦小分队招商活动|EVENT#2⟧,⟦5月|DATE#3⟧⟦小分队招商活动|EVENT#4⟧。⟦第六届进博会|EVENT#5⟧签约,⟦进博会|EVENT#6⟧现场热烈。"
        "⟦第五届赛马节|EVENT#7⟧已办,⟦第六届赛马节|EVENT#8⟧将办。\n---\nTIME 2 1\nTIME 4 3\n"
    )
    assert names(found.events) == ["小分队招商活动", "小分队招商活动", "第六届进博会", "第五届赛马节", "第六届赛马节"]


PLANS = (
    "一、完成情况\n⟦到位资金|INDICATOR#1⟧⟦3亿元|AMOUNT#2⟧。\n二、2009年工作打算\n{}⟦到位资金|INDICATOR#3⟧⟦5亿元|AMOUNT#4⟧。"
    "\n---\nVALUE 1 2\nVALUE 3 4\n"
)


def test_status_of_a_plans_section() -> None:
    planned = report(PLANS.format("力争全年"))
    assert [i.status for i in planned.indicators] == ["actual", "target"]
    cue = planned.indicators[1].status_source
    assert cue is not None
    assert planned.text[cue.start : cue.end] == "力争"
    for words in ("目前已有", "力争再上台阶,目前已有", "占年度计划的一半以上,"):
        assert [i.status for i in report(PLANS.format(words)).indicators] == ["actual", "actual"]


def test_cells_lead_to_their_source() -> None:
    found = report(PLANS.format("力争全年"))
    cells = [c for c in found.cells if c.table == "indicators"]
    assert {c.column for c in cells} == {"indicator", "figure", "status"}
    assert all(found.text[c.start : c.end] == c.source and 0 < c.confidence <= 1 for c in cells)
    assert [c.source for c in cells if c.column == "status"] == ["3亿元", "力争"]


NAME = st.text(alphabet="鸿兆食品产业园项目公司*x一期二", min_size=1, max_size=7)


@given(st.lists(st.tuples(NAME, st.sampled_from(["PROJECT", "COMPANY", "OFFICIAL", "EVENT"])), max_size=8))
def test_every_mention_is_in_one_record(mentions: list[tuple[str, str]]) -> None:
    found = report("。".join(f"⟦{name}|{label}#{i}⟧" for i, (name, label) in enumerate(mentions, 1)))
    for label, records in (
        ("PROJECT", found.projects),
        ("COMPANY", found.companies),
        ("OFFICIAL", found.officials),
        ("EVENT", found.events),
    ):
        ids = [m.id for r in records for m in r.mentions]
        assert sorted(ids) == sorted(e.id for e in found.entities if e.label == label)


def test_reports_in_one_text_are_joined_apart() -> None:
    found = report(
        "招商引资工作总结2篇\n\n招商引资工作总结篇1\n\n⟦平川县宏达食品有限公司|COMPANY#1⟧签约⟦食品加工项目|PROJECT#2 stage=signed⟧。\n\n招商引资工作总结篇2\n\n"
        "⟦宏达食品|COMPANY#3⟧的⟦食品加工项目|PROJECT#4 stage=stalled⟧停工。\n---\nINVESTS_IN 1 2\nINVESTS_IN 3 4\n"
    )
    assert len(found.divisions) == 2
    assert [len(c.mentions) for c in found.companies] == [1, 1]
    assert [p.stage for p in found.projects] == ["signed", "stalled"]
    assert {c.row for c in found.cells if c.table == "projects"} == {0, 1}


def test_cells_of_figures_say_what_they_measure() -> None:
    found = report(
        "⟦饲料厂|PROJECT#1⟧⟦总投资|INDICATOR#2⟧⟦2亿元|AMOUNT#3⟧,占地⟦30亩|COUNT#4⟧。\n---\nVALUE 2 3\nFIGURE 1 3\nFIGURE 1 4\n"
    )
    figures = [c.to_dict() for c in found.cells if (c.table, c.column) == ("projects", "figures")]
    assert [(c["indicator"], c["text"]) for c in figures] == [("总投资", "2亿元"), (None, "30亩")]
    assert set(figures[0]) == set(CELL_COLUMNS)


def test_a_cell_is_as_sure_as_the_weaker_of_mention_and_relation() -> None:
    sure = report("⟦宏达公司|COMPANY#1⟧投资的⟦饲料厂|PROJECT#2 stage=signed⟧签约。\n---\nINVESTS_IN 1 2\n")
    firm, plant = (replace(e, confidence=c) for e, c in zip(sure.entities, (0.9, 0.8), strict=True))
    found = replace(sure, entities=(firm, plant), relations=(Relation("INVESTS_IN", firm, plant, 0.5),))
    cells = {c.column: c.confidence for c in found.cells if c.table == "projects"}
    assert cells == {"project": 0.8, "stage": 0.8, "investors": 0.5}


@pytest.mark.parametrize(
    "words",
    [
        ",完成年度目标⟦150亿元|AMOUNT#3 status=target⟧,同比增长",
        ",比去年同期⟦40亿元|AMOUNT#3⟧增长",
        "(上年同期⟦40亿元|AMOUNT#3⟧),增长",
        ",同比增加⟦8亿元|AMOUNT#3⟧、增长",
        ",较上年净增⟦8亿元|AMOUNT#3⟧,增长",
    ],
)
def test_growth_is_of_the_actual_figure(words: str) -> None:
    found = report(f"⟦到位资金|INDICATOR#1⟧⟦50亿元|AMOUNT#2⟧{words}⟦25%|PERCENT#4⟧。\n---\nVALUE 1 2\nVALUE 1 3\nVALUE 1 4\n")
    assert [i.growth.text if i.growth else None for i in found.indicators] == ["25%", None]


def test_growth_of_what_is_reached() -> None:
    found = report(
        "⟦到位资金|INDICATOR#1⟧从⟦40亿元|AMOUNT#2⟧比去年增加到⟦50亿元|AMOUNT#3⟧,增长⟦25%|PERCENT#4⟧。\n---\nVALUE 1 2\nVALUE 1 3\nVALUE 1 4\n"
    )
    assert [i.growth.text if i.growth else None for i in found.indicators] == [None, "25%"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("县长李明", "副县长李强", "李县长", "李副县长"), {"李明": 2, "李强": 2}),
        (("副县长李强", "李县长"), {"李强": 2}),
        (("招商局局长陈某某", "陈某某局长", "陈某某"), {"陈某某": 3}),
    ],
)
def test_officials_by_their_titles(texts: tuple[str, ...], expected: dict[str, int]) -> None:
    found = report("。".join(f"⟦{text}|OFFICIAL#{i}⟧" for i, text in enumerate(texts, 1)))
    assert {o.name: len(o.mentions) for o in found.officials} == expected


def test_masked_officials_of_other_titles_stay_apart() -> None:
    assert len(report("⟦县长陈某某|OFFICIAL#1⟧。⟦招商局局长陈某某|OFFICIAL#2⟧。⟦陈某某|OFFICIAL#3⟧。").officials) == 3
