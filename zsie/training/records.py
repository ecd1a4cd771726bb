"""Score records against gold ones made by hand: what an analyst would have typed, row by row and cell by cell.

A gold file is `<document id>.json` with lists of rows; trailing cells may be left out (docs/audit.md, "Records"):

- `projects`: [name, stage, [investors], [figures], [other names]]
- `indicators`: [name, figure, period, completion rate, status]
- `events`: [name, date, [places], [officials], [other names]]
- `officials`: [name, [events]]
- `companies`: [name, [projects], [other names]]

Names and figures are compared as printed, without spaces and with one width and script. A row counts when its name is right
(an indicator's: its figure, and one name holding the other, for 引进项目 and 项目 before one figure are one fact); a cell
counts when its row, column and content are. All gold counts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zsie.errors import CorpusError
from zsie.report import Report
from zsie.training.metrics import Score
from zsie.types import Entity
from zsie.values.number import fold

TABLES = ("projects", "indicators", "events", "officials", "companies")
_ALSO = {"projects": 4, "events": 4, "companies": 2}
Fact = tuple[str, ...]
"""(table, name) for a row, (table, name, column, content) for a cell; an indicator's name holds its figure."""


@dataclass(frozen=True)
class GoldRecords:
    """The gold rows of one document."""

    id: str
    rows: Mapping[str, Sequence[Sequence[Any]]]

    def names(self) -> dict[tuple[str, str], str]:
        """For each table and name in use, the name that the record should carry."""
        found = {}
        for table, place in _ALSO.items():
            for row in self.rows.get(table, ()):
                for name in (row[0], *(row[place] if len(row) > place else ())):
                    found[table, fold(name)] = fold(row[0])
        return found

    def indicator(self, name: str, figure: str) -> str:
        """The row name of an indicator's figure: that of the gold row with this figure whose name holds `name`, or is in it."""
        name, figure = fold(name), fold(figure)
        known = [fold(row[0]) for row in self.rows.get("indicators", ()) if fold(row[1]) == figure]
        alike = [k for k in known if k in name or name in k]
        return f"{name if name in known else next(iter(alike), name)} {figure}"


@dataclass(frozen=True)
class RecordScores:
    """Scores of rows and of cells, by table."""

    rows: dict[str, Score]
    cells: dict[str, Score]


def read_records(folder: str | Path) -> list[GoldRecords]:
    """All gold files of a folder, sorted by name; raise CorpusError that names a broken one."""
    found = []
    for file in sorted(Path(folder).glob("*.json")):
        try:
            rows = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CorpusError(f"{file}: not readable as JSON ({error})") from error
        if not isinstance(rows, dict):
            raise CorpusError(f"{file}: not a JSON object; write {{table: [row, ...]}}")
        unknown = set(rows) - set(TABLES)
        if unknown:
            raise CorpusError(f"{file}: unknown tables {sorted(unknown)}; the tables are {', '.join(TABLES)}")
        for table, listed in rows.items():
            for number, row in enumerate(listed, 1):
                if not isinstance(row, list) or len(row) < (2 if table == "indicators" else 1):
                    raise CorpusError(f"{file}: {table}, row {number}: not a list of cells that begins with a name")
        found.append(GoldRecords(file.stem, rows))
    if not found:
        raise CorpusError(f"{folder}: no gold records (*.json) there; corpus/records holds them")
    return found


def gold_facts(gold: GoldRecords) -> tuple[Counter[Fact], Counter[Fact]]:
    """Rows and cells of a gold document, as multisets."""
    rows: Counter[Fact] = Counter()
    cells: Counter[Fact] = Counter()
    columns = {
        "projects": ("stage", "investors", "figures"),
        "events": ("date", "place", "officials"),
        "officials": ("events",),
        "companies": ("projects",),
        "indicators": ("figure", "period", "rate", "status"),
    }
    for table, listed in gold.rows.items():
        for row in listed:
            key = fold(row[0]) if table != "indicators" else f"{fold(row[0])} {fold(row[1])}"
            rows[table, key] += 1
            for column, content in zip(columns[table], row[1:], strict=False):
                if column == "figure" or content is None or content == "actual":
                    continue
                for item in content if isinstance(content, list) else [content]:
                    cells[table, key, column, fold(item)] += 1
    return rows, cells


def report_facts(report: Report, gold: GoldRecords) -> tuple[Counter[Fact], Counter[Fact]]:
    """Rows and cells of a report's records, under the names of the gold rows where these allow other names."""
    names = gold.names()

    def named(table: str, name: str) -> str:
        folded = fold(name.split("#")[0])
        return names.get((table, folded), folded)

    owner: dict[str, str] = {}
    for table in ("projects", "events", "officials", "companies"):
        for record in getattr(report, table):
            owner.update((mention.id, named(table, record.name)) for mention in record.mentions)

    def refer(entities: Iterable[Entity]) -> Iterator[str]:
        for entity in entities:
            bare = (entity.value or {}).get("name") if entity.label == "PERSON" else None
            yield owner.get(entity.id) or fold(str(bare or entity.text))

    def plain(entities: Iterable[Entity]) -> Iterator[str]:
        return (fold(e.text) for e in entities)

    rows: Counter[Fact] = Counter()
    cells: Counter[Fact] = Counter()

    def add(table: str, key: str, **columns: Iterable[str]) -> None:
        rows[table, key] += 1
        for column, contents in columns.items():
            # One name twice in a cell (two mentions of one firm) is one fact.
            cells.update((table, key, column, content) for content in dict.fromkeys(contents))

    for p in report.projects:
        figures = plain(f.entity for f in p.figures)
        stage = [p.stage] if p.stage else []
        add("projects", named("projects", p.name), stage=stage, investors=refer(p.investors), figures=figures)
    for i in report.indicators:
        rate = plain([i.completion] if i.completion else [])
        status = [] if i.status == "actual" else [i.status]
        add("indicators", gold.indicator(i.name, i.figure.text), period=plain(i.dates), rate=rate, status=status)
    for e in report.events:
        people = refer(e.officials)
        add("events", named("events", e.name), date=plain(e.dates), place=plain(e.places), officials=people)
    for o in report.officials:
        add("officials", named("officials", o.name), events=refer(o.events))
    for c in report.companies:
        add("companies", named("companies", c.name), projects=refer(c.projects))
    return rows, cells


def score_records(pairs: Iterable[tuple[Report, GoldRecords]]) -> RecordScores:
    """Score reports against the gold records of their documents, all documents together."""
    rows = dict.fromkeys(TABLES, Score())
    cells = dict.fromkeys(TABLES, Score())
    for report, gold in pairs:
        found = report_facts(report, gold)
        for scores, mine, theirs in zip((rows, cells), found, gold_facts(gold), strict=True):
            right = mine & theirs
            for table in TABLES:
                scores[table] += Score(_size(right, table), _size(mine, table), _size(theirs, table))
    return RecordScores(rows, cells)


def differences(report: Report, gold: GoldRecords) -> tuple[list[Fact], list[Fact]]:
    """Facts that the report lacks, and facts that it has too many, rows and cells."""
    missing: list[Fact] = []
    extra: list[Fact] = []
    for mine, theirs in zip(report_facts(report, gold), gold_facts(gold), strict=True):
        missing += (theirs - mine).elements()
        extra += (mine - theirs).elements()
    return missing, extra


def _size(facts: Counter[Fact], table: str) -> int:
    return sum(count for fact, count in facts.items() if fact[0] == table)
