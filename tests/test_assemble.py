"""From annotation to report without a model: furniture, parts, and time that grows with the text and no faster."""

from __future__ import annotations

import re
import time

import pytest

from zsie.assemble import assemble
from zsie.corpus import parse_ann
from zsie.report import Report
from zsie.text import clean
from zsie.types import Document, Entity


def report(annotated: str) -> Report:
    document, faults = parse_ann(annotated + "\n---\n", "test")
    assert not faults
    return assemble(clean(document.text), document, date=None, model={})


def starts(found: Report) -> list[str | None]:
    return [(e.value or {}).get("start") for e in found.entities if e.label == "DATE"]


def test_spans_on_furniture_are_left_out_and_no_others() -> None:
    found = report(
        "⟦2019年|DATE#1⟧工作总结\n发布时间：⟦2020-01-05|DATE#2⟧ 10:20\n⟦5月|DATE#3⟧签约。\n更新时间：⟦2020-02-05|DATE#4⟧ 11:20\n⟦6月|DATE#5⟧开工。"
    )
    assert [e.id for e in found.entities] == ["1", "3", "5"]


def test_dates_outside_of_all_parts_have_values() -> None:
    found = report(
        "2011年工作总结3篇\n⟦上半年|DATE#1⟧的材料。\n工作总结篇1（2008年）\n⟦3月|DATE#2⟧签约。\n⟦2012年|DATE#3⟧工作总结篇2\n工作总结篇3（2009年）\n⟦4月|DATE#4⟧开工。"
    )
    assert [p.title for p in found.divisions] == ["工作总结篇1(2008年)", "工作总结篇3(2009年)"]
    assert starts(found) == ["2011-01-01", "2008-03-01", "2012-01-01", "2009-04-01"]


def test_dates_are_read_where_no_part_has_text() -> None:
    found = report("工作总结篇1\n⟦2012年5月|DATE#1⟧工作总结篇2")
    assert found.divisions == ()
    assert starts(found) == ["2012-05-01"]


UNITS = {
    "furniture": "发布时间:2020-01-05 10:20 来源:本站\n1月到位资金4亿元。\n",
    "parts": "工作总结篇1\n1月到位资金4亿元。\n（一）做法。\n",
}
DATE = re.compile(r"2020-01-05|\d月")


def seconds(raw: str) -> float:
    """Processor time of cleaning, structure and assembly for a report with a date in every line."""
    document = Document("", raw, tuple(Entity(f"e{m.start()}", "DATE", *m.span(), m.group()) for m in DATE.finditer(raw)))
    begun = time.process_time()
    found = assemble(clean(raw), document, date=None, model={})
    spent = time.process_time() - begun
    assert len(found.entities) > len(raw) / 60
    return spent


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_twice_the_text_takes_twice_the_time(unit: str) -> None:
    raw = unit * (300_000 // len(unit))
    seconds(unit)  # the first call builds tables
    # 2 where time is linear, 4 where it is quadratic; the best of two, since other work and the collector take time too.
    whole, half = (min(seconds(text) for _ in range(2)) for text in (raw, raw[: len(raw) // 2]))
    assert whole < 3 * half
