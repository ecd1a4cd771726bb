"""The command line: one file per command."""

from __future__ import annotations

import sys

import typer

from zsie import __version__
from zsie.cli import check, corpus, doctor, evaluate, evaluate_records, export, parse, train

app = typer.Typer(
    name="zsie",
    help="Projects, amounts, completion rates, officials and events from Chinese investment-promotion work reports.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.command("parse")(parse.parse)
app.command("check")(check.check)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.command("evaluate-records")(evaluate_records.evaluate_records)
app.command("export")(export.export)
app.command("doctor")(doctor.doctor)
app.add_typer(corpus.app, name="corpus")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"zsie {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version and exit."),
) -> None:
    """Projects, amounts, completion rates, officials and events from Chinese work reports."""


def main() -> None:
    """Console entry: survive consoles that cannot show every Chinese character."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
