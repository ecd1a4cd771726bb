"""`zsie evaluate-records`: score joined records against gold records made by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from zsie.cli.voice import complain
from zsie.errors import CorpusError, ZsieError
from zsie.messages import say

if TYPE_CHECKING:
    from zsie.training.records import RecordScores


def evaluate_records(
    model: Annotated[str, typer.Argument(help="A model folder, or the name of a shipped model (default).")],
    records: Annotated[Path, typer.Argument(help="Folder of gold records, <document>.json.")],
    corpus: Annotated[Path, typer.Argument(help="Folder of the annotated documents they belong to.")],
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    show: Annotated[bool, typer.Option("--differences", help="List what the joining of gold annotation gets wrong.")] = False,
) -> None:
    """Score records twice: joined from the gold annotation (the joining alone), and from the model's (end to end).

    `zsie evaluate-records default corpus/records corpus/authored`
    """
    console, warn = Console(), Console(stderr=True)
    try:
        from zsie.api import load
        from zsie.assemble import assemble
        from zsie.corpus import read_ann
        from zsie.text import clean
        from zsie.training.records import differences, read_records, score_records

        gold = read_records(records)
        documents = []
        for one in gold:
            path = corpus / f"{one.id}.ann.txt"
            if not path.is_file():
                raise CorpusError(
                    say("{path}: no such document; {needed_by} needs it", path=path, needed_by=records / f"{one.id}.json")
                )
            documents.append(read_ann(path)[0])
        parser = load(model)
    except ZsieError as error:
        complain(warn, error)
        raise typer.Exit(2) from error
    joined = [assemble(clean(d.text), d, date=None, model={}) for d in documents]
    predicted = list(parser.stream(d.text for d in documents))
    scores = {
        "joined from gold annotation": score_records(zip(joined, gold, strict=True)),
        f"end to end, {parser.model.name} {parser.model.version}": score_records(zip(predicted, gold, strict=True)),
    }
    if json_:
        data = {title: _plain(score) for title, score in scores.items()}
        typer.echo(json.dumps({"documents": len(gold), **data}, ensure_ascii=False, indent=1))
        return
    console.print(f"{len(gold)} documents", highlight=False)
    for title, score in scores.items():
        console.print(_table(title, score))
    if show:
        for report, one in zip(joined, gold, strict=True):
            for sign, facts in zip("-+", differences(report, one), strict=True):
                for fact in facts:
                    console.print(escape(f"{one.id} {sign} {' | '.join(fact)}"), highlight=False, soft_wrap=True)


def _table(title: str, scores: RecordScores) -> Table:
    from zsie.training.metrics import Score

    # Nine columns, side by side without padding, fit a terminal of 80 characters.
    table = Table(title=escape(title), title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    table.add_column("")
    for what in ("rows", "cells"):
        for heading in ("precision", "recall", "F1", "gold"):
            table.add_column(f"{what}\n{heading}", justify="right")
    for name in scores.rows:
        table.add_row(name, *_figures(scores.rows[name]), *_figures(scores.cells[name]))
    table.add_section()
    rows, cells = (sum(s.values(), Score()) for s in (scores.rows, scores.cells))
    table.add_row("all", *_figures(rows), *_figures(cells), style="bold")
    return table


def _figures(score: object) -> tuple[str, ...]:
    from zsie.training.metrics import Score

    assert isinstance(score, Score)
    return f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}", str(score.gold)


def _plain(scores: RecordScores) -> dict[str, dict[str, dict[str, float]]]:
    return {
        what: {
            name: {"precision": round(s.precision, 4), "recall": round(s.recall, 4), "f1": round(s.f1, 4), "gold": s.gold}
            for name, s in part.items()
        }
        for what, part in (("rows", scores.rows), ("cells", scores.cells))
    }
