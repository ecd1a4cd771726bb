"""From a text and a model's annotation to a report: structure, values, and what only the two together tell."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from zsie.report import Report
from zsie.text import Text, structure
from zsie.types import Document, Entity, Relation, Span, Value
from zsie.values import DateMention, resolve, value_of

_BEFORE = 12


def assemble(text: Text, document: Document, *, date: dt.date | None, model: Mapping[str, str]) -> Report:
    """Build the report of `document`, whose offsets are those of `text.raw`. Spans on page furniture are left out."""
    layout = structure(text)
    furniture = [Span(f.start, f.end) for f in layout.furniture]
    entities = [e for e in document.entities if not any(f.start <= e.start and e.end <= f.end for f in furniture)]
    title = text.raw[layout.title.start : layout.title.end] if layout.title else None
    valued: dict[str, Entity] = {}
    dates: dict[str, Value] = {}
    for part in layout.parts:
        inside = [e for e in entities if part.start <= e.start < part.end]
        dates.update(_dates(inside, layout.sentences, part.title if len(layout.parts) > 1 else title, date))
    for entity in entities:
        if entity.label == "DATE":
            value = dates.get(entity.id) or {"kind": "unparsed", "text": entity.text}
            valued[entity.id] = replace(entity, value=value)
        else:
            before = text.raw[max(0, entity.start - _BEFORE) : entity.start]
            valued[entity.id] = replace(entity, value=value_of(entity.label, entity.text, before=before))
    relations = tuple(
        Relation(r.type, valued[r.head.id], valued[r.tail.id], r.confidence)
        for r in document.relations
        if r.head.id in valued and r.tail.id in valued
    )
    return Report(
        text=text.raw,
        span=Span(0, len(text.raw)),
        title=title,
        date=date.isoformat() if date else None,
        sections=layout.sections,
        sentences=layout.sentences,
        furniture=layout.furniture,
        divisions=layout.parts,
        entities=tuple(valued.values()),
        relations=relations,
        model=dict(model),
    )


def _dates(
    entities: Sequence[Entity], sentences: Sequence[Span], title: str | None, report_date: dt.date | None
) -> dict[str, Value]:
    """Values of the dates of one report, read together."""
    starts = [s.start for s in sentences]
    chosen = [e for e in entities if e.label == "DATE"]
    mentions = [DateMention(e.text, bisect_right(starts, e.start)) for e in chosen]
    values = resolve(mentions, report_date=report_date, title=title)
    return {e.id: value for e, value in zip(chosen, values, strict=True) if value is not None}
