"""A self-contained HTML page of a report: the text with its spans, the records beside it, no outside resource."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from html import escape
from importlib.resources import files

from zsie.render.table import TABLES, shown
from zsie.types import Entity, ReportData

COLOURS = {
    "PROJECT": "#cfe3ff",
    "AMOUNT": "#ffe0a6",
    "COMPLETION_RATE": "#b8efc4",
    "PERCENT": "#dff3d8",
    "OFFICIAL": "#ffcfd6",
    "PERSON": "#ffe3e7",
    "EVENT": "#e4d4fb",
    "COMPANY": "#c9f0ee",
    "ORG": "#e6e6ef",
    "LOCATION": "#f3e2cf",
    "DATE": "#ecedc4",
    "COUNT": "#fff1c4",
    "INDICATOR": "#d9e2ec",
}
_OTHER = "#e0e0e0"
_RECORDS = ("projects", "indicators", "events", "officials", "companies")
_HIDDEN = {"source", "start", "end", "confidence", "mentions"}


def page(report: ReportData, *, title: str | None = None) -> str:
    """The full page of a report."""
    name = title or report.title or "zsie"
    counts: dict[str, int] = defaultdict(int)
    for entity in report.entities:
        counts[entity.label] += 1
    filters = "".join(
        f'<label style="background:{COLOURS.get(label, _OTHER)}"><input type="checkbox" checked data-label="{escape(label)}">'
        f"{escape(label)} <b>{count}</b></label>"
        for label, count in sorted(counts.items())
    )
    tables = "".join(_table(table, report) for table in _RECORDS)
    assets = files("zsie.render")
    style = assets.joinpath("page.css").read_text(encoding="utf-8")
    script = assets.joinpath("page.js").read_text(encoding="utf-8")
    colours = "".join(f'.e[data-label="{label}"]{{background:{colour}}}' for label, colour in COLOURS.items())
    return (
        f'<!DOCTYPE html>\n<html lang="zh"><head><meta charset="utf-8"><title>{escape(name)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}{colours}</style></head><body>'
        f"<header><h1>{escape(name)}</h1><div class=filters>{filters}</div></header>"
        f"<main><article lang=zh>{marked(report)}</article><aside><div id=links aria-live=polite></div>{tables}</aside></main>"
        f"<script>{script}</script></body></html>"
    )


def snippet(report: ReportData) -> str:
    """A small rendering for notebooks: the marked text with a legend; styles are inline, so the page around it stays as it is."""
    limit = 4000
    legend = " ".join(
        f'<span style="background:{COLOURS.get(label, _OTHER)};padding:0 .4em;border-radius:.3em;font-size:80%">{escape(label)}</span>'
        for label in dict.fromkeys(e.label for e in report.entities)
    )
    parts, last = [], report.span.start
    end = min(report.span.end, report.span.start + limit)
    for entity in report.entities:
        if entity.end > end:
            break
        parts.append(escape(report.text[last : entity.start]))
        colour = COLOURS.get(entity.label, _OTHER)
        parts.append(
            f'<mark title="{escape(_hint(entity))}" style="background:{colour};color:#111">{escape(entity.text)}</mark>'
        )
        last = entity.end
    parts.append(escape(report.text[last:end]) + ("…" if end < report.span.end else ""))
    body = "".join(parts).replace("\n", "<br>")
    return f'<div style="line-height:1.8"><div>{legend}</div><div>{body}</div></div>'


def marked(report: ReportData) -> str:
    """The text with entities, headings and furniture marked; the letters between the tags are the raw text."""
    links = _links(report)
    opens: dict[int, list[str]] = defaultdict(list)
    closes: dict[int, list[str]] = defaultdict(list)
    for entity in report.entities:
        mark = (
            f'<span class=e id="{escape(entity.id)}" tabindex=0 data-label="{escape(entity.label)}" '
            f'data-links="{escape(links.get(entity.id, ""))}" title="{escape(_hint(entity))}">'
        )
        opens[entity.start].append(mark)
        closes[entity.end].append("</span>")
    cuts = sorted({0, len(report.text), *opens, *closes})
    furniture = sorted((f.start, f.end) for f in report.furniture)
    parts: list[str] = []
    grey = 0
    for start, end in zip(cuts, cuts[1:], strict=False):
        parts += closes.get(start, []) + opens.get(start, [])
        while grey < len(furniture) and furniture[grey][1] <= start:
            grey += 1
        parts.append(_greyed(report.text, start, end, furniture[grey:]))
    parts += closes.get(len(report.text), [])
    return "".join(parts)


def _greyed(text: str, start: int, end: int, furniture: list[tuple[int, int]]) -> str:
    """Text of `[start, end)`, its furniture in grey."""
    parts = []
    for low, high in furniture:
        if low >= end:
            break
        low, high = max(low, start), min(high, end)
        parts.append(escape(text[start:low]) + f"<i class=f>{escape(text[low:high])}</i>")
        start = high
    parts.append(escape(text[start:end]))
    return "".join(parts)


def _links(report: ReportData) -> dict[str, str]:
    """For each entity its relations, one a line: type, direction and other end's id."""
    lines: dict[str, list[str]] = defaultdict(list)
    for r in report.relations:
        lines[r.head.id].append(f"{r.type}\t→\t{r.tail.id}")
        lines[r.tail.id].append(f"{r.type}\t←\t{r.head.id}")
    return {name: "\n".join(items) for name, items in lines.items()}


def _hint(entity: Entity) -> str:
    facts: Iterable[str] = (
        entity.label,
        shown(entity.value),
        *(f"{name}={value}" for name, value in entity.attributes.items()),
        f"{entity.confidence:.0%}",
    )
    return " · ".join(fact for fact in facts if fact)


def _table(name: str, report: ReportData) -> str:
    make, columns = TABLES[name]
    rows = make(report)
    if not rows:
        return ""
    used = [c for c in columns if c not in _HIDDEN and any(row.get(c) not in (None, "") for row in rows)]
    at = {e.start: e.id for e in report.entities}
    head = "".join(f"<th>{escape(c.replace('_', ' '))}</th>" for c in used)
    body = "".join(
        f'<tr tabindex=0 data-to="{escape(at.get(row["start"], ""))}">'
        + "".join(f"<td>{escape('' if row.get(c) is None else str(row[c]))}</td>" for c in used)
        + "</tr>"
        for row in rows
    )
    return (
        f"<details open><summary>{escape(name)} <b>{len(rows)}</b></summary>"
        f"<div class=scroll><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )
