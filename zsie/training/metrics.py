"""Scores of predicted documents against gold ones: strict spans, all gold counted, end to end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from zsie.schema import Schema
from zsie.types import Document, Entity

SPAN = "span"
Key = tuple[str, object]
"""A class and what must agree to count as right."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one class: found right, found in all, there in gold."""

    right: int = 0
    found: int = 0
    gold: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.found + other.found, self.gold + other.gold)

    @property
    def precision(self) -> float:
        """Share of the found that is right; 0 when nothing was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found; 0 without gold."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 0.0


@dataclass(frozen=True)
class Scores:
    """Scores by class, with their sums."""

    entities: dict[str, Score] = field(default_factory=dict)
    relations: dict[str, Score] = field(default_factory=dict)
    attributes: dict[str, Score] = field(default_factory=dict)
    boundaries: dict[str, Score] = field(default_factory=dict)
    """Spans whatever their label (under `span`), and relations by type whatever the labels of their ends."""

    @property
    def entity_micro(self) -> Score:
        """All labels together."""
        return sum(self.entities.values(), Score())

    @property
    def relation_micro(self) -> Score:
        """All relation types together."""
        return sum(self.relations.values(), Score())

    @property
    def relation_boundaries(self) -> Score:
        """All relation types together, whatever the labels of their ends."""
        return sum((s for kind, s in self.boundaries.items() if kind != SPAN), Score())


def _count(predicted: Iterable[Key], gold: Iterable[Key]) -> dict[str, Score]:
    found, there = set(predicted), set(gold)
    right, f, g = (Counter(kind for kind, _ in keys) for keys in (found & there, found, there))
    return {kind: Score(right[kind], f[kind], g[kind]) for kind in sorted(f.keys() | g.keys())}


def _span(entity: Entity) -> tuple[str, int, int]:
    return entity.label, entity.start, entity.end


def keys(document: Document) -> tuple[list[Key], list[Key]]:
    """What must agree for each entity (label, edges) and each relation (type, both entities), in the document's order."""
    return (
        [(e.label, (e.start, e.end)) for e in document.entities],
        [(r.type, (_span(r.head), _span(r.tail))) for r in document.relations],
    )


def _loose(document: Document) -> Iterable[Key]:
    yield from ((SPAN, (e.start, e.end)) for e in document.entities)
    yield from ((r.type, (r.head.start, r.head.end, r.tail.start, r.tail.end)) for r in document.relations)


def score_document(predicted: Document, gold: Document, schema: Schema) -> Scores:
    """Score one document.

    An entity counts when label, start and end agree; a relation when its type and both its entities do; an attribute is
    counted where gold marks a non-default value (its score's gold) and on correctly found entities otherwise. Of an attribute
    that `schema` lacks (another model's) no value is the default.
    """
    entities, relations = map(_count, keys(predicted), keys(gold))
    boundaries = _count(_loose(predicted), _loose(gold))
    there = {_span(e) for e in gold.entities}

    def marked(entities_: Iterable[Entity]) -> Iterable[Key]:
        for e in entities_:
            for name, value in e.attributes.items():
                if name not in schema.attributes or value != schema.attributes[name].default:
                    yield name, (_span(e), value)

    attributes = _count((m for m in marked(predicted.entities) if m[1][0] in there), marked(gold.entities))  # type: ignore[index]
    return Scores(entities, relations, attributes, boundaries)


def total(scores: Iterable[Scores]) -> Scores:
    """Sum scores of several documents class by class."""
    result = Scores()
    for one in scores:
        for mine, theirs in (
            (result.entities, one.entities),
            (result.relations, one.relations),
            (result.attributes, one.attributes),
            (result.boundaries, one.boundaries),
        ):
            for kind, value in theirs.items():
                mine[kind] = mine.get(kind, Score()) + value
    return result


def score(predicted: Sequence[Document], gold: Sequence[Document], schema: Schema) -> Scores:
    """Score documents given in the same order."""
    return total(score_document(p, g, schema) for p, g in zip(predicted, gold, strict=True))


def figures(scores: Scores) -> dict[str, Any]:
    """Scores as plain numbers for `metrics.json`."""

    def plain(score: Score) -> dict[str, float]:
        return {
            "precision": round(score.precision, 4),
            "recall": round(score.recall, 4),
            "f1": round(score.f1, 4),
            "gold": score.gold,
        }

    return {
        "entities": {"micro": plain(scores.entity_micro), **{k: plain(v) for k, v in scores.entities.items()}},
        "relations": {"micro": plain(scores.relation_micro), **{k: plain(v) for k, v in scores.relations.items()}},
        "attributes": {k: plain(v) for k, v in scores.attributes.items()},
        "boundaries": {
            "entities": plain(scores.boundaries.get(SPAN, Score())),
            "relations": plain(scores.relation_boundaries),
            **{k: plain(v) for k, v in scores.boundaries.items() if k != SPAN},
        },
    }
