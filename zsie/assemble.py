"""From a text and a model's annotation to a report: structure, values, and what only the two together tell."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from zsie.report import Report
from zsie.text import Text, structure
from zsie.types import Document, Entity, Furniture, Part, Relation, Span, Value
from zsie.values import DateMention, resolve, value_of

_BEFORE = 12


def assemble(text: Text, document: Document, *, date: dt.date | None, model: Mapping[str, str]) -> Report:
    """Build the report of `document`, whose offsets are those of `text.raw`. Spans on page furniture are left out."""
    layout = structure(text)
    tag_at = _Finder(layout.furniture)
    entities = [e for e in document.entities if (tag := tag_at(e.start)) is None or e.end > layout.furniture[tag].end]
    title = text.raw[layout.title.start : layout.title.end] if layout.title else None
    valued: dict[str, Entity] = {}
    dates: dict[str, Value] = {}
    starts = [s.start for s in layout.sentences]
    for number, group in _dates_by_part(entities, layout.parts).items():
        # What stands in no part, or in the only one, goes by the title of the whole text.
        own = layout.parts[number].title if number is not None and len(layout.parts) > 1 else title
        dates.update(_values(group, starts, own, date))
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


class _Finder:
    """Finds the stretch that holds a place, among stretches that are sorted and apart from each other."""

    def __init__(self, stretches: Sequence[Furniture | Part]) -> None:
        self._starts, self._ends = [s.start for s in stretches], [s.end for s in stretches]

    def __call__(self, place: int) -> int | None:
        """The number of the stretch, None where there is none."""
        number = bisect_right(self._starts, place) - 1
        return number if number >= 0 and place < self._ends[number] else None


def _dates_by_part(entities: Sequence[Entity], parts: Sequence[Part]) -> dict[int | None, list[Entity]]:
    """Dates by the number of their part; None holds those before the first part and between two."""
    part_at = _Finder(parts)
    groups: dict[int | None, list[Entity]] = {}
    for entity in entities:
        if entity.label == "DATE":
            groups.setdefault(part_at(entity.start), []).append(entity)
    return groups


def _values(
    dates: Sequence[Entity], sentences: Sequence[int], title: str | None, report_date: dt.date | None
) -> dict[str, Value]:
    """Values of the dates of one report by entity id, read together; `sentences` are the places where sentences begin."""
    mentions = [DateMention(e.text, bisect_right(sentences, e.start)) for e in dates]
    values = resolve(mentions, report_date=report_date, title=title)
    return {e.id: value for e, value in zip(dates, values, strict=True) if value is not None}
