"""Records cell by cell: each with its place in the text and its confidence, for those who must trace every figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zsie.records import build
from zsie.records.links import Links, flat_name
from zsie.records.model import Figure
from zsie.types import Entity, ReportData, Value


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table of records: `report.text[start:end] == source` is where it comes from.

    `row` counts the table's records from 0. `confidence` (0 to 1) is the lower of the mention's and that of
    the relation which ties it to the row. `value` is the normalised value where there is one, `indicator` what a figure measures.
    """

    table: str
    row: int
    column: str
    text: str
    source: str
    start: int
    end: int
    confidence: float
    value: Value | None = None
    indicator: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain data, a column a field (`CELL_COLUMNS`); the value is among the entity's own facts."""
        return {**{name: getattr(self, name) for name in CELL_COLUMNS}, "confidence": round(self.confidence, 4)}


CELL_COLUMNS = ("table", "row", "column", "indicator", "text", "source", "start", "end", "confidence")
"""Columns of a table of cells."""


def cells(report: ReportData) -> tuple[Cell, ...]:
    """All cells of all records, by table, row and column; empty cells are left out."""
    links = Links(report.relations)
    found: list[Cell] = []
    for maker in (_projects, _indicators, _events, _officials, _companies):
        found += maker(report, links)
    return tuple(found)


def _cell(table: str, row: int, column: str, entity: Entity, text: str | None = None, sure: float = 1.0) -> Cell:
    shown = flat_name(entity) if text is None else text
    return Cell(table, row, column, shown, entity.text, entity.start, entity.end, min(entity.confidence, sure), entity.value)


def _name(table: str, row: int, column: str, name: str, mentions: Sequence[Entity]) -> Cell:
    """A record's name, from the surest of the mentions that give it."""
    giving = [m for m in mentions if flat_name(m) == name] or list(mentions)
    return _cell(table, row, column, max(giving, key=lambda m: m.confidence), name)


def _linked(
    table: str, row: int, column: str, links: Links, kind: str, mentions: Sequence[Entity], others: Iterable[Entity]
) -> Iterator[Cell]:
    for other in others:
        yield _cell(table, row, column, other, sure=links.confidence(kind, mentions, other))


def _figures(table: str, row: int, links: Links, owners: Sequence[Entity], figures: Iterable[Figure]) -> Iterator[Cell]:
    for figure in figures:
        cell = _cell(table, row, "figures", figure.entity, sure=links.confidence("FIGURE", owners, figure.entity))
        yield replace(cell, indicator=flat_name(figure.indicator)) if figure.indicator else cell


def _projects(report: ReportData, links: Links) -> Iterator[Cell]:
    table = "projects"
    for row, p in enumerate(build.projects(report)):
        yield _name(table, row, "project", p.name, p.mentions)
        staged = next((m for m in reversed(p.mentions) if m.stage), None)
        if staged is not None:
            yield _cell(table, row, "stage", staged, p.stage)
        for column, kind, others in (
            ("investors", "INVESTS_IN", p.investors),
            ("place", "LOCATED_IN", p.places),
            ("dates", "TIME", p.dates),
            ("events", "AT_EVENT", p.events),
            ("completion", "COMPLETION", p.completion),
        ):
            yield from _linked(table, row, column, links, kind, p.mentions, others)
        yield from _figures(table, row, links, p.mentions, p.figures)


def _indicators(report: ReportData, links: Links) -> Iterator[Cell]:
    table = "indicators"
    for row, i in enumerate(build.indicators(report)):
        own = (i.figure,)
        yield _cell(table, row, "indicator", i.indicator, sure=links.confidence("VALUE", own, i.indicator))
        yield replace(_cell(table, row, "figure", i.figure), indicator=i.name)
        yield from _linked(table, row, "period", links, "TIME", own, i.dates)
        if i.completion is not None:
            yield from _linked(table, row, "completion_rate", links, "COMPLETION", own, (i.completion,))
        if i.growth is not None:
            yield from _linked(table, row, "growth_or_share", links, "VALUE", (i.indicator,), (i.growth,))
        if i.status_source is not None:
            start, end = i.status_source.start, i.status_source.end
            yield Cell(table, row, "status", i.status, report.text[start:end], start, end, i.figure.confidence)
        else:
            yield _cell(table, row, "status", i.figure, i.status)


def _events(report: ReportData, links: Links) -> Iterator[Cell]:
    table = "events"
    for row, e in enumerate(build.events(report)):
        yield _name(table, row, "event", e.name, e.mentions)
        for column, kind, others in (
            ("date", "TIME", e.dates),
            ("place", "LOCATED_IN", e.places),
            ("officials", "PARTICIPATES_IN", e.officials),
            ("participants", "PARTICIPATES_IN", e.participants),
            ("projects", "AT_EVENT", e.projects),
        ):
            yield from _linked(table, row, column, links, kind, e.mentions, others)
        yield from _figures(table, row, links, e.mentions, e.figures)
        marked = next((m for m in e.mentions if m.status), e.mentions[0])
        yield _cell(table, row, "status", marked, e.status)


def _officials(report: ReportData, links: Links) -> Iterator[Cell]:
    table = "officials"
    for row, o in enumerate(build.officials(report)):
        yield _name(table, row, "name", o.name, o.mentions)
        for title in o.titles:
            giving = next(m for m in o.mentions if title in ((m.value or {}).get("titles") or ()))
            yield _cell(table, row, "titles", giving, title)
        if o.organisation is not None:
            giving = next(m for m in o.mentions if (m.value or {}).get("organisation") == o.organisation)
            yield _cell(table, row, "organisation", giving, o.organisation)
        yield from _linked(table, row, "events", links, "PARTICIPATES_IN", o.mentions, o.events)


def _companies(report: ReportData, links: Links) -> Iterator[Cell]:
    table = "companies"
    for row, c in enumerate(build.companies(report)):
        yield _name(table, row, "company", c.name, c.mentions)
        for column, kind, others in (
            ("place", "LOCATED_IN", c.places),
            ("projects", "INVESTS_IN", c.projects),
            ("events", "PARTICIPATES_IN", c.events),
        ):
            yield from _linked(table, row, column, links, kind, c.mentions, others)
        yield from _figures(table, row, links, c.mentions, c.figures)
