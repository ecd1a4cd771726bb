"""Tables of records: rows for pandas and for the workbook, from one definition of the columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zsie import records
from zsie.types import Entity, ReportData, Value

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


def shown(value: Value | None, fallback: str = "") -> str:
    """A value for a cell: the exact number, a period, or the words of the text where there is none."""
    if value is None:
        return fallback
    kind = value["kind"]
    if kind == "period":
        if value["start"] is None and value["end"] is None:
            return fallback
        return value["start"] if value["start"] == value["end"] else f"{value['start'] or '?'}…{value['end'] or '?'}"
    number = value.get("amount") or value.get("ratio")
    if number is not None:
        return str(number)
    if value.get("approx") == "range":
        return f"{value['low']}…{value['high']}"
    return fallback


def _texts(entities: Iterable[Entity]) -> str:
    return "; ".join(dict.fromkeys(records.flat_name(e) for e in entities))


def _dates(entities: Iterable[Entity]) -> str:
    return "; ".join(dict.fromkeys(shown(e.value, records.flat_name(e)) for e in entities))


def _figures(figures: Iterable[records.Figure]) -> str:
    return "; ".join(
        (records.flat_name(f.indicator) + " " if f.indicator else "") + records.flat_name(f.entity) for f in figures
    )


def _source(mentions: Sequence[Entity]) -> Row:
    first = mentions[0]
    best = max(m.confidence for m in mentions)
    return {"source": first.text, "start": first.start, "end": first.end, "confidence": round(best, 4)}


def _unit(value: Value | None) -> str | None:
    if value is None:
        return None
    if value["kind"] == "money":
        return str(value["currency"])
    return {"percent": "ratio"}.get(str(value["kind"])) or value.get("classifier") or value.get("unit")


def project_rows(report: ReportData) -> list[Row]:
    """One row a project."""
    return [
        {
            "project": p.name,
            "stage": p.stage,
            "investors": _texts(p.investors),
            "place": _texts(p.places),
            "figures": _figures(p.figures),
            "dates": _dates(p.dates),
            "events": _texts(p.events),
            "completion": _texts(p.completion),
            "mentions": len(p.mentions),
            **_source(p.mentions),
        }
        for p in records.projects(report)
    ]


def indicator_rows(report: ReportData) -> list[Row]:
    """One row a figure."""
    rows = []
    for row in records.indicators(report):
        section = records.section_of(report.sections, row.figure.start)
        rows.append(
            {
                "indicator": row.name,
                "canonical": row.canonical,
                "scope": row.scope,
                "figure": records.flat_name(row.figure),
                "value": shown(row.figure.value),
                "unit": _unit(row.figure.value),
                "approx": (row.figure.value or {}).get("approx"),
                "period": _dates(row.dates),
                "completion_rate": shown(row.completion.value, row.completion.text) if row.completion else None,
                "growth_or_share": shown(row.growth.value, row.growth.text) if row.growth else None,
                "status": row.status,
                "section": section.kind if section else None,
                **_source([row.figure]),
            }
        )
    return rows


def event_rows(report: ReportData) -> list[Row]:
    """One row an event."""
    return [
        {
            "event": e.name,
            "date": _dates(e.dates),
            "place": _texts(e.places),
            "officials": _texts(e.officials),
            "participants": _texts(e.participants),
            "projects": _texts(e.projects),
            "figures": _figures(e.figures),
            "status": e.status,
            **_source(e.mentions),
        }
        for e in records.events(report)
    ]


def official_rows(report: ReportData) -> list[Row]:
    """One row an official."""
    return [
        {
            "name": o.name,
            "titles": "; ".join(o.titles),
            "organisation": o.organisation,
            "events": _texts(o.events),
            "mentions": len(o.mentions),
            **_source(o.mentions),
        }
        for o in records.officials(report)
    ]


def company_rows(report: ReportData) -> list[Row]:
    """One row a company."""
    return [
        {
            "company": c.name,
            "place": _texts(c.places),
            "projects": _texts(c.projects),
            "events": _texts(c.events),
            "figures": _figures(c.figures),
            "mentions": len(c.mentions),
            **_source(c.mentions),
        }
        for c in records.companies(report)
    ]


def entity_rows(report: ReportData) -> list[Row]:
    """One row a mention."""
    return [
        {
            "id": e.id,
            "label": e.label,
            "value": shown(e.value),
            "unit": _unit(e.value) if e.label in ("AMOUNT", "COUNT", "PERCENT", "COMPLETION_RATE") else None,
            "status": e.status,
            "stage": e.stage,
            **_source([e]),
        }
        for e in report.entities
    ]


def relation_rows(report: ReportData) -> list[Row]:
    """One row a relation."""
    return [
        {
            "type": r.type,
            "head": r.head.text,
            "tail": r.tail.text,
            "head_id": r.head.id,
            "tail_id": r.tail.id,
            "start": min(r.head.start, r.tail.start),
            "end": max(r.head.end, r.tail.end),
            "confidence": round(r.confidence, 4),
        }
        for r in report.relations
    ]


_SOURCE = ("source", "start", "end", "confidence")
TABLES: Mapping[str, tuple[Callable[[ReportData], list[Row]], tuple[str, ...]]] = {
    "projects": (
        project_rows,
        ("project", "stage", "investors", "place", "figures", "dates", "events", "completion", "mentions", *_SOURCE),
    ),
    "indicators": (
        indicator_rows,
        (
            *("indicator", "canonical", "scope", "figure", "value", "unit", "approx", "period"),
            *("completion_rate", "growth_or_share", "status", "section", *_SOURCE),
        ),
    ),
    "events": (
        event_rows,
        ("event", "date", "place", "officials", "participants", "projects", "figures", "status", *_SOURCE),
    ),
    "officials": (official_rows, ("name", "titles", "organisation", "events", "mentions", *_SOURCE)),
    "companies": (company_rows, ("company", "place", "projects", "events", "figures", "mentions", *_SOURCE)),
    "entities": (entity_rows, ("id", "label", "value", "unit", "status", "stage", *_SOURCE)),
    "relations": (relation_rows, ("type", "head", "tail", "head_id", "tail_id", "start", "end", "confidence")),
}
"""Table name to (row maker, columns)."""


def frames(report: ReportData) -> dict[str, pd.DataFrame]:
    """All tables as data frames; exact numbers travel as strings, so no digit is lost."""
    import pandas as pd

    return {name: pd.DataFrame(make(report), columns=list(columns)) for name, (make, columns) in TABLES.items()}


def write_workbook(reports: Iterable[tuple[str, ReportData]], path: str | Path, errors: Iterable[Row] = ()) -> None:
    """Write one workbook for all reports (name, report): a sheet a table, the report's name in the first column."""
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    named = list(reports)
    sheets: dict[str, tuple[tuple[str, ...], list[Row]]] = {
        name: (("file", *columns), [{"file": file, **row} for file, report in named for row in make(report)])
        for name, (make, columns) in TABLES.items()
    }
    sheets["errors"] = (("file", "reason"), list(errors))
    for name, (columns, rows) in sheets.items():
        sheet = book.create_sheet(name.capitalize())
        sheet.append(list(columns))
        for row in rows:
            sheet.append([_cell(column, row.get(column)) for column in columns])
            for cell in sheet[sheet.max_row]:
                if cell.data_type == "f":  # text that begins with "=" is no formula
                    cell.data_type = "s"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="DDE7F3")
        sheet.freeze_panes = "B2"
        sheet.auto_filter.ref = sheet.dimensions
        for i, column in enumerate(columns, 1):
            longest = max([len(column), *(_width(row.get(column)) for row in rows)])
            sheet.column_dimensions[get_column_letter(i)].width = min(longest + 2, 48)
            if column in ("completion_rate", "growth_or_share"):
                for (cell,) in sheet.iter_rows(min_row=2, min_col=i, max_col=i):
                    cell.number_format = "0.00%"
            elif column == "value":
                for (cell,) in sheet.iter_rows(min_row=2, min_col=i, max_col=i):
                    cell.number_format = "#,##0.####"
    book.save(path)


def _width(value: Any) -> int:
    text = "" if value is None else str(value)
    return sum(1 if c.isascii() else 2 for c in text)


_NUMERIC = frozenset({"value", "completion_rate", "growth_or_share"})
_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32)))


def _cell(column: str, value: Any) -> Any:
    """Numbers as numbers where a spreadsheet's 15 digits hold them exactly; text without control characters."""
    if column in _NUMERIC and isinstance(value, str):
        digits = value.lstrip("-").replace(".", "", 1)
        if digits.isdigit() and len(digits) <= 15:
            return float(value) if "." in value else int(value)
    if isinstance(value, str):
        return value.translate(_FORBIDDEN)[:32000]
    return value
