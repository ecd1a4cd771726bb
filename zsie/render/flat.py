"""JSON, JSON lines and CSV."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from zsie.render.filed import COLUMNS, Draft, Filed
from zsie.render.json import to_dict
from zsie.render.table import Row

_FORMULA = re.compile(r"[=+\-@\t\r](?!-?[\d.]+[%％﹪]?$)")


class JsonFiles:
    """One `STEM.json` a report, schema `zsie/1`."""

    def __init__(self, out: Path) -> None:
        """Write to folder `out`."""
        self._out = out
        self._written: list[Path] = []

    def add(self, filed: Filed) -> None:
        """Write a report."""
        draft = Draft(self._out / f"{filed.stem}.json")
        draft.draft.write_text(
            json.dumps(to_dict(filed.report), ensure_ascii=False, indent=1), encoding="utf-8", errors="replace"
        )
        self._written.append(draft.keep())

    def close(self, errors: Sequence[Row]) -> list[Path]:
        """Return what was written; a JSON file has no place for errors."""
        return self._written

    def drop(self) -> None:
        """Do nothing: every file is complete."""


class JsonLines:
    """`reports.jsonl`: a line a report, with its file and the map back to the places in it."""

    def __init__(self, out: Path) -> None:
        """Write to folder `out`."""
        self._draft = Draft(out / "reports.jsonl")
        self._file = self._draft.draft.open("w", encoding="utf-8", errors="replace", newline="\n")

    def add(self, filed: Filed) -> None:
        """Write a report."""
        source = filed.source.to_dict() if filed.source else None
        line: dict[str, Any] = {"file": filed.name, "source": source, **to_dict(filed.report)}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self, errors: Sequence[Row]) -> list[Path]:
        """Finish the file."""
        self._file.close()
        return [self._draft.keep()]

    def drop(self) -> None:
        """Delete a half-written file."""
        self._file.close()
        self._draft.drop()


class CsvFiles:
    """One `TABLE.csv` a table, `errors.csv` among them."""

    def __init__(self, out: Path) -> None:
        """Write to folder `out`."""
        self._open = ExitStack()
        self._drafts: list[Draft] = []
        self._tables: dict[str, csv.DictWriter[str]] = {}
        for name, columns in COLUMNS.items():
            draft = Draft(out / f"{name}.csv")
            # The mark at the start tells Excel that the file is UTF-8.
            file = self._open.enter_context(draft.draft.open("w", encoding="utf-8-sig", errors="replace", newline=""))
            self._drafts.append(draft)
            self._tables[name] = csv.DictWriter(file, columns)
            self._tables[name].writeheader()

    def add(self, filed: Filed) -> None:
        """Write a report's rows."""
        for name, rows in filed.rows.items():
            self._tables[name].writerows(map(_plain, rows))

    def close(self, errors: Sequence[Row]) -> list[Path]:
        """Finish the files."""
        self._tables["errors"].writerows(map(_plain, errors))
        self._open.close()
        return [draft.keep() for draft in self._drafts]

    def drop(self) -> None:
        """Delete half-written files."""
        self._open.close()
        for draft in self._drafts:
            draft.drop()


def _plain(row: Row) -> Row:
    return {column: unarmed(value) if isinstance(value, str) else value for column, value in row.items()}


def unarmed(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before `=`, `@`, and signs that begin no number."""
    return f"'{text}" if _FORMULA.match(text) else text
