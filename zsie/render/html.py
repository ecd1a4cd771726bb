"""A self-contained HTML page of a report: the text with its spans, the records beside it, no outside resource."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from zsie.audit import Finding
from zsie.messages import language
from zsie.render.labels import colour, ordered
from zsie.render.marked import marked
from zsie.render.page_tables import check_table, reading, record_tables
from zsie.render.words import chinese, word
from zsie.types import Entity, ReportData

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def page(
    report: ReportData,
    *,
    title: str | None = None,
    findings: Sequence[Finding] = (),
    cite: Callable[[int, int], str] | None = None,
) -> str:
    """The full page of a report, its `span` of the text. `findings` are its audit, `cite` tells the place of a span in the report's file."""
    name = title or report.title or "zsie"
    labels = ordered(report.entities)
    tables = [*record_tables(report), ("checks", *check_table(findings, report))]
    shown = [(table, rows, html) for table, rows, html in tables if rows]
    lazy = [("entities", len(report.entities)), ("relations", len(report.relations))]
    panels = "".join(
        f'<section class=panel id="t-{table}" data-table={table}><h2>{_word("tables", table)}</h2>'
        f"<div class=scroll>{html}</div></section>"
        for table, _, html in shown
    )
    panels += "".join(
        f'<section class="panel lazy" id="t-{table}" data-table={table}><div class=scroll></div></section>'
        for table, n in lazy
        if n
    )
    tabs = "".join(
        f"<button role=tab data-table={table}>{_word('tables', table)} <b>{n}</b></button>"
        for table, n in [*((t, n) for t, n, _ in shown), *((t, n) for t, n in lazy if n)]
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}"><head><meta charset="utf-8"><title>{escape(name)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><style>{asset("page.css")}{_colours(labels)}</style></head><body>'
        f"<header><div class=top><h1>{escape(name)}</h1><p class=meta>{_facts(report)}</p>{_tools(report)}</div>"
        f"<div class=labels role=group>{_chips(report, labels)}</div></header>"
        f"<main><article lang=zh tabindex=0>{marked(report, labels)}</article><div id=split></div>"
        f"<aside><div id=card aria-live=polite></div><nav role=tablist>{tabs}"
        f'<input type=search id=find data-hint="filter rows"></nav>{panels}</aside></main>'
        f"<svg id=lines aria-hidden=true></svg><dialog id=keys></dialog>"
        f'<script type="application/json" id=data>{_json(_data(report, labels, cite))}</script>'
        f"<script>{asset('page.js')}</script></body></html>"
    )


def asset(name: str) -> str:
    """A text file that lies beside this module."""
    return files("zsie.render").joinpath(name).read_text(encoding="utf-8")


def snippet(report: ReportData) -> str:
    """A small rendering for notebooks: the marked text with a legend; styles are inline, so the page around it stays as it is."""
    limit = 4000
    legend = " ".join(
        f'<span style="background:{colour(label)};color:#111;padding:0 .4em;border-radius:.3em;font-size:80%">{escape(label)}</span>'
        for label in dict.fromkeys(e.label for e in report.entities)
    )
    parts, last = [], report.span.start
    end = min(report.span.end, report.span.start + limit)
    for entity in report.entities:
        if entity.end > end:
            break
        parts.append(escape(report.text[last : entity.start]))
        style = f"background:{colour(entity.label)};color:#111"
        parts.append(f'<mark title="{escape(_hint(entity))}" style="{style}">{escape(entity.text)}</mark>')
        last = entity.end
    parts.append(escape(report.text[last:end]) + ("…" if end < report.span.end else ""))
    body = "".join(parts).replace("\n", "<br>")
    return f'<div style="line-height:1.8"><div>{legend}</div><div>{body}</div></div>'


def _hint(entity: Entity) -> str:
    facts = (entity.label, reading(entity), *(f"{k}={v}" for k, v in entity.attributes.items()), f"{entity.confidence:.0%}")
    return " · ".join(fact for fact in facts if fact)


def _word(group: str, name: str) -> str:
    """A word that the page's script can turn into the other language."""
    return f'<span data-w="{group}.{escape(name)}">{escape(word(group, name, language()))}</span>'


def _facts(report: ReportData) -> str:
    facts = [f"{len(report.span):,} {_word('page', 'characters')}", f"{len(report.entities):,} {_word('page', 'entities')}"]
    if report.date:
        facts.insert(0, f"{_word('page', 'report date')} {escape(report.date)}")
    return " · ".join(facts)


def _tools(report: ReportData) -> str:
    titled = [(i, s) for i, s in enumerate(report.sections) if s.title]
    options = "".join(f"<option value=s{i}>{escape(s.title[:30])}</option>" for i, s in titled)
    go = f'<select id=go><option value="" data-w="page.go to section">{word("page", "go to section", language())}</option>{options}</select>'
    return (
        f'<div class=tools>{go if titled else ""}<button id=lang>中文 / EN</button><button id=help title="?">?</button></div>'
    )


def _chips(report: ReportData, labels: Sequence[str]) -> str:
    counts = Counter(e.label for e in report.entities)
    chips = "".join(
        f'<label class="chip l{i}" data-hint="only this label"><input type=checkbox checked value={i}>'
        f"{_word('values', label)} <b>{counts[label]}</b></label>"
        for i, label in enumerate(labels)
    )
    buttons = "".join(f"<button data-all={int(n == 'all')}>{_word('page', n)}</button>" for n in ("all", "none"))
    return chips + buttons if chips else ""


def _colours(labels: Sequence[str]) -> str:
    return "".join(
        f".l{i}{{--tint:{colour(label)};--line:{colour(label, strong=True)}}}article.off{i} .e.l{i}{{--tint:transparent;--line:transparent}}"
        for i, label in enumerate(labels)
    )


def _data(report: ReportData, labels: Sequence[str], cite: Callable[[int, int], str] | None) -> dict[str, Any]:
    """What the page's script knows: entities as [id, label, reading, attributes, confidence, place], relations as [type, head, tail, confidence]."""
    number = {e.id: i for i, e in enumerate(report.entities)}
    return {
        "labels": labels,
        "entities": [
            [
                *(e.id, labels.index(e.label), reading(e), [v for _, v in sorted(e.attributes.items())]),
                *(round(e.confidence, 2), cite(e.start, e.end) if cite else ""),
            ]
            for e in report.entities
        ],
        "relations": [[r.type, number[r.head.id], number[r.tail.id], round(r.confidence, 2)] for r in report.relations],
        "words": chinese(),
        "language": language(),
    }


def _json(data: Any) -> str:
    """JSON that no HTML parser takes for markup."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
