"""The tables of the HTML page: rows that lead to their places in the text, each piece of a cell to its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from html import escape

from zsie import records
from zsie.audit import Finding
from zsie.messages import language
from zsie.render.table import RECORDS, TABLES, Row, numbers, shown, unit_of
from zsie.render.words import word
from zsie.types import Entity, ReportData

_HIDDEN = frozenset({"source", "start", "end", "confidence", "mentions", "low", "high", "period_start", "period_end", "approx"})
_CODES = frozenset({"stage", "status", "section", "scope", "unit"})
_NUMBERS = frozenset({"value", "completion_rate", "growth_or_share"})
_EXTRA = frozenset({"scope", "section", "canonical"})
"""Columns that paper has no room for."""


def reading(entity: Entity) -> str:
    """An entity's value as people write it; empty where it adds nothing to the words."""
    value = entity.value or {}
    kind = value.get("kind")
    if kind in ("money", "count", "percent"):
        figure, unit = numbers(value), unit_of(value) or ""
        number, low, high = figure["value"], figure["low"], figure["high"]
        rate = unit == "ratio"
        if number is not None:
            bounds = _plain(number, rate)
        elif low is not None or high is not None:
            bounds = f"{_plain(low, rate) if low is not None else ''}…{_plain(high, rate) if high is not None else ''}"
        else:
            return ""
        return bounds if rate else f"{bounds} {word('values', unit, language())}".strip()
    if kind == "person":
        return " · ".join([*([value["name"]] if value.get("name") else []), *(value.get("titles") or ())])
    if kind == "indicator":
        return " · ".join(str(value[key]) for key in ("canonical", "scope") if value.get(key))
    if kind == "masked":
        return word("page", "masked", language())
    return shown(entity.value)


def _plain(number: str, rate: bool) -> str:
    try:
        exact = Decimal(number)
    except InvalidOperation:
        return number
    if rate:
        return f"{(exact * 100).normalize():f}%"
    return f"{exact:,f}"


def record_tables(report: ReportData) -> list[tuple[str, int, str]]:
    """Name, number of rows and HTML of each table of records."""
    cells: dict[str, list[records.Cell]] = defaultdict(list)
    for cell in records.cells(report):
        cells[cell.table].append(cell)
    return [(name, *_record_table(name, report, cells[name])) for name in RECORDS]


def _record_table(name: str, report: ReportData, cells: Sequence[records.Cell]) -> tuple[int, str]:
    make, columns = TABLES[name]
    rows = make(report)
    pieces: dict[tuple[int, str], list[records.Cell]] = defaultdict(list)
    for piece in cells:
        pieces[piece.row, piece.column].append(piece)
    ids = {(e.start, e.end): e.id for e in report.entities}
    used = [c for c in columns if c not in _HIDDEN and any(row.get(c) not in (None, "") for row in rows)]
    used.sort(key=lambda column: column in _EXTRA)

    def cell(i: int, row: Row, column: str) -> str:
        if column == "unit" and row["unit"] == "ratio":
            return "<td></td>"  # the number says it, or the figure's own words
        if column in _CODES and row[column]:
            return f"<td{_kind(column)}>{_code(row[column])}</td>"
        if column in _NUMBERS and row[column]:
            rate = column != "value" or row.get("unit") == "ratio"
            return f"<td{_kind(column)}>{escape(_plain(row[column], rate))}</td>"
        found = pieces.get((i, column))
        if not found:
            return f"<td{_kind(column)}>{escape(str(row.get(column) or ''))}</td>"
        links = []
        for one in found:
            text = f"{one.indicator} {one.text}" if column == "figures" and one.indicator else one.text
            target = ids.get((one.start, one.end))
            links.append(f'<a data-to="{escape(target)}">{escape(text)}</a>' if target else escape(text))
        return f"<td>{'<br>'.join(links)}</td>"

    body = []
    for i, row in enumerate(rows):
        first = ids.get((row["start"], row["end"]), "")
        others = dict.fromkeys(ids.get((c.start, c.end), "") for column in used for c in pieces.get((i, column), ()))
        at = " ".join(dict.fromkeys(filter(None, (first, *others))))
        body.append(f'<tr tabindex=-1 data-at="{escape(at)}">{"".join(cell(i, row, c) for c in used)}</tr>')
    return len(rows), _table(used, body)


def check_table(findings: Sequence[Finding], report: ReportData) -> tuple[int, str]:
    """Number of rows and HTML of the audit's findings."""
    ids = {(e.start, e.end): e.id for e in report.entities}
    body = []
    for finding in findings:
        places = [(e, ids.get((e.start, e.end))) for e in finding.evidence]
        links = "<br>".join(
            f'<a data-to="{escape(to)}">{escape("".join(e.text.split()))}</a>' if to else escape("".join(e.text.split()))
            for e, to in places
        )
        at = " ".join(dict.fromkeys(to for _, to in places if to))
        severity = f"<span class=sev-{finding.severity}>{_code(finding.severity)}</span>"
        cells = (severity, _code(finding.kind), escape(finding.arithmetic), links)
        body.append(f'<tr tabindex=-1 data-at="{escape(at)}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>')
    return len(findings), _table(("severity", "kind", "arithmetic", "evidence"), body)


def _table(columns: Sequence[str], body: Sequence[str]) -> str:
    head = "".join(f'<th{_kind(c)} data-w="columns.{c}">{escape(word("columns", c, language()))}</th>' for c in columns)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _kind(column: str) -> str:
    """The class of a column's cells: `n` numbers, `x` left out on paper."""
    return " class=n" if column in _NUMBERS else " class=x" if column in _EXTRA else ""


def _code(value: str) -> str:
    return f'<span data-w="values.{escape(value)}">{escape(word("values", value, language()))}</span>'
