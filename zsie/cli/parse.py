"""`zsie parse`: reports in, tables out."""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import astuple, fields
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from zsie.cli.voice import Voice, graceful, print_json
from zsie.errors import ZsieError
from zsie.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zsie.api import Parser
    from zsie.batch import Fault, Item, Journal, Results, Settings


class Format(str, Enum):
    """What to write."""

    xlsx = "xlsx"
    html = "html"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    sqlite = "sqlite"
    docbin = "docbin"
    graphml = "graphml"
    jsonld = "jsonld"


_USUAL = (Format.xlsx.value, Format.html.value)
"""What is written to a folder where no format is named."""
_PRINTED = frozenset({Format.json, Format.jsonl})
"""Formats that describe what is printed without a folder."""


def parse(
    paths: Annotated[
        list[str],
        typer.Argument(help="Files, folders, patterns (quoted: 'reports/**/*.docx'), zip archives; - reads standard input."),
    ],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Folder to write to; without it a JSON line a report goes to standard output."),
    ] = None,
    formats: Annotated[
        list[Format] | None,
        typer.Option(
            "-f", "--format", help="What to write to OUT; may be given several times.", show_default=", ".join(_USUAL)
        ),
    ] = None,
    date: Annotated[str | None, typer.Option(help="The reports' date, YYYY-MM-DD.")] = None,
    model: Annotated[str | None, typer.Option(help="A model folder, or the name of a shipped model.")] = None,
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=0, help="Processes; 0: one for a few files, else up to four.")] = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run whose results lie in OUT: only new and changed files.")
    ] = False,
    since: Annotated[str | None, typer.Option(help="Only files changed on or after YYYY-MM-DD[THH:MM].")] = None,
    recursive: Annotated[bool, typer.Option(help="Also read the subfolders of folders.")] = True,
    max_size: Annotated[int, typer.Option(min=1, metavar="MB", help="Leave larger files unread.")] = 64,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but what went wrong.")] = False,
    json_errors: Annotated[
        bool, typer.Option("--json-errors", help="Say what went wrong as JSON lines (file, reason, remedy), and nothing else.")
    ] = False,
) -> None:
    """Parse reports into tables: .txt .md .docx .pdf .html .mht .zip, and .doc .wps .rtf .odt where LibreOffice is installed.

    `zsie parse reports/ -o out` writes `out/reports.xlsx` and one HTML page a report;

    `zsie parse reports/ -o out --resume` goes on after a stop of any kind, and later reads only what is new or changed;

    `zsie parse 'reports/**/*.pdf' -o out -f csv -j 4 --since 2024-01-01` reads new PDF files in four processes;

    `zsie parse report.docx` and `cat report.txt | zsie parse -` print JSON.

    A file that cannot be read costs one line on standard error (and in the workbook's sheet Errors); the others go on. So
    does a PDF that is read, but has scanned pages; it counts as parsed.
    `OUT/zsie-run.sqlite` keeps the finished reports for --resume. Ctrl-C writes what is finished.

    Exit status: 0 all parsed; 1 some files could not be read; 2 none could, or the command is wrong; 130 stopped by Ctrl-C.
    """
    from zsie.api import load, parse_date
    from zsie.batch import Fault, Journal, Settings, find, fingerprint
    from zsie.cli.write import ready

    voice = Voice(quiet or json_errors, json_errors)
    journal = None
    try:
        wanted = [f.value for f in formats] if formats else list(_USUAL)
        if out is not None:
            ready(wanted)
            if any(Path(path).resolve() == out.resolve() and Path(path).is_dir() for path in paths):
                raise ZsieError(
                    say("{path}: the next run would read the results as reports; choose another folder for -o", path=out)
                )
        elif not _PRINTED.issuperset(formats or ()):
            raise ZsieError(say("-f {format} writes to a folder; name it with -o", format=" -f ".join(wanted)))
        parser = load(model)
        parse_date(date)
        if resume and out is None:
            raise ZsieError(say("--resume goes on with the results in a folder; name it with -o"))
        stdin = sys.stdin.buffer.read() if "-" in paths else None
        found = find(paths, stdin=stdin, recursive=recursive, since=_moment(since), without=out)
        journal = Journal(out, fingerprint(parser, date), resume=resume)
        if resume and not journal.kept:
            voice.news(say("{folder} holds no run with this model and date to go on with; starting anew", folder=out))
        settings = Settings(_jobs(jobs, len(found.items)), date, max_size * 2**20)
        done, stopped = _run(parser, found.items, journal, settings, voice, to_stdout=out is None)
        failed, warnings = journal.faults(found.items)
        faults = [*found.faults, *failed]
        if out is not None:
            _write(done, out, wanted, [*faults, *warnings], voice)
    except (ZsieError, ValueError) as error:
        voice.fault(Fault("", str(error), ""))
        raise typer.Exit(2) from error
    finally:
        if journal is not None:
            journal.close()
    for fault in [*faults, *warnings]:
        voice.fault(fault)
    if stopped:
        remedy = say("the same command with --resume goes on") if out else ""
        voice.news(
            "; ".join(filter(None, (say("stopped: {n} of {all} files done", n=len(done), all=len(found.items)), remedy)))
        )
        raise typer.Exit(130)
    if faults:
        raise typer.Exit(1 if len(done) else 2)


def _run(
    parser: Parser, items: Sequence[Item], journal: Journal, settings: Settings, voice: Voice, *, to_stdout: bool
) -> tuple[Results, bool]:
    """Parse what the journal lacks; return the finished reports and whether Ctrl-C cut the run short."""
    from zsie.batch import run

    old = sum(map(journal.finished, items))
    if old:
        voice.news(say("{n} of {all} files are done already", n=old, all=len(items)))
    pieces = run(parser, items, journal, settings)
    printed = 0
    stopped = False
    with voice.meter(len(items), old) as meter, graceful(voice):
        try:
            for outcomes in pieces:
                faults = sum(o.packed is None for o in outcomes)
                meter.advance(len(outcomes), faults, sum(o.tally.characters for o in outcomes if o.tally))
                if to_stdout:
                    printed = _print(journal, items, printed)
        except KeyboardInterrupt:
            stopped = True
            pieces.close()
    if to_stdout:
        _print(journal, items, printed)
    return journal.reports(items), stopped


def _print(journal: Journal, items: Sequence[Item], printed: int) -> int:
    """Print the reports that are next in order, up to the first file still in work; return how many files are dealt with."""
    while printed < len(items) and journal.recorded(items[printed]):
        item = items[printed]
        printed += 1
        if journal.finished(item):
            report, source = journal.load(item)
            print_json({"file": item.name, "source": source.to_dict(), **report.to_dict()})
    sys.stdout.flush()
    return printed


def _write(done: Results, out: Path, formats: list[str], faults: Sequence[Fault], voice: Voice) -> None:
    from zsie.cli.write import write

    written = write(done, out, formats, [fault.to_dict() for fault in faults])
    voice.news(_overview(done))
    for path in written[:_SHOWN]:
        voice.news(say("wrote {path}", path=path))
    if len(written) > _SHOWN:
        voice.news(say("... and {n} more in {folder}", n=len(written) - _SHOWN, folder=out))


_SHOWN = 20
"""Reports and files named one by one at the end of a run; more are only counted."""


def _overview(done: Results) -> Table:
    """What was found, a line a report where they are few."""
    from zsie.batch import Tally

    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column(say("report"), overflow="fold")
    for name in fields(Tally):
        table.add_column(say(name.name), justify="right")
    total = Tally()
    for item in done.items:
        tally = done.journal.tally(item)
        total += tally
        if len(done) <= _SHOWN:
            table.add_row(Text(Path(item.name).name), *(f"{n:,}" for n in astuple(tally)))
    if len(done) != 1:
        table.add_section()
        table.add_row(say("{n} reports", n=len(done)), *(f"{n:,}" for n in astuple(total)))
    return table


def _moment(since: str | None) -> dt.datetime | None:
    if since is None:
        return None
    try:
        return dt.datetime.fromisoformat(since)
    except ValueError as error:
        raise ValueError(say("--since {since}: give YYYY-MM-DD or YYYY-MM-DDTHH:MM", since=since)) from error


def _jobs(wanted: int, files: int) -> int:
    """Processes for a run: a process costs a second to start and memory for its model."""
    if wanted:
        return wanted
    return 1 if files < 24 else min(4, os.cpu_count() or 1)
