"""One SQLite database for all reports; `sqlite.sql` is its schema."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

from zsie import records
from zsie.render.filed import Checked, Draft, Filed, printable
from zsie.render.table import RECORDS, TABLES, Row, real

VERSION = 1
"""PRAGMA user_version of what is written."""
_COMMIT = 50
"""Reports written between two commits."""


class SqliteFile:
    """`reports.sqlite`, with foreign keys and indexes."""

    def __init__(self, out: Path) -> None:
        """Write to folder `out`."""
        self._draft = Draft(out / "reports.sqlite")
        self._base = sqlite3.connect(self._draft.draft)
        # A draft that breaks is thrown away, so it needs no journal.
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute(f"PRAGMA user_version = {VERSION}")
        self._base.executescript(_script("sqlite.sql"))
        self._ids: defaultdict[str, Any] = defaultdict(lambda: count(1))
        self._reports = 0

    def add(self, filed: Filed) -> None:
        """Write a report."""
        report, source = filed.report, filed.source
        own = self._insert(
            "reports",
            {
                "file": filed.name,
                "path": source and source.path,
                "member": source and source.member,
                "format": source and source.format,
                "encoding": source and source.encoding,
                "title": report.title,
                "date": report.date,
                "text": report.text,
                "model": report.model.get("name"),
                "model_version": report.model.get("version"),
            },
        )
        parts: dict[int | None, int] = {}
        for number, part in enumerate(filed.parts, 1):
            span = part.report.span
            facts: Row = {"report_id": own, "number": number, "title": part.report.title, "start": span.start, "end": span.end}
            parts[number] = self._insert("parts", facts)
        for section in report.sections:
            facts = {"report_id": own, "start": section.start, "end": section.end, "kind": section.kind, "title": section.title}
            self._insert("sections", facts)
        entities = self._entities(filed, own, parts)
        for relation in report.relations:
            ends = {"head_id": entities[relation.head.id], "tail_id": entities[relation.tail.id]}
            facts = {"report_id": own, "type": relation.type, **ends, "confidence": round(relation.confidence, 4)}
            self._insert("relations", facts)
        places = {(e.start, e.end): entities[e.id] for e in report.entities}
        for number, part in enumerate(filed.parts, 1):
            self._records(filed, part, {"report_id": own, "part_id": parts[number]}, places)
            self._checks(part, {"report_id": own, "part_id": parts[number]}, places)
        self._reports += 1
        if self._reports % _COMMIT == 0:
            self._base.commit()

    def close(self, errors: Sequence[Row]) -> list[Path]:
        """Finish the file."""
        for error in errors:
            self._insert("errors", error)
        self._base.executescript(_script("sqlite.indexes.sql"))
        self._base.commit()
        self._base.close()
        return [self._draft.keep()]

    def drop(self) -> None:
        """Delete a half-written file."""
        self._base.close()
        self._draft.drop()

    def _insert(self, table: str, facts: Mapping[str, Any], own: int | None = None) -> int:
        """Insert a row; return its id."""
        number: int = next(self._ids[table]) if own is None else own
        names = ", ".join(f'"{name}"' for name in ("id", *facts))
        marks = ", ".join("?" * (len(facts) + 1))
        values = (printable(v) if isinstance(v, str) else v for v in facts.values())
        self._base.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", (number, *values))
        return number

    def _entities(self, filed: Filed, report: int, parts: Mapping[int | None, int]) -> dict[str, int]:
        ids = {}
        for entity, row in zip(filed.report.entities, filed.rows["entities"], strict=True):
            kept = ("value", "low", "high", "unit", "approx", "period_start", "period_end", "canonical", "status", "stage")
            facts = {
                "report_id": report,
                "part_id": parts.get(filed.part_of(entity)),
                "name": entity.id,
                "label": entity.label,
                "start": entity.start,
                "end": entity.end,
                "text": entity.text,
                **{name: row[name] for name in kept},
                "number": real(row["value"]),
                "confidence": row["confidence"],
                "citation": row["citation"],
                "json": None if entity.value is None else json.dumps(dict(entity.value), ensure_ascii=False),
            }
            ids[entity.id] = self._insert("entities", facts)
        return ids

    def _records(self, filed: Filed, part: Checked, where: Row, places: Mapping[tuple[int, int], int]) -> None:
        cells: dict[tuple[str, int], list[records.Cell]] = defaultdict(list)
        for cell in records.cells(part.report):
            cells[cell.table, cell.row].append(cell)
        for kind in RECORDS:
            make, columns = TABLES[kind]
            for i, row in enumerate(make(part.report)):
                place = row["start"], row["end"]
                facts = {
                    "kind": kind,
                    "entity_id": places[place],
                    "confidence": row["confidence"],
                    "citation": filed.cite(*place),
                }
                record = self._insert("records", {**where, **facts})
                own = {name: row[name] for name in columns if name not in ("source", "start", "end", "confidence")}
                if "value" in own:
                    own["number"] = real(own["value"])
                self._insert(kind, own, record)
                for cell in cells[kind, i]:
                    piece = {
                        "record_id": record,
                        "column": cell.column,
                        "text": cell.text,
                        "start": cell.start,
                        "end": cell.end,
                        "entity_id": places.get((cell.start, cell.end)),
                        "confidence": round(cell.confidence, 4),
                    }
                    self._insert("cells", piece)

    def _checks(self, part: Checked, where: Row, places: Mapping[tuple[int, int], int]) -> None:
        for finding in part.findings:
            facts = {name: getattr(finding, name) for name in ("severity", "kind", "arithmetic", "tolerance")}
            own = self._insert("checks", {**where, **facts, "confidence": round(finding.confidence, 4)})
            self._base.executemany(
                "INSERT INTO check_evidence VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (own, number, e.role, printable(e.text), e.start, e.end, places.get((e.start, e.end)))
                    for number, e in enumerate(finding.evidence, 1)
                ],
            )


def _script(name: str) -> str:
    return files("zsie.render").joinpath(name).read_text(encoding="utf-8")
