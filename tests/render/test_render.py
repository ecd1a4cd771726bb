"""What a page and the notebook view hold, seen by an HTML parser."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zsie
from zsie.audit import KINDS, SEVERITIES
from zsie.records import CELL_COLUMNS
from zsie.render.filed import COLUMNS, Filed
from zsie.render.html import asset, page
from zsie.render.marked import marked
from zsie.render.page_tables import reading
from zsie.render.table import TABLES, shown
from zsie.render.words import chinese
from zsie.report import Report
from zsie.schema import DEFAULT
from zsie.types import Entity, Furniture, Section, Span


class Text(HTMLParser):
    """Collects what a reader of the page sees in the article."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.inside, self.text, self.tags = False, "", []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or tag == "article"
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "article"

    def handle_data(self, data: str) -> None:
        self.text += data if self.inside else ""


def test_the_page_shows_the_text_unchanged(reports: dict[str, zsie.Report]) -> None:
    for report in reports.values():
        reader = Text()
        reader.feed(page(report))
        assert reader.text == report.text
        assert not re.search(r"(?:src|href)=|https?:(?!//www\.w3\.org/2000/svg)", page(report))


def test_a_part_shows_its_own_stretch_alone(second: Filed) -> None:
    for part in second.report.parts:  # type: ignore[attr-defined]
        own = part.text[part.span.start : part.span.end]
        assert own != part.text
        reader = Text()
        reader.feed(part.to_html())
        assert reader.text == own
        assert f'{len(own)} <span data-w="page.characters">' in part.to_html()
        assert f": {len(own)} characters, {len(part.entities)} entities" in repr(part)
    untitled = replace(part, title=None)
    assert repr(untitled).startswith(f"<Report {own[:20].strip()!r}")


def test_a_title_is_bold_where_its_own_part_has_it() -> None:
    text = "工作总结\n\n工作总结\n完"
    report = Report(text=text, span=Span(6, len(text)), title="工作总结")
    assert marked(report, []) == "<div class=p><b>工作总结</b>\n完</div>"


def test_a_figure_stands_under_the_same_indicator_in_the_page_as_in_the_tables() -> None:
    from tests.render.conftest import report_of

    report = report_of(
        "⟦饼干项目|PROJECT#1⟧⟦计划投资|INDICATOR#2⟧、⟦到位资金|INDICATOR#3⟧⟦1000万元|AMOUNT#4⟧。\n---\nFIGURE 1 4\nVALUE 2 4\nVALUE 3 4\n"
    )
    (row,) = TABLES["projects"][0](report)
    assert f">{row['figures']}</a>" in page(report)


def test_the_page_is_safe_against_markup_in_the_text() -> None:
    text = "<script>alert(1)</script>县长&\"'"
    entity = Entity("e1", "OFFICIAL", 0, len(text), text)
    report = Report(text=text, span=Span(0, len(text)), entities=(entity,), furniture=(Furniture(0, 5, "page"),), title=text)
    assert page(report).count("<script>") == 1
    reader = Text()
    reader.feed(f"<article>{marked(report, ['OFFICIAL'])}</article>")
    assert reader.text == text
    assert "<script>alert" not in report._repr_html_()


def test_the_notebook_view_names_its_labels(reports: dict[str, zsie.Report]) -> None:
    report = reports["清湄市-2021年工作总结"]
    view = report._repr_html_()
    assert all(label in view for label in {e.label for e in report.entities})
    assert html.escape(report.entities[0].text) in view


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"kind": "money", "amount": "434000000", "approx": None}, "434000000"),
        ({"kind": "money", "amount": None, "low": "1", "high": "3", "approx": "range"}, "1…3"),
        ({"kind": "masked", "amount": None}, "原文"),
        ({"kind": "period", "start": "2008-01-01", "end": "2008-06-30"}, "2008-01-01…2008-06-30"),
        ({"kind": "period", "start": None, "end": None}, "原文"),
        (None, "原文"),
    ],
)
def test_what_a_cell_shows(value: dict[str, object] | None, expected: str) -> None:
    assert shown(value, "原文") == expected


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_marking_keeps_every_character(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="县长投资\n <&>\"'一、", min_size=1, max_size=60))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=0, max_size=12)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    entities = tuple(Entity(f"e{a}", "ORG", a, b, text[a:b], 0.5) for a, b in spans)
    a, b = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    report = Report(
        text=text,
        span=Span(0, len(text)),
        entities=entities,
        furniture=(Furniture(a, b, "page"),) if a < b else (),
        sections=(Section(a, len(text), "other", "x"),) if a < len(text) else (),
    )
    made = f"<article>{marked(report, ['ORG'])}</article>"
    reader = Text()
    reader.feed(made)
    assert reader.text == text
    assert made.count("<span ") == made.count("</span>") == len(entities)
    assert made.count("<div") == made.count("</div>")
    parse = ElementTree.fromstring(re.sub(r"=([\w.-]+)(?=[ >])", r'="\1"', made.replace("\x0c", " ")))
    held = {span.get("id"): "".join(span.itertext()) for span in parse.iter("span")}
    assert held == {e.id: e.text for e in entities}


def test_every_column_label_and_code_has_a_chinese_word() -> None:
    words = chinese()
    assert set(words["tables"]) == set(COLUMNS)
    assert set(words["columns"]) == {c for columns in COLUMNS.values() for c in columns}
    codes = {*DEFAULT.labels, *DEFAULT.relations, *KINDS, *SEVERITIES, "ratio", "points"}
    codes.update(v for a in DEFAULT.attributes.values() for v in a.values)
    assert codes <= set(words["values"])
    script = asset("page.js")
    said = set(re.findall(r'say\("page", "([^"]+)"\)', script)) | set(re.findall(r'\["[^"]+", "([^"]+)"\]', script))
    assert said - set(words["page"]) == set()


def test_frames_give_every_cell_its_place(first: Filed) -> None:
    frames = first.report.to_frames()  # type: ignore[attr-defined]
    assert set(frames) == {*TABLES, "cells"}
    cells = frames["cells"]
    assert list(cells.columns) == list(CELL_COLUMNS)
    given = [c.to_dict() for c in first.report.cells]  # type: ignore[attr-defined]
    assert cells.astype(object).where(cells.notna(), None).to_dict("records") == given
    (investor,) = cells[(cells.table == "projects") & (cells.column == "investors")].to_dict("records")
    assert (investor["row"], investor["text"]) == (0, frames["projects"].investors[0])
    assert first.report.text[investor["start"] : investor["end"]] == investor["source"] == "=1+1食品有限公司"
    empty = Report(text="", span=Span(0, 0)).to_frames()
    assert {name: (len(frame), list(frame.columns)) for name, frame in empty.items()} == {
        name: (0, list(frame.columns)) for name, frame in frames.items()
    }


@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("AMOUNT", {"kind": "money", "amount": "434000000", "currency": "CNY"}, "434,000,000 CNY"),
        ("AMOUNT", {"kind": "money", "amount": None, "low": "1000", "high": None, "currency": "CNY"}, "1,000… CNY"),
        ("PERCENT", {"kind": "percent", "ratio": "-0.0892"}, "-8.92%"),
        ("PERCENT", {"kind": "percent", "ratio": "0.032", "low": "0.032", "high": "0.032", "points": True}, "3.2 points"),
        ("PERCENT", {"kind": "percent", "ratio": None, "low": "0.005", "high": "0.01", "points": True}, "0.5…1 points"),
        ("COUNT", {"kind": "count", "amount": "1.5", "classifier": "亩"}, "1.5 亩"),
        ("AMOUNT", {"kind": "masked", "amount": None}, "masked"),
        ("DATE", {"kind": "period", "start": "2008-01-01", "end": "2008-06-30"}, "2008-01-01…2008-06-30"),
        ("OFFICIAL", {"kind": "person", "name": "李映", "titles": ("县长",)}, "李映 · 县长"),
        ("ORG", None, ""),
    ],
)
@pytest.mark.usefixtures("english")
def test_a_value_as_people_write_it(label: str, value: dict[str, object] | None, expected: str) -> None:
    assert reading(Entity("e1", label, 0, 1, "x", value=value)) == expected
