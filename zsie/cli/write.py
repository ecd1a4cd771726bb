"""Write parsed reports in the formats that `zsie parse` offers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from zsie.render.table import TABLES, write_workbook
from zsie.report import Report

Named = Sequence[tuple[str, Report]]


def write(reports: Named, out: Path, formats: Sequence[str], errors: Sequence[dict[str, Any]]) -> list[Path]:
    """Write each format below `out`; return what was written."""
    out.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name in dict.fromkeys(formats):
        written += _WRITERS[name](reports, out, errors)
    return written


def _stems(reports: Named) -> list[str]:
    """A file name for each report, unique also when two folders hold files of one name."""
    used: dict[str, int] = {}
    stems = []
    for name, _ in reports:
        stem = Path(name).stem or "report"
        used[stem] = used.get(stem, 0) + 1
        stems.append(stem if used[stem] == 1 else f"{stem}-{used[stem]}")
    return stems


def _xlsx(reports: Named, out: Path, errors: Sequence[dict[str, Any]]) -> list[Path]:
    path = out / "reports.xlsx"
    write_workbook(reports, path, errors)
    return [path]


def _html(reports: Named, out: Path, _: Sequence[dict[str, Any]]) -> list[Path]:
    paths = []
    for stem, (_name, report) in zip(_stems(reports), reports, strict=True):
        path = out / f"{stem}.html"
        path.write_text(report.to_html(), encoding="utf-8", errors="replace")
        paths.append(path)
    return paths


def _json(reports: Named, out: Path, _: Sequence[dict[str, Any]]) -> list[Path]:
    paths = []
    for stem, (_name, report) in zip(_stems(reports), reports, strict=True):
        path = out / f"{stem}.json"
        path.write_text(report.to_json(indent=1), encoding="utf-8", errors="replace")
        paths.append(path)
    return paths


def _jsonl(reports: Named, out: Path, _: Sequence[dict[str, Any]]) -> list[Path]:
    path = out / "reports.jsonl"
    with path.open("w", encoding="utf-8", errors="replace") as file:
        for name, report in reports:
            file.write(json.dumps({"file": name, **report.to_dict()}, ensure_ascii=False) + "\n")
    return [path]


def _csv(reports: Named, out: Path, _: Sequence[dict[str, Any]]) -> list[Path]:
    import csv

    paths = []
    for table, (make, columns) in TABLES.items():
        path = out / f"{table}.csv"
        # The mark at the start tells Excel that the file is UTF-8.
        with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
            writer = csv.DictWriter(file, ("file", *columns))
            writer.writeheader()
            writer.writerows({"file": name, **row} for name, report in reports for row in make(report))
        paths.append(path)
    return paths


_WRITERS: dict[str, Callable[[Named, Path, Sequence[dict[str, Any]]], list[Path]]] = {
    "xlsx": _xlsx,
    "html": _html,
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
}
