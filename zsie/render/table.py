"""Tables of records: rows for data frames and for every tabular file, from one definition of the columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zsie import records
from zsie.audit import Finding
from zsie.types import Entity, Relation, ReportData, Value

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


def real(number: str | None) -> float | None:
    """An exact number as one to compare and sum by; None where there is none."""
    try:
        return None if number is None else float(number)
    except ValueError:
        return None


def _points(ratio: str | None) -> str | None:
    """Percentage points of a difference of ratios: "0.032" are "3.2"."""
    return None if ratio is None else f"{Decimal(ratio).scaleb(2):f}"


def unit_of(value: Value | None) -> str | None:
    """What the number counts, also where it is masked: a currency, a classifier, `ratio` or `points`."""
    facts = value or {}
    if "ratio" in facts:
        return "points" if facts.get("points") else "ratio"
    return facts.get("currency") or facts.get("classifier")


def numbers(value: Value | None) -> Row:
    """The exact number of a figure in its unit, and the bounds where its words give others."""
    facts = value or {}
    number = facts.get("amount") or facts.get("ratio")
    low, high = facts.get("low"), facts.get("high")
    if facts.get("points"):
        number, low, high = _points(number), _points(low), _points(high)
    bounded = not (low == high == number)
    return {"value": number, "low": low if bounded else None, "high": high if bounded else None}


def _rate(entity: Entity | None) -> str | None:
    """The ratio of a column that has no unit beside it: the words where there is none, and of points, which are no ratio."""
    if entity is None:
        return None
    pointed = bool(entity.value and entity.value.get("points"))
    return records.flat_name(entity) if pointed else shown(entity.value, entity.text)


def _period(dates: Sequence[Entity]) -> Row:
    """Start and end of the first date that is known."""
    known = next((d.value for d in dates if d.value and (d.value.get("start") or d.value.get("end"))), {})
    return {"period_start": known.get("start"), "period_end": known.get("end")}


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
                **numbers(row.figure.value),
                "unit": unit_of(row.figure.value),
                "approx": (row.figure.value or {}).get("approx"),
                "period": _dates(row.dates),
                **_period(row.dates),
                "completion_rate": _rate(row.completion),
                "growth_or_share": _rate(row.growth),
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


_FIGURES = frozenset({"AMOUNT", "COUNT", "PERCENT", "COMPLETION_RATE"})


def entity_rows(entities: Iterable[Entity]) -> list[Row]:
    """One row a mention."""
    return [
        {
            "id": e.id,
            "label": e.label,
            **numbers(e.value),
            "unit": unit_of(e.value) if e.label in _FIGURES else None,
            "approx": (e.value or {}).get("approx"),
            **_period([e]),
            "name": (e.value or {}).get("name"),
            "canonical": (e.value or {}).get("canonical"),
            "status": e.status,
            "stage": e.stage,
            **_source([e]),
        }
        for e in entities
    ]


def relation_rows(relations: Iterable[Relation]) -> list[Row]:
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
        for r in relations
    ]


def check_rows(findings: Iterable[Finding]) -> list[Row]:
    """One row a comparison of figures; `evidence` tells each figure with its role and place."""
    return [
        {
            "severity": f.severity,
            "kind": f.kind,
            "arithmetic": f.arithmetic,
            "tolerance": f.tolerance,
            "evidence": "; ".join(f"{e.role} {''.join(e.text.split())} [{e.start}:{e.end}]" for e in f.evidence),
            "source": f.evidence[0].text,
            "start": f.evidence[0].start,
            "end": f.evidence[0].end,
            "confidence": round(f.confidence, 4),
        }
        for f in findings
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
            *("indicator", "canonical", "scope", "figure", "value", "low", "high", "unit", "approx"),
            *("period", "period_start", "period_end"),
            *("completion_rate", "growth_or_share", "status", "section", *_SOURCE),
        ),
    ),
    "events": (
        event_rows,
        ("event", "date", "place", "officials", "participants", "projects", "figures", "status", *_SOURCE),
    ),
    "officials": (official_rows, ("name", "titles", "organisation", "events", "mentions", *_SOURCE)),
    "companies": (company_rows, ("company", "place", "projects", "events", "figures", "mentions", *_SOURCE)),
    "entities": (
        lambda report: entity_rows(report.entities),
        (
            *("id", "label", "value", "low", "high", "unit", "approx", "period_start", "period_end"),
            *("name", "canonical", "status", "stage", *_SOURCE),
        ),
    ),
    "relations": (
        lambda report: relation_rows(report.relations),
        ("type", "head", "tail", "head_id", "tail_id", "start", "end", "confidence"),
    ),
}
"""Table name to (row maker, columns)."""
RECORDS = ("projects", "indicators", "events", "officials", "companies")
"""The tables whose rows are records."""
CHECKS = ("severity", "kind", "arithmetic", "tolerance", "evidence", *_SOURCE)
"""Columns of the audit's findings."""
ERRORS = ("file", "reason", "remedy")
"""Columns of the list of files that gave no report."""


def frames(report: ReportData) -> dict[str, pd.DataFrame]:
    """All tables as data frames, and every cell of the records as `cells`; exact numbers travel as strings, so no digit is lost."""
    import pandas as pd

    tables = {name: pd.DataFrame(make(report), columns=list(columns)) for name, (make, columns) in TABLES.items()}
    cells = [cell.to_dict() for cell in records.cells(report)]
    return {**tables, "cells": pd.DataFrame(cells, columns=list(records.CELL_COLUMNS))}
