"""`zsie check`: do the figures that reports state agree with each other?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from zsie.cli.voice import Voice, print_json
from zsie.errors import ZsieError
from zsie.messages import language, say
from zsie.render.words import word

if TYPE_CHECKING:
    from zsie.api import Parser
    from zsie.audit import Evidence, Finding
    from zsie.batch import Fault, Item
    from zsie.read import Source
    from zsie.report import Report

_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan", "ok": "green"}
_BEFORE, _AFTER = 18, 8
_ANNOTATED = ".ann.txt"


@dataclass(frozen=True)
class Checked:
    """A file's report and where it came from."""

    name: str
    report: Report
    source: Source
    findings: tuple[Finding, ...]
    warning: Fault | None = None
    """What of the file could not be read."""


def check(
    paths: Annotated[
        list[str],
        typer.Argument(help="Files, folders, patterns (quoted: 'reports/**/*.docx'), zip archives; - reads standard input."),
    ],
    every: Annotated[bool, typer.Option("--all", help="Also list the comparisons that hold.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON line a file.")] = False,
    date: Annotated[str | None, typer.Option(help="The reports' date, YYYY-MM-DD.")] = None,
    model: Annotated[str | None, typer.Option(help="A model folder, or the name of a shipped model.")] = None,
) -> None:
    """Check the arithmetic of reports: parts against totals, rates against figures, shares, lists, periods.

    `zsie check report.docx` lists the figures that contradict each other, with the sum and the places in the file;

    `zsie check reports/ --json` prints {"file", "compared", "findings": [...]} for each file that could be read.

    Reads what `zsie parse` reads. An annotated document (.ann.txt) is checked as annotated, without the model. Masked and
    approximate figures are never compared.

    Exit status: 0 nothing contradicts; 1 something does; 2 a file could not be read, or the command is wrong.
    """
    from zsie.api import load, parse_date
    from zsie.batch import Fault, find

    voice, console = Voice(), Console(highlight=False)
    compared = contradicting = files = 0
    try:
        parse_date(date)
        parser = load(model)
        found = find(paths, stdin=sys.stdin.buffer.read() if "-" in paths else None)
    except (ZsieError, ValueError) as error:
        voice.fault(Fault("", str(error), ""))
        raise typer.Exit(2) from error
    faults, warnings = [*found.faults], []
    for outcome in _checked(parser, found.items, date):
        if isinstance(outcome, Fault):
            faults.append(outcome)
            continue
        files += 1
        warnings += [outcome.warning] if outcome.warning else []
        compared += len(outcome.findings)
        contradicting += sum(not f.agrees for f in outcome.findings)
        shown = [f for f in outcome.findings if every or not f.agrees]
        if as_json:
            print_json({"file": outcome.name, "compared": len(outcome.findings), "findings": _data(outcome, shown)})
        elif shown:
            console.print(_picture(outcome, shown))
    for fault in [*faults, *warnings]:
        voice.fault(fault)
    if not as_json:
        numbers = {"files": files, "compared": compared, "contradicting": contradicting}
        console.print(Text(say("files: {files}, comparisons: {compared}, contradictions: {contradicting}", **numbers)))
    raise typer.Exit(2 if faults else 1 if contradicting else 0)


def _checked(parser: Parser, items: tuple[Item, ...], date: str | None) -> Iterator[Checked | Fault]:
    """Each file's findings, or why there are none; one file in memory at a time."""
    from zsie.batch import Fault, Settings
    from zsie.batch.journal import unpack
    from zsie.batch.run import work

    for item in items:
        if item.name.endswith(_ANNOTATED) and item.member is None:
            try:
                yield _annotated(item, date)
            except ZsieError as error:
                yield Fault(item.name, str(error), "")
            continue
        (outcome,) = work(parser, (item,), Settings(date=date))
        if outcome.packed is None:
            yield outcome.fault or Fault(item.name, "", "")
            continue
        report, source = unpack(outcome.packed)
        yield Checked(item.name, report, source, report.check(agreeing=True), outcome.fault)


def _annotated(item: Item, date: str | None) -> Checked:
    """A document with the annotation that stands in it; places are those of the text without marks."""
    from zsie.api import parse_date
    from zsie.assemble import assemble
    from zsie.corpus import read_ann
    from zsie.read import Source
    from zsie.text import clean

    document, _ = read_ann(Path(item.path or item.name))
    report = assemble(clean(document.text), document, date=parse_date(date), model={})
    return Checked(item.name, report, Source(item.name, item.path, "txt"), report.check(agreeing=True))


def _data(checked: Checked, findings: list[Finding]) -> list[dict[str, object]]:
    found = []
    for finding in findings:
        data = finding.to_dict()
        for evidence in data["evidence"]:
            evidence["citation"] = _cite(checked, evidence["start"], evidence["end"])
        found.append(data)
    return found


def _cite(checked: Checked, start: int, end: int) -> str:
    return checked.source.cite(start, end).removeprefix(f"{checked.source.name} · ")


def _picture(checked: Checked, findings: list[Finding]) -> Group:
    """A file's findings, each with its evidence below it."""
    parts: list[Text | Padding] = [Text(checked.name, "bold underline", overflow="fold")]
    for finding in findings:
        severity = (_word(finding.severity), _STYLES[finding.severity])
        head = Text.assemble(severity, f" {_word(finding.kind)}  ", (finding.arithmetic, "bold"))
        head.append("  (" + say("confidence {confidence}", confidence=f"{finding.confidence:.2f}") + ")", "dim")
        table = Table.grid(padding=(0, 2))
        table.add_column(style="cyan")
        table.add_column(overflow="fold")
        table.add_column(style="dim", overflow="fold")
        for evidence in finding.evidence:
            place = Text(_cite(checked, evidence.start, evidence.end))
            table.add_row(_word(evidence.role), _around(checked.report.text, evidence), place)
        parts += [Padding(head, (0, 0, 0, 1)), Padding(table, (0, 0, 1, 4))]
    return Group(*parts)


def _word(code: str) -> str:
    """A severity, kind or role as people read it."""
    return word("values", code, language())


def _around(text: str, evidence: Evidence) -> Text:
    """A figure in its surroundings, on one line."""

    def flat(start: int, end: int) -> str:
        return "".join(text[max(0, start) : end].split())

    line = Text(f"…{flat(evidence.start - _BEFORE, evidence.start)}", "dim")
    line.append(flat(evidence.start, evidence.end), "bold not dim")
    line.append(f"{flat(evidence.end, evidence.end + _AFTER)}…")
    return line
