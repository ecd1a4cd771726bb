import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsie.text import clean, furniture, is_masked, structure

REPORT = """安平县招商局2019年工作总结
发布时间：2020-01-05 10:20　来源：本站　浏览：120次
今年以来，我局认真工作。
一、目标任务完成情况
1-12月，引进项目25个。到位资金4.34亿元！
二、主要措施
（一）加强领导。成立领导小组。（二）外出招商。一是走出去。二是请进来。
三、存在的问题
项目少。
四、下一步打算
明年引进30个（其中亿元以上5个。）
- 3 -
上一篇：工作要点　下一篇：没有了
"""


def test_title_and_sections() -> None:
    layout = structure(clean(REPORT))
    assert layout.title is not None
    assert REPORT[layout.title.start : layout.title.end] == "安平县招商局2019年工作总结"
    kinds = [(s.kind, s.title) for s in layout.sections]
    assert kinds == [
        ("other", ""),
        ("achievements", "目标任务完成情况"),
        ("measures", "主要措施"),
        ("problems", "存在的问题"),
        ("plans", "下一步打算"),
    ]


def test_headings_run_on_in_one_paragraph() -> None:
    titles = [(h.level, h.title) for h in structure(clean(REPORT)).headings]
    assert (2, "加强领导") in titles
    assert (2, "外出招商") in titles
    assert (4, "走出去") in titles


def test_furniture_is_tagged_and_sentences_are_not() -> None:
    found = {REPORT[f.start : f.end].strip()[:5]: f.kind for f in furniture(clean(REPORT))}
    assert found == {"发布时间：": "date", "- 3 -": "page", "上一篇：工": "neighbour"}


def test_a_signature_date_is_content() -> None:
    assert furniture(clean("安平县招商局\n2019年12月5日\n")) == ()


def test_several_reports_in_one_text() -> None:
    raw = "工作总结6篇\n前言。\n工作总结篇1\n甲县引进项目3个。\n工作总结篇2\n乙县引进项目4个。\n工作总结篇3\n丙县。"
    parts = structure(clean(raw)).parts
    assert [p.title for p in parts] == ["工作总结篇1", "工作总结篇2", "工作总结篇3"]
    assert "乙县" in raw[parts[1].start : parts[1].end]
    assert "丙县" not in raw[parts[1].start : parts[1].end]
    assert parts[-1].end == len(raw)


@pytest.mark.parametrize(("sentences", "titles"), [(10, ["总结篇1", "总结篇2"]), (60, ["甲县工作总结", "总结篇1", "总结篇2"])])
def test_only_a_long_preface_is_a_part(sentences: int, titles: list[str]) -> None:
    preface = "甲县工作总结\n" + "全县引进项目3个。" * sentences + "\n"
    raw = preface + "总结篇1\n甲。\n总结篇2\n乙。"
    parts = structure(clean(raw)).parts
    assert [p.title for p in parts] == titles
    assert parts[-2].start == len(preface)
    assert parts[0].start == (0 if sentences == 60 else len(preface))


def test_one_report_is_its_own_part() -> None:
    (part,) = structure(clean(REPORT)).parts
    assert (part.start, part.end) == (0, len(REPORT))


@given(st.one_of(st.text(max_size=200), st.text(alphabet="一二、（）。\n 篇12第是工作总结引进%", max_size=200)))
def test_structure_of_anything_lies_inside(raw: str) -> None:
    layout = structure(clean(raw))
    for item in (*layout.sections, *layout.sentences, *layout.furniture, *layout.headings, *layout.parts):
        assert 0 <= item.start <= item.end <= len(raw)
    assert list(layout.sentences) == sorted(layout.sentences)
    assert all(a.end <= b.start for a, b in zip(layout.sentences, layout.sentences[1:], strict=False))


def test_masks() -> None:
    assert all(map(is_masked, ["xx.xx亿元", "*万元", "X千万", "20xx年", "202_年", "××县", "某县", "**食品产业园", "5*个"]))
    assert not any(map(is_masked, ["4.34亿元", "NEXT公司", "2008年", "12%"]))
