"""The report: what `zsie.parse` returns."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from zsie import records
from zsie.audit import Finding, check
from zsie.render.html import page, snippet
from zsie.render.json import from_dict, to_dict
from zsie.render.table import frames
from zsie.types import ReportData

if TYPE_CHECKING:
    import pandas as pd


class Report(ReportData):
    """One parsed report: entities, relations, structure, and the records joined from them.

    `report.text[e.start:e.end] == e.text` holds for every entity. Records are worked out when first asked for.
    """

    @cached_property
    def projects(self) -> tuple[records.Project, ...]:
        """Projects with stage, investors, places, figures."""
        return records.projects(self)

    @cached_property
    def indicators(self) -> tuple[records.Indicator, ...]:
        """Figures with the indicator that governs them, one row each."""
        return records.indicators(self)

    @cached_property
    def events(self) -> tuple[records.Event, ...]:
        """Events with time, place, people and outcomes."""
        return records.events(self)

    @cached_property
    def officials(self) -> tuple[records.Official, ...]:
        """Named officials with their titles."""
        return records.officials(self)

    @cached_property
    def companies(self) -> tuple[records.Company, ...]:
        """Enterprises with their projects and events."""
        return records.companies(self)

    @cached_property
    def parts(self) -> tuple[Report, ...]:
        """The reports that this text holds (篇1 ... 篇N), each with offsets into the whole; a single report is its own part."""
        if len(self.divisions) <= 1:
            return (self,)
        return tuple(self._part(division.start, division.end, division.title) for division in self.divisions)

    @cached_property
    def cells(self) -> tuple[records.Cell, ...]:
        """Every cell of every record with its place in the text and its confidence."""
        return records.cells(self)

    def check(self, *, agreeing: bool = False) -> tuple[Finding, ...]:
        """Figures of the report that contradict each other (docs/audit.md); with `agreeing` also those found to agree.

        Each of several reports in one text (`parts`) is checked on its own.
        """
        return tuple(finding for part in self.parts for finding in check(part, agreeing=agreeing))

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, schema `zsie/1` (a JSON Schema of it is `zsie/render/report.schema.json`)."""
        return to_dict(self)

    def to_json(self, *, indent: int | None = None) -> str:
        """`to_dict` as JSON text, Chinese characters as they are."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Report:
        """The inverse of `to_dict`."""
        return cls(**from_dict(data))

    def to_frames(self) -> dict[str, pd.DataFrame]:
        """Tables by name: projects, indicators, events, officials, companies, entities, relations, cells (of the records)."""
        return frames(self)

    def to_html(self) -> str:
        """A self-contained page: the text (of a part, its own stretch) with its spans, the tables beside it."""
        return page(self, findings=self.check(agreeing=True))

    def _repr_html_(self) -> str:
        return snippet(self)

    def __repr__(self) -> str:
        name = self.title or self.text[self.span.start : self.span.end][:20].strip()
        return f"<Report {name!r}: {len(self.span)} characters, {len(self.entities)} entities, {len(self.relations)} relations>"

    def _part(self, start: int, end: int, title: str | None) -> Report:
        def inside(item: Any) -> bool:
            return bool(start <= item.start and item.end <= end)

        entities = tuple(e for e in self.entities if inside(e))
        kept = {e.id for e in entities}
        return Report(
            text=self.text,
            span=type(self.span)(start, end),
            title=title,
            date=self.date,
            sections=tuple(filter(inside, self.sections)),
            sentences=tuple(filter(inside, self.sentences)),
            furniture=tuple(filter(inside, self.furniture)),
            entities=entities,
            relations=tuple(r for r in self.relations if r.head.id in kept and r.tail.id in kept),
            model=self.model,
        )
