"""One Excel workbook for all reports: a sheet a table, written row by row, so that memory stays flat."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from zsie.messages import language
from zsie.render.filed import COLUMNS, Draft, Filed, printable
from zsie.render.table import Row
from zsie.render.words import word

SHEETS = ("projects", "indicators", "events", "officials", "companies", "entities", "relations", "checks", "errors")
_LAST_ROW = 1_048_575
_LINKS = 65_000
"""Excel holds 65,530 links a sheet; cells beyond them keep their text."""
_CELL = 32_000
_RATES = frozenset({"completion_rate", "growth_or_share"})
_NUMBERS = frozenset({"value", "low", "high", *_RATES})
_DATES = frozenset({"period_start", "period_end"})
_CODES = frozenset({"stage", "status", "section", "severity", "kind", "approx", "label", "type", "scope", "unit"})
_WIDTHS = {
    **dict.fromkeys(("start", "end", "part", "id", "head_id", "tail_id", "mentions", "approx", "unit", "confidence"), 10),
    **dict.fromkeys(("value", "low", "high"), 18),
    **dict.fromkeys(("period_start", "period_end", "completion_rate", "growth_or_share", "stage", "status", "severity"), 13),
    **dict.fromkeys(("project", "figures", "arithmetic", "evidence", "reason", "remedy", "participants", "citation"), 40),
}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_SEVERITIES = {"error": "#F8CBAD", "warning": "#FFE699", "note": "#DDEBF7", "ok": "#E2EFDA"}


class XlsxFile:
    """`reports.xlsx`. Headings and codes are in the user's language; text is never a formula.

    The column `source` (`head` of a relation) leads to the span in the report's HTML page where `pages` says that there
    is one, the column `citation` to the file itself.
    """

    def __init__(self, out: Path, *, pages: bool = False) -> None:
        """Write to folder `out`."""
        from xlsxwriter import Workbook

        self._out, self._pages, self._language = out, pages, language()
        self._draft = Draft(out / "reports.xlsx")
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = Workbook(str(self._draft.draft), options)
        self._format: Callable[..., Any] = cache(lambda **facts: self._book.add_format({"valign": "top", **facts}))
        self._sheets = {name: _Sheet(self._book, name, self._format, self._language) for name in SHEETS}
        self._open = True

    def add(self, filed: Filed) -> None:
        """Write a report's rows."""
        page = f"{_link(filed.stem)}.html" if self._pages else None
        file = self._link_to_file(filed)
        ids = {entity.start: entity.id for entity in filed.report.entities}
        for name, rows in filed.rows.items():
            for row in rows:
                links = {}
                # A relation starts where the first of its ends does, which may be its tail.
                target = row["head_id"] if name == "relations" else ids.get(row["start"])
                if page and target is not None:
                    links["head" if name == "relations" else "source"] = f"{page}#{target}"
                if file:
                    links["citation"] = file
                self._sheets[name].write(self._cells(name, row), links)

    def close(self, errors: Sequence[Row]) -> list[Path]:
        """Finish the file."""
        for row in errors:
            self._sheets["errors"].write(self._cells("errors", row), {})
        self._open = False
        for sheet in self._sheets.values():
            sheet.close()
        self._book.close()
        return [self._draft.keep()]

    def drop(self) -> None:
        """Delete a half-written file."""
        if self._open:
            self._open = False
            self._book.close()  # which also clears its temporary files away
            self._draft.drop()

    def _link_to_file(self, filed: Filed) -> str | None:
        """Relative where it can be, so that a folder of reports and its results may move together."""
        if filed.source is None or filed.source.path is None:
            return None
        try:
            path = os.path.relpath(filed.source.path, self._out)
        except ValueError:  # another drive of Windows
            path = filed.source.path
        return _link(path) if len(path) < 1000 else None

    def _cells(self, table: str, row: Row) -> list[tuple[Any, Any]]:
        """Value and format of each cell."""
        return [self._cell(column, row.get(column), row) for column in COLUMNS[table]]

    def _cell(self, column: str, value: Any, row: Row) -> tuple[Any, Any]:
        plain = self._format()
        if value is None or value == "":
            return None, plain
        if (
            column in _NUMBERS
            and isinstance(value, str)
            and _NUMBER.fullmatch(value)
            and len(re.sub(r"\D", "", value).lstrip("0")) <= 15
        ):
            rate = column in _RATES or row.get("unit") == "ratio"
            return float(value) if "." in value else int(value), self._format(num_format=_digits(value, rate))
        if column in _DATES:
            try:
                return dt.date.fromisoformat(value), self._format(num_format="yyyy-mm-dd", align="left")
            except ValueError:
                return value, plain
        if column == "severity":
            return word("values", value, self._language), self._format(bg_color=_SEVERITIES[value])
        if column in _CODES:
            # Units stand beside figures that are set to the right.
            return word("values", value, self._language), self._format(indent=1) if column == "unit" else plain
        if column == "confidence":
            return value, self._format(num_format="0.00")
        return value, plain


class _Sheet:
    """A table's sheet, and the next one where it is full."""

    def __init__(self, book: Any, table: str, make_format: Callable[..., Any], language: str) -> None:
        self._book, self._table, self._format, self._language = book, table, make_format, language
        self._number = 0
        self._start()

    def _start(self) -> None:
        self._number += 1
        name = self._table.capitalize()
        self._sheet = self._book.add_worksheet(name if self._number == 1 else f"{name} {self._number}")
        self._row = self._links = 0
        head = self._format(bold=True, bg_color="#DDE7F3", bottom=1, valign="vcenter")
        for i, column in enumerate(COLUMNS[self._table]):
            self._sheet.set_column(i, i, _WIDTHS.get(column, 22))
            self._sheet.write_string(0, i, word("columns", column, self._language), head)
        self._sheet.freeze_panes(1, 1)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)

    def write(self, cells: Sequence[tuple[Any, Any]], links: dict[str, str]) -> None:
        """Append a row; `links` are by column."""
        if self._row == _LAST_ROW:
            self.close()
            self._start()
        self._row += 1
        for i, (column, (value, format)) in enumerate(zip(COLUMNS[self._table], cells, strict=True)):
            if column in links and self._links < _LINKS and isinstance(value, str):
                self._links += 1
                link = self._format(font_color="#0B5CAD", underline=1)
                self._sheet.write_url(self._row, i, links[column], link, _text(value))
            elif isinstance(value, str):
                self._sheet.write_string(self._row, i, _text(value), format)
            elif isinstance(value, dt.date):
                self._sheet.write_datetime(self._row, i, value, format)
            elif value is not None:
                self._sheet.write_number(self._row, i, value, format)

    def close(self) -> None:
        """Set what depends on the last row."""
        self._sheet.autofilter(0, 0, max(self._row, 1), len(COLUMNS[self._table]) - 1)


def _digits(number: str, rate: bool) -> str:
    """A number format with as many decimals as the number has."""
    decimals = len(number.partition(".")[2]) - (2 if rate else 0)
    tail = "." + "0" * decimals if decimals > 0 else ""
    return f"0{tail}%" if rate else f"#,##0{tail}"


def _text(value: str) -> str:
    return printable(value)[:_CELL]


def _link(path: str) -> str:
    """A link to a file, in which no character of the path is taken for something else."""
    escaped = "".join(f"%{ord(c):02x}" if c in '%#"<>[]^`{} ' else c for c in printable(path))
    return f"external:{escaped}" if os.path.isabs(path) or path.startswith("..") else f"external:./{escaped}"
