"""`zsie doctor`: what is here, what works, what is missing."""

from __future__ import annotations

import os
import platform
import sys
import time
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zsie import __version__
from zsie.cli.voice import print_json
from zsie.messages import language, say

_TRIAL = "1～6月，全县引进项目25个，到位资金4.34亿元。"
_PARSING = ("numpy", "onnxruntime", "tokenizers", "pandas", "xlsxwriter")
_READERS = {".docx": "python-docx", ".pdf": "pypdfium2", ".html": "trafilatura"}
_EXTRAS = {"spacy": "spacy", "train": "torch"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `needed` ones decide the exit status."""

    name: str
    ok: bool
    found: str
    remedy: str = ""
    needed: bool = False


def doctor(
    model: Annotated[str | None, typer.Option(help="A model folder, or the name of a shipped model.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """Look at the environment, the model and the optional readers, and say what to install for what is missing.

    `zsie doctor`

    Exit status: 0 reports can be parsed, 1 they cannot.
    """
    checks = [*_environment(), _model(model), *_readers(), *_extras()]
    if json_:
        for check in checks:
            print_json(asdict(check))
    else:
        Console(highlight=False).print(_table(checks))
    if any(check.needed and not check.ok for check in checks):
        raise typer.Exit(1)


def _table(checks: list[Check]) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        mark, style = ("+", "green") if check.ok else ("!", "red") if check.needed else ("-", "yellow")
        told = check.found if check.ok or not check.remedy else f"{check.found}; {check.remedy}"
        table.add_row(Text(mark, style=style), Text(check.name), Text(told))
    return table


def _environment() -> list[Check]:
    python = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    encoding = sys.stdout.encoding or "?"
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    checks = [
        Check("zsie", True, __version__),
        Check("Python", True, python),
        Check(say("processors"), True, str(processors)),
        Check(say("console"), True, say("{encoding}, messages in {language}", encoding=encoding, language=language())),
    ]
    for package in _PARSING:
        found = _version(package)
        checks.append(Check(package, found is not None, found or say("not installed"), say("install zsie again"), needed=True))
    return checks


def _model(name: str | None) -> Check:
    """Load the model and parse a sentence with it."""
    from zsie.errors import ZsieError

    title = say("model")
    try:
        from zsie.api import load

        parser = load(name)
        size = sum(map(len, parser.model.files.values()))
        start = time.perf_counter()
        report = parser.parse(_TRIAL)
        seconds = time.perf_counter() - start
    except ZsieError as error:
        return Check(title, False, str(error), needed=True)
    except Exception as error:
        told = say("does not run ({error})", error=f"{type(error).__name__}: {error}")
        return Check(title, False, told, say("install zsie again"), needed=True)
    facts = say(
        "{name} {version}, {size} MB, found {n} entities in a trial sentence in {seconds} s",
        name=parser.model.name,
        version=parser.model.version,
        size=-(-size // 2**20),
        n=len(report.entities),
        seconds=f"{seconds:.1f}",
    )
    return Check(title, bool(report.entities), facts, say("try another model"), needed=True)


def _readers() -> list[Check]:
    from zsie.read import libreoffice

    checks = [Check(".txt .zip", True, say("always read"))]
    for suffix, package in _READERS.items():
        found = _version(package)
        told = f"{package} {found}" if found else say("{package} is not installed", package=package)
        checks.append(Check(suffix, found is not None, told, "pip install 'zsie[docs-in]'"))
    program = libreoffice()
    told = program or say("LibreOffice is not installed")
    checks.append(
        Check(".doc .wps .rtf .odt", program is not None, told, say("install LibreOffice, or save such files as .docx"))
    )
    return checks


def _extras() -> list[Check]:
    checks = []
    for extra, package in _EXTRAS.items():
        found = _version(package)
        told = f"{package} {found}" if found else say("not installed")
        checks.append(Check(f"zsie[{extra}]", found is not None, told, f"pip install 'zsie[{extra}]'"))
    return checks


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
