"""An HTML page of a model's errors, each in its context: what analysts and annotators look at first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from zsie.training.metrics import keys
from zsie.types import Document, Entity, Relation

CONTEXT = 28
"""Characters shown on either side of a span."""


@dataclass(frozen=True)
class Error:
    """One entity or relation that is not as in gold."""

    document: str
    kind: str
    """`missed`, `invented`, `label` (right span, wrong label), `edges` (right label, other edges); relations: `missed`, `invented`."""
    name: str
    gold: str
    found: str
    context: tuple[str, str, str]
    """Before, the span, after; on one line."""


def errors(gold: Document, predicted: Document) -> Iterator[Error]:
    """Errors of one document: its entities by place, then its relations."""
    text = gold.text
    right = {(e.label, e.start, e.end) for e in gold.entities} & {(e.label, e.start, e.end) for e in predicted.entities}
    missed = [e for e in gold.entities if (e.label, e.start, e.end) not in right]
    invented = [e for e in predicted.entities if (e.label, e.start, e.end) not in right]
    paired: set[int] = set()
    rows: list[tuple[int, Error]] = []
    for entity in missed:
        twin = next((i for i, e in enumerate(invented) if i not in paired and _twins(entity, e)), None)
        if twin is None:
            rows.append((entity.start, _error(gold.id, "missed", text, entity, None)))
            continue
        paired.add(twin)
        kind = "label" if (invented[twin].start, invented[twin].end) == (entity.start, entity.end) else "edges"
        rows.append((entity.start, _error(gold.id, kind, text, entity, invented[twin])))
    rows += [(e.start, _error(gold.id, "invented", text, None, e)) for i, e in enumerate(invented) if i not in paired]
    yield from (error for _, error in sorted(rows, key=lambda row: row[0]))
    there, found = (dict(zip(keys(d)[1], d.relations, strict=True)) for d in (gold, predicted))
    yield from (_relation(gold.id, "missed", text, r) for key, r in there.items() if key not in found)
    yield from (_relation(gold.id, "invented", text, r) for key, r in found.items() if key not in there)


def _twins(a: Entity, b: Entity) -> bool:
    return (a.start, a.end) == (b.start, b.end) or (a.label == b.label and a.start < b.end and b.start < a.end)


def _error(document: str, kind: str, text: str, gold: Entity | None, found: Entity | None) -> Error:
    main = gold or found
    assert main is not None
    start, end = min(e.start for e in (gold, found) if e), max(e.end for e in (gold, found) if e)
    return Error(document, kind, main.label, _named(gold), _named(found), _context(text, start, end))


def _named(entity: Entity | None) -> str:
    return f"{entity.text} {entity.label}" if entity else ""


def _relation(document: str, kind: str, text: str, relation: Relation) -> Error:
    told = f"{relation.head.text} → {relation.tail.text}"
    start, end = min(relation.head.start, relation.tail.start), max(relation.head.end, relation.tail.end)
    gold, found = (told, "") if kind == "missed" else ("", told)
    return Error(document, kind, relation.type, gold, found, _context(text, start, end))


def _context(text: str, start: int, end: int) -> tuple[str, str, str]:
    parts = text[max(0, start - CONTEXT) : start], text[start:end], text[end : end + CONTEXT]
    before, inner, after = (" ".join(part.split()) for part in parts)
    return before, inner if len(inner) <= 120 else f"{inner[:58]} … {inner[-58:]}", after


def page(title: str, gold: Sequence[Document], predicted: Sequence[Document]) -> str:
    """A self-contained page: counts, then a table of all errors that can be narrowed by kind and class."""
    found = [error for g, p in zip(gold, predicted, strict=True) for error in errors(g, p)]
    counts = Counter((e.name, e.kind) for e in found)
    names = sorted({name for name, _ in counts})
    kinds = ("missed", "invented", "edges", "label")
    summary = "".join(
        f"<tr><th>{escape(name)}</th>" + "".join(f"<td>{counts[name, kind] or ''}</td>" for kind in kinds) + "</tr>"
        for name in names
    )
    rows = "".join(
        f'<tr data-kind="{e.kind}" data-name="{escape(e.name)}"><td>{escape(e.document)}</td><td>{escape(e.name)}</td>'
        f"<td>{e.kind}</td><td>{escape(e.gold)}</td><td>{escape(e.found)}</td>"
        f"<td>…{escape(e.context[0])}<mark>{escape(e.context[1])}</mark>{escape(e.context[2])}…</td></tr>"
        for e in found
    )
    options = "".join(f"<option>{escape(value)}</option>" for value in (*names,))
    choices = "".join(f"<option>{kind}</option>" for kind in kinds)
    return _PAGE.format(
        title=escape(title), count=len(found), heads="".join(f"<th>{k}</th>" for k in kinds), summary=summary,
        options=options, choices=choices, rows=rows,
    )  # fmt: skip


_PAGE = """<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>
body {{ font: 15px/1.6 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem }}
table {{ border-collapse: collapse; margin: 1rem 0 }} td, th {{ padding: .2rem .6rem; border-bottom: 1px solid #ccc; text-align: left; vertical-align: top }}
thead th {{ position: sticky; top: 0; background: #fff }} mark {{ background: #ffe08a }}
#counts td {{ text-align: right }} tr[data-kind=missed] td:nth-child(3) {{ color: #a33 }} tr[data-kind=invented] td:nth-child(3) {{ color: #06c }}
</style>
<h1>{title}</h1>
<p>{count} errors. <i>missed</i>: in gold only; <i>invented</i>: found only; <i>edges</i>: same label, other edges; <i>label</i>: same span.</p>
<table id="counts"><thead><tr><th></th>{heads}</tr></thead><tbody>{summary}</tbody></table>
<p><label>class <select id="name"><option value="">all</option>{options}</select></label>
<label>kind <select id="kind"><option value="">all</option>{choices}</select></label></p>
<table id="errors"><thead><tr><th>document</th><th>class</th><th>kind</th><th>gold</th><th>found</th><th>context</th></tr></thead>
<tbody>{rows}</tbody></table>
<script>
const name = document.getElementById("name"), kind = document.getElementById("kind");
function narrow() {{
  for (const row of document.querySelectorAll("#errors tbody tr"))
    row.hidden = (name.value && row.dataset.name !== name.value) || (kind.value && row.dataset.kind !== kind.value);
}}
name.onchange = kind.onchange = narrow;
</script>
"""
