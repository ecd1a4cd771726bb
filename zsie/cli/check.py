"""`zsie check`: do the figures that a report states agree with each other?"""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from zsie.errors import ReadError, ZsieError

if TYPE_CHECKING:
    from zsie.audit import Finding
    from zsie.report import Report

_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan", "ok": "green"}
_AROUND = 28


class Output(str, Enum):
    """How to print findings."""

    text = "text"
    jsonl = "jsonl"


def check(
    paths: Annotated[list[Path], typer.Argument(help="Report files: text, or annotated documents (.ann.txt).")],
    every: Annotated[bool, typer.Option("--all", help="Also list the comparisons that hold.")] = False,
    output: Annotated[Output, typer.Option("-f", "--format", help="Text for people, or a JSON line a finding.")] = Output.text,
    date: Annotated[str | None, typer.Option(help="The reports' date, YYYY-MM-DD.")] = None,
    model: Annotated[str | None, typer.Option(help="A model folder, or the name of a shipped model.")] = None,
) -> None:
    """Check the arithmetic of reports: parts against totals, rates against figures, shares, periods.

    `zsie check report.txt` lists the figures that contradict each other, with the sum and the places in the text.
    An annotated document is checked as annotated, without the model. Masked and approximate figures are never compared.
    Exit status: 0 nothing contradicts, 1 something does, 2 a file could not be read.
    """
    from zsie.api import parse_date

    console, warn = Console(soft_wrap=True), Console(stderr=True)
    try:
        parse_date(date)
    except ValueError as error:
        warn.print(f"[red]{escape(str(error))}[/red]", highlight=False)
        raise typer.Exit(2) from error
    compared = contradicting = unread = 0
    for path in paths:
        try:
            report = _report(path, date, model)
        except (ZsieError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            warn.print(f"[red]{escape(f'{path}: {reason}')}[/red]", highlight=False)
            unread += 1
            continue
        findings = report.check(agreeing=True)
        compared += len(findings)
        contradicting += sum(not f.agrees for f in findings)
        for finding in findings:
            if every or not finding.agrees:
                _show(console, path, report, finding, output)
    if output is Output.text:
        console.print(f"comparisons: {compared}, contradictions: {contradicting}", highlight=False)
    raise typer.Exit(2 if unread else 1 if contradicting else 0)


def _report(path: Path, date: str | None, model: str | None) -> Report:
    from zsie.api import load, parse_date
    from zsie.assemble import assemble
    from zsie.corpus import read_ann
    from zsie.text import clean, decode

    if path.name.endswith(".ann.txt"):
        document, _ = read_ann(path)
        return assemble(clean(document.text), document, date=parse_date(date), model={})
    text = decode(path.read_bytes()).text
    if not text.strip():
        raise ReadError("the file is empty; give a report's text")
    return load(model).parse(text, date=date)


def _show(console: Console, path: Path, report: Report, finding: Finding, output: Output) -> None:
    if output is Output.jsonl:
        typer.echo(json.dumps({"file": str(path), **finding.to_dict()}, ensure_ascii=False))
        return
    first = finding.evidence[0]
    line = report.text.count("\n", 0, first.start) + 1
    head = Text(f"{path}:{line}: ")
    head.append(finding.severity, _STYLES[finding.severity])
    head.append(f" {finding.kind}  {finding.arithmetic}  (confidence {finding.confidence:.2f})")
    console.print(head, highlight=False)
    for evidence in finding.evidence:
        console.print(_place(report.text, evidence.role, evidence.start, evidence.end), highlight=False)


def _place(text: str, role: str, start: int, end: int) -> Text:
    """A figure in its surroundings, on one line."""
    left = " ".join(text[max(0, start - _AROUND) : start].split("\n"))
    right = " ".join(text[end : end + _AROUND // 2].split("\n"))
    line = Text(f"    {role:<8} {start:>6}  …{left}", "dim")
    line.append(" ".join(text[start:end].split("\n")), "bold not dim")
    line.append(f"{right}…", "dim")
    return line
