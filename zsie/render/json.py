"""Reports as plain data, schema `zsie/1`."""

from __future__ import annotations

from typing import Any

from zsie.types import Entity, Furniture, Part, Relation, ReportData, Section, Span

SCHEMA = "zsie/1"


def to_dict(report: ReportData) -> dict[str, Any]:
    """A report as dictionaries, lists, strings and numbers; `parts` only where the text holds several reports."""
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "text": report.text,
        "title": report.title,
        "date": report.date,
        "span": [report.span.start, report.span.end],
        "sections": [{"start": s.start, "end": s.end, "kind": s.kind, "title": s.title} for s in report.sections],
        "sentences": [[s.start, s.end] for s in report.sentences],
        "furniture": [{"start": f.start, "end": f.end, "kind": f.kind} for f in report.furniture],
        "entities": [_entity(e) for e in report.entities],
        "relations": [
            {"type": r.type, "head": r.head.id, "tail": r.tail.id, "confidence": round(r.confidence, 4)}
            for r in report.relations
        ],
        "model": dict(report.model),
    }
    if len(report.divisions) > 1:
        data["parts"] = [{"start": p.start, "end": p.end, "title": p.title} for p in report.divisions]
    return data


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "id": entity.id,
        "label": entity.label,
        "start": entity.start,
        "end": entity.end,
        "text": entity.text,
        "confidence": round(entity.confidence, 4),
        "value": None if entity.value is None else dict(entity.value),
        **entity.attributes,
    }


_ENTITY_KEYS = {"id", "label", "start", "end", "text", "confidence", "value"}


def from_dict(data: dict[str, Any]) -> dict[str, Any]:
    """Fields of a report from what `to_dict` made; raise ValueError for another schema."""
    if data.get("schema") != SCHEMA:
        raise ValueError(f"schema {data.get('schema')!r}; this zsie reads {SCHEMA}")
    entities = {
        item["id"]: Entity(
            **{key: item[key] for key in _ENTITY_KEYS}, attributes={k: v for k, v in item.items() if k not in _ENTITY_KEYS}
        )
        for item in data["entities"]
    }
    return {
        "text": data["text"],
        "span": Span(*data["span"]),
        "title": data["title"],
        "date": data["date"],
        "sections": tuple(Section(**item) for item in data["sections"]),
        "sentences": tuple(Span(*item) for item in data["sentences"]),
        "furniture": tuple(Furniture(**item) for item in data["furniture"]),
        "divisions": tuple(Part(**item) for item in data.get("parts", ())),
        "entities": tuple(entities.values()),
        "relations": tuple(
            Relation(item["type"], entities[item["head"]], entities[item["tail"]], item["confidence"])
            for item in data["relations"]
        ),
        "model": data["model"],
    }
