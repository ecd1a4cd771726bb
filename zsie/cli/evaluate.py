"""`zsie evaluate`: score a model on annotated documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zsie.cli.voice import complain
from zsie.errors import ZsieError
from zsie.messages import language, say
from zsie.render.words import word

if TYPE_CHECKING:
    from zsie.training.evaluate import Comparison, Evaluation
    from zsie.training.metrics import Score


def evaluate(
    model: Annotated[str, typer.Argument(help="A model folder, or the name of a shipped model (default).")],
    paths: Annotated[list[Path], typer.Argument(help="Annotated documents: files or folders.")],
    splits: Annotated[Path | None, typer.Option(help="A splits file to choose from.")] = None,
    part: Annotated[str, typer.Option(help="The split to score, with --splits.")] = "test",
    other: Annotated[str | None, typer.Option("--compare", help="A second model, scored beside it with a paired test.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page of the errors in their context.")] = None,
    seqeval: Annotated[bool, typer.Option("--seqeval", help="Print seqeval's own strict report too.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score a model end to end: strict spans, relations from predicted entities, all gold counted.

    `zsie evaluate default ../shared/summaries`

    `zsie evaluate build/model corpus/authored --splits corpus/splits.toml --compare default --html errors.html`

    Intervals are bootstrapped by document. Needs the extra `[train]` only for `--seqeval`.
    """
    warn = Console(stderr=True, highlight=False)
    try:
        from zsie.api import load
        from zsie.corpus import load_corpus, load_parts
        from zsie.errors import CorpusError
        from zsie.training.evaluate import compare, scored, seqeval_report
        from zsie.training.evaluate import evaluate as run
        from zsie.training.metrics import figures

        parser = load(model)
        if splits is None:
            documents, faults = load_corpus(*paths, schema=parser.model.schema)
        else:
            parts, faults = load_parts(*paths, splits=splits, schema=parser.model.schema)
            if part not in parts:
                known = ", ".join(parts)
                raise CorpusError(say("{path}: no split {name}; --part takes {known}", path=splits, name=part, known=known))
            documents = parts[part]
        for fault in faults:
            warn.print(Text(str(fault), style="yellow"), soft_wrap=True)
        if not documents:
            where = ", ".join(map(str, paths))
            raise CorpusError(
                say("{paths}: no annotated document to score; give .ann.txt files or another --part", paths=where)
            )
        result = run(parser, documents)
        rival = None if other is None else load(other)
        second = None if rival is None else scored(rival, documents, rival.model.schema)[1]
    except ZsieError as error:
        complain(warn, error)
        raise typer.Exit(2) from error
    if html is not None:
        from zsie.training.errors_page import page

        title = f"{parser.model.name} {parser.model.version}: errors on {len(documents)} documents"
        html.write_text(page(title, documents, result.predictions), encoding="utf-8")
    pairs: dict[str, Comparison] = {}
    if second is not None:
        for name, micro in (("entities", "entity_micro"), ("relations", "relation_micro")):
            ours = [getattr(s, micro) for _, s in result.documents]
            pairs[name] = compare(ours, [getattr(s, micro) for s in second])
    if json_:
        data: dict[str, Any] = {
            "model": {"name": parser.model.name, "version": parser.model.version},
            "documents": len(documents),
            **figures(result.scores),
            "from_gold_entities": {k: v for k, v in figures(result.linked).items() if k in ("relations", "attributes")},
            "unreachable": result.unreachable,
            "confidence": _confidence(result),
            "interval95": dict(zip(("entities", "relations"), _intervals(result), strict=True)),
        }
        if second is not None:
            data["compared"] = {
                "with": other,
                **{name: {"difference": round(c.difference, 4), "p": round(c.p, 4)} for name, c in pairs.items()},
            }
        typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False)
    characters = sum(len(d.text) for d in documents)
    named_model = f"{parser.model.name} {parser.model.version}"
    facts = {"model": named_model, "documents": len(documents), "characters": f"{characters:,}"}
    console.print(Text(say("{model} on {documents} documents, {characters} characters", **facts)))
    _tables(console, result)
    if seqeval:
        console.print(Text(seqeval_report(documents, result.predictions)))
    for name, c in pairs.items():
        told = say(
            "{name}: {difference} F1 against {other} (paired randomisation by document: p = {p})",
            name=word("tables", name, language()),
            difference=f"{c.difference:+.4f}",
            other=other,
            p=f"{c.p:.3f}",
        )
        console.print(Text(told))
    if html is not None:
        console.print(Text(say("wrote {path}", path=html)))


def _intervals(result: Evaluation) -> tuple[tuple[float, float], tuple[float, float]]:
    from zsie.training.evaluate import interval

    return (
        interval([s.entity_micro for _, s in result.documents]),
        interval([s.relation_micro for _, s in result.documents]),
    )


def _confidence(result: Evaluation) -> dict[str, Any]:
    """Calibration error, and what is left when only the sure finds are kept."""
    from zsie.training.calibration import THRESHOLDS

    told = {}
    for name, judged in zip(("entities", "relations"), result.confidence, strict=True):
        kept = {
            str(t): {"precision": round(s.precision, 4), "recall": round(s.recall, 4)}
            for t in THRESHOLDS
            for s in [judged.at(t)]
        }
        told[name] = {"expected_calibration_error": round(judged.expected_error(), 4), "at": kept}
    return told


def _tables(console: Console, result: Evaluation) -> None:
    scores, linked = result.scores, result.linked
    entity_range, relation_range = _intervals(result)
    title = say("entities, strict spans")
    console.print(_table(title, scores.entities, {f"micro {_range(entity_range)}": scores.entity_micro}))
    summary = {
        f"micro {_range(relation_range)}": scores.relation_micro,
        say("whatever the labels"): scores.relation_boundaries,
        say("from gold entities"): linked.relation_micro,
    }
    console.print(_table(say("relations, from predicted entities"), scores.relations, summary))
    if scores.attributes:
        given = {f"{name} · {say('from gold entities')}": score for name, score in linked.attributes.items()}
        console.print(_table(say("attributes marked in gold"), scores.attributes, given))
    for name, told in _confidence(result).items():
        facts = {"name": word("tables", name, language()), "error": f"{told['expected_calibration_error']:.3f}"}
        table = Table(title=say("{name}: calibration error {error}", **facts), title_justify="left")
        for heading in (say("confidence at least"), say("precision"), say("recall")):
            table.add_column(heading, justify="right")
        for threshold, figures in told["at"].items():
            table.add_row(threshold, f"{figures['precision']:.4f}", f"{figures['recall']:.4f}")
        console.print(table)
    lost, gold = result.unreachable, (scores.entity_micro.gold, scores.relation_micro.gold)
    console.print(
        Text(
            say(
                "beyond the model's reach: {entities} of {all_entities} entities, {relations} of {all_relations} relations",
                entities=lost["entities"],
                all_entities=gold[0],
                relations=lost["relations"],
                all_relations=gold[1],
            )
        )
    )


def _range(bounds: tuple[float, float]) -> str:
    return f"(95 %: {bounds[0]:.3f}-{bounds[1]:.3f})"


def _table(title: str, scores: dict[str, Score], summary: dict[str, Score]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for heading in (say("precision"), say("recall"), "F1", say("gold"), say("found")):
        table.add_column(heading, justify="right")
    for name, score in scores.items():
        table.add_row(Text(name), *_cells(score))
    table.add_section()
    for n, (name, score) in enumerate(summary.items()):
        table.add_row(Text(name), *_cells(score), style="bold" if n == 0 else None)
    return table


def _cells(score: Score) -> tuple[str, ...]:
    return f"{score.precision:.4f}", f"{score.recall:.4f}", f"{score.f1:.4f}", str(score.gold), str(score.found)
