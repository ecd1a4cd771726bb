"""What the renderings hold, seen with other eyes: openpyxl, an HTML parser, a real browser."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

import zsie
from zsie.render.html import marked, page
from zsie.render.table import TABLES, shown, write_workbook
from zsie.report import Report
from zsie.types import Entity, Furniture, Span

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


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
        assert not re.search(r"(?:src|href)=", page(report))


def test_the_page_is_safe_against_markup_in_the_text() -> None:
    text = "<script>alert(1)</script>县长&\"'"
    entity = Entity("e1", "OFFICIAL", 0, len(text), text)
    report = Report(text=text, span=Span(0, len(text)), entities=(entity,), furniture=(Furniture(0, 5, "page"),), title=text)
    assert page(report).count("<script>") == 1
    reader = Text()
    reader.feed(f"<article>{marked(report)}</article>")
    assert reader.text == text
    assert "<script>alert" not in report._repr_html_()


def test_the_notebook_view_names_its_labels(reports: dict[str, zsie.Report]) -> None:
    report = reports["清湄市-2021年工作总结"]
    view = report._repr_html_()
    assert all(label in view for label in {e.label for e in report.entities})
    assert html.escape(report.entities[0].text) in view


def test_the_workbook_reads_back(reports: dict[str, zsie.Report], tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_workbook(list(reports.items()), path, [{"file": "bad.pdf", "reason": "=1+1 is no text"}])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [name.capitalize() for name in TABLES] + ["Errors"]
    indicators = list(book["Indicators"].values)
    assert len(indicators) - 1 == sum(len(r.indicators) for r in reports.values())
    column = indicators[0].index("value")
    assert any(isinstance(row[column], int | float) for row in indicators[1:])
    assert book["Indicators"].freeze_panes == "B2"
    error = book["Errors"]["B2"]
    assert (error.value, error.data_type) == ("=1+1 is no text", "s")


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


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: chromium)")
def test_a_click_in_the_browser_jumps_to_the_span(reports: dict[str, zsie.Report], tmp_path: Path) -> None:
    report = reports["清湄市-2021年工作总结"]
    click = "<script>document.querySelector('tr[data-to]').click();</script></body>"
    path = tmp_path / "page.html"
    path.write_text(report.to_html().replace("</body>", click), encoding="utf-8")
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        f"--user-data-dir={tmp_path / 'p'}",
    ]
    result = subprocess.run(
        [str(CHROMIUM), *flags, "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    assert 'class="e on"' in result.stdout
