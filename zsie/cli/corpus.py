"""`zsie corpus`: look after annotated documents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from zsie.cli.voice import complain
from zsie.errors import ZsieError

if TYPE_CHECKING:
    from zsie.corpus import Agreement, Comparison, Fault
    from zsie.schema import Schema
    from zsie.types import Document

app = typer.Typer(
    help="Check, count, split, compare, show and convert annotated documents.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
_Paths = Annotated[list[Path], typer.Argument(help="Annotated files or folders of them, in any known format.")]
_Format = Annotated[str | None, typer.Option("--from", help="Format of the input, where its name does not tell.")]
_Units = Annotated[
    str, typer.Option(help="How the tool counts characters: auto, codepoint, utf16, codepoint-lf, utf16-lf (\\r\\n as one).")
]
_Schema = Annotated[
    Path | None, typer.Option("--schema", help="A schema file (JSON) with your own labels and relations; default: ours.")
]
COLOURS = (
    "cyan",
    "green",
    "magenta",
    "yellow",
    "blue",
    "red",
    "bright_cyan",
    "bright_green",
    "bright_magenta",
    "bright_yellow",
)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn what zsie raises on purpose into a line and exit status 2."""
    try:
        yield
    except ZsieError as error:
        complain(Console(stderr=True), error)
        raise typer.Exit(2) from error


def _schema(path: Path | None) -> Schema:
    from zsie.schema import DEFAULT, Schema

    with _plain_errors():
        return DEFAULT if path is None else Schema.load(path)


def _load(
    paths: list[Path], schema: Path | None, format: str | None = None, units: str = "auto"
) -> tuple[list[Document], list[Fault]]:
    from zsie.corpus import load_corpus

    with _plain_errors():
        return load_corpus(*paths, schema=_schema(schema), format=format, units=units)


def _tell(faults: list[Fault]) -> None:
    for fault in faults:
        typer.echo(str(fault), err=True)


@app.command()
def check(
    paths: _Paths,
    schema: _Schema = None,
    from_: _Format = None,
    units: _Units = "auto",
    hints: Annotated[bool, typer.Option("--hints", help="Also list what is worth a look though often right.")] = False,
) -> None:
    """Validate marks, labels, relations and attributes, and look for known slips against the guidelines.

    `zsie corpus check corpus`

    Exit status 1 when anything is wrong; hints never change it. With `--schema` slips and hints are left out: they are
    against our guidelines, which another label set need not follow.
    """
    from zsie.corpus.slips import HINTS, look

    documents, faults = _load(paths, schema, from_, units)
    if schema is None:
        faults += [slip for document in documents for slip in look(document)]
    for fault in faults:
        typer.echo(str(fault))
    if hints and schema is None:
        for document in documents:
            for hint in look(document, HINTS):
                typer.echo(f"hint: {hint}")
    Console(stderr=True).print(f"{len(documents)} documents, {len(faults)} faults", highlight=False)
    if faults:
        raise typer.Exit(1)


@app.command()
def stats(paths: _Paths, schema: _Schema = None, from_: _Format = None, units: _Units = "auto") -> None:
    """Count documents, characters, entities and relations: `zsie corpus stats corpus`.

    What could not be read is told on standard error and not counted.
    """
    from zsie.corpus import by_prefix
    from zsie.corpus import stats as count

    console = Console()
    documents, faults = _load(paths, schema, from_, units)
    _tell(faults)
    total = count(documents)
    table = Table("", "documents", "characters", "entities", "relations", "per 1,000 characters")
    for name, group in [*by_prefix(documents).items(), ("all", total)]:
        sums = sum(group.entities.values()), sum(group.relations.values())
        table.add_row(
            escape(name), str(group.documents), f"{group.characters:,}", *(f"{n:,}" for n in sums), f"{group.density:.1f}"
        )
    console.print(table)
    console.print(f"in traditional characters {total.traditional}, masked {total.masked}", highlight=False)
    for title, counts in (("entities", total.entities), ("relations", total.relations), ("attributes", total.attributes)):
        console.print(
            f"{title}: " + ", ".join(f"{name} {number:,}" for name, number in counts.items()), highlight=False, markup=False
        )


@app.command()
def split(
    paths: _Paths,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Splits file to write; default: print it.")] = None,
    dev: Annotated[float, typer.Option(help="Share of the documents to watch training by.")] = 0.1,
    test: Annotated[float, typer.Option(help="Share of the documents to report figures on.")] = 0.1,
    whole_authors: Annotated[
        bool, typer.Option("--whole-authors", help="Keep all documents of an author in one split.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Another seed, another draw.")] = 0,
    schema: _Schema = None,
    from_: _Format = None,
    units: _Units = "auto",
) -> None:
    """Propose a train, dev and test split, of every author (the id up to `_`) its share; the same seed gives the same split.

    `zsie corpus split my/reports --dev 0.1 --test 0.2 -o splits.toml`

    Authors with too few documents for a share of their own are pooled, and so are documents whose ids name no author.
    """
    from zsie.corpus import format_splits, propose

    documents, faults = _load(paths, schema, from_, units)
    _tell(faults)
    with _plain_errors():
        splits = propose(documents, {"dev": dev, "test": test}, seed=seed, whole_authors=whole_authors)
    text = format_splits(splits)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    held = sum(map(len, splits.values()))
    counts = ", ".join(f"{name} {len(ids)}" for name, ids in splits.items())
    typer.echo(f"train {len(documents) - held}, {counts}", err=True)


@app.command()
def diff(
    first: Annotated[Path, typer.Argument(help="One annotation: a file or folder.")],
    second: Annotated[Path, typer.Argument(help="The other annotation of the same texts, or a folder of stand-off files.")],
    brief: Annotated[bool, typer.Option("--brief", help="Agreement only, no list of differences.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    schema: _Schema = None,
    from_: _Format = None,
    units: _Units = "auto",
) -> None:
    """Agreement of two annotators by label and relation, strict and by overlap, and every difference in its context.

    `zsie corpus diff corpus/authored corpus/second --brief`

    Documents that one side alone has, or that have another text there, are not compared: they are told on standard error,
    and stand in the JSON as `only_first`, `only_second` and `other_text`.
    """
    from zsie.corpus import attach, compare, is_standoff

    one, faults = _load([first], schema, from_, units)
    single: list[str] = []
    if is_standoff(second):
        with _plain_errors():
            two, more = attach(second, {d.id: d.text for d in one}, schema=_schema(schema))
        # A second annotation is a sample as a rule: the rest is counted, not listed.
        held = {d.id for d in two}
        single = [d.id for d in one if d.id not in held]
        one = [d for d in one if d.id in held]
    else:
        two, more = _load([second], schema, from_, units)
    result, mismatched = compare(one, two)
    faults += more + mismatched
    if json_:
        import json

        data = _as_json(result, [*result.only_first, *single], faults)
        typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        _print(result, brief)
    _tell(faults)
    if single:
        typer.echo(f"{len(single)} documents of the first set have no second annotation that fits", err=True)


def _as_json(result: Comparison, only_first: list[str], faults: list[Fault]) -> dict[str, object]:
    tables = (
        ("entities", {"micro": result.entity_total, **result.entities}),
        ("relations", {"micro": result.relation_total, **result.relations}),
        ("attributes", result.attributes),
    )
    return {
        "documents": result.documents,
        "only_first": only_first,
        "only_second": list(result.only_second),
        "other_text": list(result.other_text),
        "faults": [str(fault) for fault in faults],
        **{
            name: {
                kind: {"f1": round(a.f1, 4), "overlap_f1": round(a.overlap_f1, 4), "first": a.first, "second": a.second}
                for kind, a in table.items()
            }
            for name, table in tables
        },
    }


def _print(result: Comparison, brief: bool) -> None:
    if not brief:
        for difference in result.differences:
            typer.echo(str(difference))
    table = Table(
        "",
        "strict F1",
        "overlap F1",
        "first",
        "second",
        title=f"agreement on {result.documents} documents",
        title_justify="left",
    )
    for rows in (
        {**result.entities, "all entities": result.entity_total},
        {**result.relations, "all relations": result.relation_total},
        result.attributes,
    ):
        for name, a in rows.items():
            table.add_row(*_agreement(name, a), style="bold" if name.startswith("all ") else None)
        table.add_section()
    Console().print(table)


def _agreement(name: str, a: Agreement) -> tuple[str, ...]:
    return escape(name), f"{a.f1:.4f}", f"{a.overlap_f1:.4f}", str(a.first), str(a.second)


@app.command()
def show(
    paths: _Paths,
    id_: Annotated[str | None, typer.Option("--id", help="Only the document of this id.")] = None,
    schema: _Schema = None,
    from_: _Format = None,
    units: _Units = "auto",
) -> None:
    """Print documents with coloured marks, and their relations in words: `zsie corpus show corpus/authored/a1_01.ann.txt`."""
    documents, faults = _load(paths, schema, from_, units)
    _tell(faults)
    console = Console(highlight=False)
    chosen = [d for d in documents if id_ in (None, d.id)]
    if not chosen:
        typer.echo(f"no document {id_!r} there", err=True)
        raise typer.Exit(2)
    colour = {label: COLOURS[i % len(COLOURS)] for i, label in enumerate(_schema(schema).labels)}
    for document in chosen:
        console.rule(escape(document.id))
        text, last = Text(), 0
        for e in sorted(document.entities, key=lambda e: e.start):
            extra = "".join(f" {value}" for value in e.attributes.values())
            text.append(document.text[last : e.start])
            text.append(f"[{e.text}]", style=f"bold {colour[e.label]}")
            text.append(f"{e.label}#{e.id}{extra}", style=f"dim {colour[e.label]}")
            last = e.end
        text.append(document.text[last:])
        console.print(text, soft_wrap=True)
        for r in document.relations:
            console.print(f"  {r.type}: {r.head.text} → {r.tail.text}", markup=False)


@app.command()
def convert(
    paths: _Paths,
    out: Annotated[Path, typer.Option("-o", "--out", help="A folder for ann and brat, a file for the others.")],
    to: Annotated[str, typer.Option("--to", help="ann, jsonl, labelstudio, doccano, brat, conll or docbin.")],
    from_: _Format = None,
    units: _Units = "auto",
    schema: _Schema = None,
) -> None:
    """Convert between annotation formats, offsets exact.

    `zsie corpus convert project-export.json --to ann -o my/reports`

    `zsie corpus convert corpus/authored --to labelstudio -o tasks.json`

    Spans that do not fit their text are told and left out; exit status 1 then.
    """
    from zsie.corpus.formats import write_files

    documents, faults = _load(paths, schema, from_, units)
    with _plain_errors():
        write_files(documents, out, format=to)
    _tell(faults)
    typer.echo(f"{len(documents)} documents in {out}, {len(faults)} faults", err=True)
    if faults:
        raise typer.Exit(1)


@app.command()
def detach(
    paths: _Paths,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the stand-off files.")],
    schema: _Schema = None,
    from_: _Format = None,
    units: _Units = "auto",
) -> None:
    """Write annotation without the texts: `zsie corpus detach reports --out standoff`.

    What could not be read is told and left out; exit status 1 then.
    """
    from zsie.corpus import detach as run

    documents, faults = _load(paths, schema, from_, units)
    with _plain_errors():
        written = run(documents, out)
    _tell(faults)
    typer.echo(f"{len(written)} files in {out}, {len(faults)} faults", err=True)
    if faults:
        raise typer.Exit(1)


@app.command()
def attach(
    standoff: Annotated[Path, typer.Argument(help="Folder of stand-off files.")],
    texts: Annotated[Path, typer.Option(help="Folder that holds <id>.txt for each of them.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the joined .ann.txt files.")],
    schema: _Schema = None,
) -> None:
    """Join stand-off annotation with its texts: `zsie corpus attach corpus/summaries --texts DIR --out joined`."""
    from zsie.corpus import attach as run
    from zsie.corpus.formats import write_files

    with _plain_errors():
        documents, faults = run(standoff, texts, schema=_schema(schema))
        write_files(documents, out, format="ann")
    _tell(faults)
    typer.echo(f"{len(documents)} documents in {out}, {len(faults)} faults", err=True)
    if faults:
        raise typer.Exit(1)
