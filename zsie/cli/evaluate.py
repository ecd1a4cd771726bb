"""`zsie evaluate`: score a model on annotated documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from zsie.errors import ZsieError

if TYPE_CHECKING:
    from zsie.training.metrics import Score


def evaluate(
    model: Annotated[str, typer.Argument(help="A model folder, or the name of a shipped model (default).")],
    paths: Annotated[list[Path], typer.Argument(help="Annotated documents: files or folders.")],
    splits: Annotated[Path | None, typer.Option(help="A splits file to choose from.")] = None,
    part: Annotated[str, typer.Option(help="The split to score, with --splits.")] = "test",
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score a model end to end: strict spans, relations from predicted entities, all gold counted.

    `zsie evaluate default ../shared/summaries`
    """
    console = Console()
    try:
        from zsie.api import load
        from zsie.corpus import load_corpus, read_splits, split
        from zsie.training.evaluate import evaluate as run
        from zsie.training.evaluate import interval
        from zsie.training.metrics import figures

        parser = load(model)
        documents, faults = load_corpus(*paths, schema=parser.model.schema)
        if splits is not None:
            documents = split(documents, read_splits(splits)).get(part, [])
    except ZsieError as error:
        Console(stderr=True).print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(2) from error
    for fault in faults:
        Console(stderr=True).print(f"[yellow]{fault}[/yellow]", highlight=False)
    result = run(parser, documents)
    scores = result.scores
    entity_range = interval([s.entity_micro for _, s in result.documents])
    relation_range = interval([s.relation_micro for _, s in result.documents])
    if json_:
        import json

        data = {
            "model": {"name": parser.model.name, "version": parser.model.version},
            "documents": len(documents),
            **figures(scores),
            "interval95": {"entities": entity_range, "relations": relation_range},
        }
        typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return
    characters = sum(len(d.text) for d in documents)
    console.print(
        f"{parser.model.name} {parser.model.version} on {len(documents)} documents, {characters:,} characters", highlight=False
    )
    console.print(_table("entities, strict spans", scores.entities, scores.entity_micro, entity_range))
    console.print(_table("relations, from predicted entities", scores.relations, scores.relation_micro, relation_range))
    if scores.attributes:
        console.print(_table("attributes marked in gold", scores.attributes, None, None))


def _table(title: str, scores: dict[str, Score], micro: Score | None, bounds: tuple[float, float] | None) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for heading in ("precision", "recall", "F1", "gold", "found"):
        table.add_column(heading, justify="right")
    rows = list(scores.items())
    for name, score in rows:
        table.add_row(name, *_cells(score))
    if micro is not None and bounds is not None:
        table.add_section()
        table.add_row(f"micro (95 %: {bounds[0]:.3f}-{bounds[1]:.3f})", *_cells(micro), style="bold")
    return table


def _cells(score: Score) -> tuple[str, ...]:
    return f"{score.precision:.4f}", f"{score.recall:.4f}", f"{score.f1:.4f}", str(score.gold), str(score.found)
