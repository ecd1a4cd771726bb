"""The journal of a run: every finished report in one SQLite file, so that a killed run goes on where it stood."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zsie.errors import ZsieError
from zsie.messages import say
from zsie.read import Source
from zsie.report import Report

if TYPE_CHECKING:
    from zsie.batch.inputs import Item

NAME = "zsie-run.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS done (
    key TEXT PRIMARY KEY, stamp TEXT NOT NULL, report BLOB, tally TEXT, reason TEXT, remedy TEXT
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file gave no report, or what is missing from the report it gave; and what to do about it."""

    file: str
    reason: str
    remedy: str

    def to_dict(self) -> dict[str, str]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Tally:
    """How much was found in a report."""

    characters: int = 0
    projects: int = 0
    indicators: int = 0
    events: int = 0
    officials: int = 0
    companies: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(a + b for a, b in zip(asdict(self).values(), asdict(other).values(), strict=True)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item: a packed report, a fault, or both where part of the file could not be read."""

    item: Item
    packed: bytes | None = None
    tally: Tally | None = None
    fault: Fault | None = None


def pack(report: Report, source: Source) -> bytes:
    """A report and its source as bytes."""
    data = {"report": report.to_dict(), "source": source.to_dict()}
    # Lone surrogates may stand in a text; JSON's escapes carry them.
    return zlib.compress(json.dumps(data).encode("ascii"), 3)


def unpack(packed: bytes) -> tuple[Report, Source]:
    """The inverse of `pack`."""
    data = json.loads(zlib.decompress(packed))
    return Report.from_dict(data["report"]), Source.from_dict(data["source"])


@contextmanager
def writing(folder: Path | None) -> Iterator[None]:
    """Raise ZsieError when something cannot be written in `folder` (None: where the system keeps passing files)."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ZsieError(
            say(
                "{path}: results cannot be written there ({error}); choose another -o",
                path=folder or tempfile.gettempdir(),
                error=reason,
            )
        ) from error


class Journal:
    """Finished reports by file; one process at a time holds it."""

    def __init__(self, folder: Path | None, settings: Mapping[str, Any], *, resume: bool = False) -> None:
        """Open the journal in `folder` (None: one that goes away with this object).

        Without `resume`, or when it was written with other `settings` (model, date ...), it starts empty; `kept` says
        whether it did not. Raise ZsieError when another run holds it, it is no journal, or the folder cannot be made.
        """
        self.path = None if folder is None else folder / NAME
        wanted = json.dumps(dict(settings), sort_keys=True)
        self.kept = False
        with writing(folder):
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            # An empty name is SQLite's for a private database on disk.
            self._base = sqlite3.connect("" if self.path is None else self.path, timeout=0.5)
        try:
            self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.executescript(_SCHEMA)
            written = self._base.execute("SELECT settings FROM run").fetchone()
            self.kept = resume and written is not None and written[0] == wanted
            with self._base:
                if not self.kept:
                    self._base.execute("DELETE FROM done")
                self._base.execute("DELETE FROM run")
                self._base.execute("INSERT INTO run VALUES (?)", (wanted,))
        except sqlite3.DatabaseError as error:
            self._base.close()
            if "locked" in str(error):
                raise ZsieError(
                    say("{path}: another run is writing there; wait for it, or choose another -o", path=self.path)
                ) from error
            raise ZsieError(say("{path}: not a journal of zsie ({error}); delete it", path=self.path, error=error)) from error

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def finished(self, item: Item) -> bool:
        """Whether the item's report is here and the file has not changed since; a fault is tried again."""
        row = self._base.execute("SELECT stamp FROM done WHERE key = ? AND report IS NOT NULL", (item.key,)).fetchone()
        return row is not None and row[0] == item.stamp

    def recorded(self, item: Item) -> bool:
        """Whether the item's report or fault is here."""
        query = "SELECT 1 FROM done WHERE key = ? AND stamp = ?"
        return self._base.execute(query, (item.key, item.stamp)).fetchone() is not None

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Write outcomes, all or none."""
        rows = [
            (
                o.item.key,
                o.item.stamp,
                o.packed,
                json.dumps(asdict(o.tally)) if o.tally else None,
                o.fault.reason if o.fault else None,
                o.fault.remedy if o.fault else None,
            )
            for o in outcomes
        ]
        with writing(self.path and self.path.parent), self._base:
            self._base.executemany("INSERT OR REPLACE INTO done VALUES (?, ?, ?, ?, ?, ?)", rows)

    def reports(self, items: Sequence[Item]) -> Results:
        """The finished reports of `items`, in their order."""
        return Results(self, [item for item in items if self.finished(item)])

    def faults(self, items: Sequence[Item]) -> tuple[list[Fault], list[Fault]]:
        """What was wrong with `items`, in their order: with those that gave no report, with those that were read in part."""
        failed: list[Fault] = []
        partly: list[Fault] = []
        query = "SELECT report IS NULL, reason, remedy FROM done WHERE key = ? AND stamp = ? AND reason IS NOT NULL"
        for item in items:
            if row := self._base.execute(query, (item.key, item.stamp)).fetchone():
                (failed if row[0] else partly).append(Fault(item.name, *row[1:]))
        return failed, partly

    def tally(self, item: Item) -> Tally:
        """What was found in a finished report."""
        row = self._base.execute("SELECT tally FROM done WHERE key = ?", (item.key,)).fetchone()
        return Tally(**json.loads(row[0]))

    def load(self, item: Item) -> tuple[Report, Source]:
        """A finished report and its source."""
        packed = self._base.execute("SELECT report FROM done WHERE key = ?", (item.key,)).fetchone()[0]
        return unpack(packed)


@dataclass(frozen=True)
class Results:
    """Finished reports, read from the journal one by one each time they are gone through."""

    journal: Journal
    items: Sequence[Item]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[tuple[str, Report, Source]]:
        for item in self.items:
            report, source = self.journal.load(item)
            yield item.name, report, source
