"""`zsie corpus`: look after annotated documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from zsie.errors import ZsieError

app = typer.Typer(help="Check and count annotated documents.", no_args_is_help=True, rich_markup_mode="markdown")
_Paths = Annotated[list[Path], typer.Argument(help="Annotated files (.ann.txt) or folders of them.")]


@app.command()
def check(paths: _Paths) -> None:
    """Validate marks, labels, relations and attributes: `zsie corpus check corpus`. Exit status 1 when anything is wrong."""
    from zsie.corpus import load_corpus

    console = Console(stderr=True)
    try:
        documents, faults = load_corpus(*paths)
    except ZsieError as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(2) from error
    for fault in faults:
        typer.echo(str(fault))
    console.print(f"{len(documents)} documents, {len(faults)} faults", highlight=False)
    if faults:
        raise typer.Exit(1)


@app.command()
def stats(paths: _Paths) -> None:
    """Count documents, characters, entities and relations: `zsie corpus stats corpus`."""
    from zsie.corpus import by_prefix, load_corpus
    from zsie.corpus import stats as count

    console = Console()
    try:
        documents, _ = load_corpus(*paths)
    except ZsieError as error:
        Console(stderr=True).print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(2) from error
    total = count(documents)
    table = Table("", "documents", "characters", "entities", "relations", "per 1,000 characters")
    for name, group in [*by_prefix(documents).items(), ("all", total)]:
        sums = sum(group.entities.values()), sum(group.relations.values())
        table.add_row(name, str(group.documents), f"{group.characters:,}", *(f"{n:,}" for n in sums), f"{group.density:.1f}")
    console.print(table)
    for title, counts in (("entities", total.entities), ("relations", total.relations), ("attributes", total.attributes)):
        console.print(f"{title}: " + ", ".join(f"{name} {number:,}" for name, number in counts.items()), highlight=False)


@app.command()
def detach(paths: _Paths, out: Annotated[Path, typer.Option(help="Folder for the stand-off files.")]) -> None:
    """Write annotation without the texts: `zsie corpus detach reports --out standoff`."""
    from zsie.corpus import detach as run
    from zsie.corpus import load_corpus

    try:
        documents, _ = load_corpus(*paths)
    except ZsieError as error:
        Console(stderr=True).print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(2) from error
    typer.echo(f"{len(run(documents, out))} files in {out}")


@app.command()
def attach(
    standoff: Annotated[Path, typer.Argument(help="Folder of stand-off files.")],
    texts: Annotated[Path, typer.Option(help="Folder that holds <id>.txt for each of them.")],
    out: Annotated[Path, typer.Option(help="Folder for the joined .ann.txt files.")],
) -> None:
    """Join stand-off annotation with its texts: `zsie corpus attach corpus/summaries --texts DIR --out joined`."""
    from zsie.corpus import attach as run
    from zsie.corpus import format_ann

    try:
        documents, faults = run(standoff, texts)
    except ZsieError as error:
        Console(stderr=True).print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(2) from error
    out.mkdir(parents=True, exist_ok=True)
    for document in documents:
        (out / f"{document.id}.ann.txt").write_text(format_ann(document), encoding="utf-8")
    for fault in faults:
        typer.echo(str(fault))
    typer.echo(f"{len(documents)} documents in {out}, {len(faults)} faults")
    if faults:
        raise typer.Exit(1)
