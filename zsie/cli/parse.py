"""`zsie parse`: reports in, tables out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from zsie.errors import ReadError, ZsieError

if TYPE_CHECKING:
    from zsie.report import Report


class Format(str, Enum):
    """What to write."""

    xlsx = "xlsx"
    html = "html"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


def parse(
    paths: Annotated[list[Path], typer.Argument(help="Text files or folders of them; - reads standard input.")],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Folder to write to; without it a JSON line a report goes to standard output."),
    ] = None,
    formats: Annotated[list[Format], typer.Option("-f", "--format", help="What to write; may be given several times.")] = [  # noqa: B006
        Format.xlsx,
        Format.html,
    ],
    date: Annotated[str | None, typer.Option(help="The reports' date, YYYY-MM-DD.")] = None,
    model: Annotated[str | None, typer.Option(help="A model folder, or the name of a shipped model.")] = None,
) -> None:
    """Parse reports into tables.

    `zsie parse reports/ -o out` writes `out/reports.xlsx` and one HTML page a report;
    `zsie parse report.txt` prints JSON. Files that cannot be read are listed at the end (and in the workbook's sheet
    Errors); the others go on. Exit status: 0 all parsed, 1 some could not be read, 2 nothing could.
    """
    from zsie.api import load, parse_date

    console = Console(stderr=True)
    try:
        parser = load(model)
        parse_date(date)
    except (ZsieError, ValueError) as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(2) from error
    errors: list[dict[str, str]] = []
    named = list(_texts(paths, errors))
    reports = list(zip((name for name, _ in named), parser.stream((text for _, text in named), date=date), strict=True))
    if out is None:
        for name, report in reports:
            data = {"file": name, **report.to_dict()}
            typer.echo(_json(data))
    else:
        from zsie.cli.write import write

        written = write(reports, out, [f.value for f in formats], errors)
        console.print(_overview(reports))
        for path in written:
            console.print(f"wrote {path}", highlight=False)
    for fault in errors:
        console.print(f"[red]{fault['file']}: {fault['reason']}[/red]", highlight=False)
    if errors:
        raise typer.Exit(1 if reports else 2)


def _json(data: object) -> str:
    import json

    return json.dumps(data, ensure_ascii=False)


def _texts(paths: list[Path], errors: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Name and text of each readable file."""
    from zsie.text import decode

    for path in paths:
        if str(path) == "-":
            files = [path]
        elif path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            if not files:
                errors.append({"file": str(path), "reason": "the folder holds no files"})
        else:
            files = [path]
        for file in files:
            try:
                data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
                text = decode(data).text
                if not text.strip():
                    raise ReadError("the file is empty")
                yield str(file) if str(file) != "-" else "stdin", text
            except (OSError, ReadError) as error:
                reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
                errors.append({"file": str(file), "reason": reason})


def _overview(reports: Sequence[tuple[str, Report]]) -> Table:
    """What was found, a line a report."""
    table = Table(title="zsie", title_justify="left")
    table.add_column("report", overflow="fold")
    kinds = ("projects", "indicators", "events", "officials", "companies")
    for heading in ("characters", *kinds):
        table.add_column(heading, justify="right")
    for name, report in reports:
        counts = [str(len(getattr(report, kind))) for kind in kinds]
        table.add_row(Path(name).name, f"{len(report.text):,}", *counts)
    return table
