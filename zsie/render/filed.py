"""A report on its way to files: where it came from, its parts, its rows; and what every writer of a file is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from zsie.audit import Finding
from zsie.read import Source
from zsie.render.table import CHECKS, ERRORS, RECORDS, TABLES, Row, check_rows, entity_rows, relation_rows
from zsie.types import Entity, ReportData

COLUMNS: dict[str, tuple[str, ...]] = {
    name: ("file", "part", *columns, "citation")
    for name, columns in {**{t: c for t, (_, c) in TABLES.items()}, "checks": CHECKS}.items()
}
"""Columns of every table of reports as files hold them: the report's file first, the place in that file last."""
COLUMNS["errors"] = ERRORS


@dataclass(frozen=True)
class Checked:
    """One of the reports of a file, and what its audit found."""

    report: ReportData
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Filed:
    """A parsed file. `name` is how it is cited, `stem` the unique name of its own output files.

    `parts` are the reports that stand in it, one or several; records are never joined across them.
    """

    name: str
    stem: str
    report: ReportData
    parts: tuple[Checked, ...]
    source: Source | None = None

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        """Rows by table, with all of `COLUMNS`."""
        rows: dict[str, list[Row]] = {name: [] for name in COLUMNS if name != "errors"}
        for number, part in enumerate(self.parts, 1):
            for name in RECORDS:
                rows[name] += self._dressed(TABLES[name][0](part.report), number)
            rows["checks"] += self._dressed(check_rows(part.findings), number)
        for entity in self.report.entities:
            rows["entities"] += self._dressed(entity_rows([entity]), self.part_of(entity))
        for relation in self.report.relations:
            rows["relations"] += self._dressed(relation_rows([relation]), self.part_of(relation.head))
        return rows

    def part_of(self, entity: Entity) -> int | None:
        """The number of the report that an entity stands in, from 1; None in the words between two."""
        for number, part in enumerate(self.parts, 1):
            if part.report.span.start <= entity.start < part.report.span.end:
                return number
        return None

    def cite(self, start: int, end: int) -> str:
        """The place of a span in the file: page or paragraph, and characters."""
        source = self.source or Source(self.name, None, "txt")
        return source.cite(start, end).removeprefix(f"{source.name} · ")

    def _dressed(self, rows: Sequence[Row], part: int | None) -> Iterator[Row]:
        shown = part if len(self.parts) > 1 else None
        for row in rows:
            yield {"file": self.name, "part": shown, **row, "citation": self.cite(row["start"], row["end"])}


class Writer(Protocol):
    """Writes one format; reports are added one by one, so what is held at a time stays small."""

    def add(self, filed: Filed) -> None:
        """Write a report."""

    def close(self, errors: Sequence[Row]) -> list[Path]:
        """Write the list of files that gave no report where the format has a place for it; return what was written."""

    def drop(self) -> None:
        """Leave nothing half-written behind; does nothing after `close`."""


class Draft:
    """A file that appears under its name only when it is complete, so that an older one stays until then."""

    def __init__(self, path: Path) -> None:
        """Draft `path`."""
        self.path, self.draft = path, path.with_name(path.name + ".part")
        self.draft.unlink(missing_ok=True)

    def keep(self) -> Path:
        """Put the draft in its place."""
        os.replace(self.draft, self.path)
        return self.path

    def drop(self) -> None:
        """Delete the draft."""
        self.draft.unlink(missing_ok=True)


def printable(text: str) -> str:
    """Text that UTF-8 can hold: halves of characters become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
