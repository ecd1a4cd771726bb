"""Relations by entity, and small looks at entities that every record needs."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from zsie.records.model import Figure
from zsie.types import Entity, Relation, Section, Span


class Links:
    """Relations by entity, in both directions."""

    def __init__(self, relations: Iterable[Relation]) -> None:
        """Index once."""
        self._tails: dict[tuple[str, str], list[Relation]] = defaultdict(list)
        self._heads: dict[tuple[str, str], list[Relation]] = defaultdict(list)
        for relation in relations:
            self._tails[relation.type, relation.head.id].append(relation)
            self._heads[relation.type, relation.tail.id].append(relation)

    def tails(self, kind: str, *heads: Entity) -> tuple[Entity, ...]:
        """What `heads` point at by relation `kind`, in text order, each once."""
        return once(r.tail for head in heads for r in self._tails.get((kind, head.id), ()))

    def heads(self, kind: str, *tails: Entity) -> tuple[Entity, ...]:
        """What points at `tails` by relation `kind`."""
        return once(r.head for tail in tails for r in self._heads.get((kind, tail.id), ()))

    def figures(self, *owners: Entity) -> tuple[Figure, ...]:
        """The figures of a project, event or company."""
        return tuple(
            Figure(entity, next(iter(self.heads("VALUE", entity)), None), self.tails("TIME", entity))
            for entity in self.tails("FIGURE", *owners)
        )

    def confidence(self, kind: str, owners: Iterable[Entity], other: Entity) -> float:
        """That of the surest relation `kind` between one of `owners` (at either end) and `other`; 1.0 where there is none."""
        ids = {owner.id for owner in owners}
        found = [r.confidence for r in self._heads.get((kind, other.id), ()) if r.head.id in ids]
        found += [r.confidence for r in self._tails.get((kind, other.id), ()) if r.tail.id in ids]
        return max(found, default=1.0)


def once(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Each entity once, in text order."""
    return tuple(sorted({e.id: e for e in entities}.values(), key=lambda e: e.start))


def label(entities: Iterable[Entity], *labels: str) -> list[Entity]:
    """Entities of the given labels."""
    return [e for e in entities if e.label in labels]


def flat_name(entity: Entity) -> str:
    """An entity's surface without spaces and line breaks."""
    return "".join(entity.text.split())


def section_of(sections: Sequence[Section], place: int) -> Section | None:
    """The innermost section that holds a place."""
    holding = [s for s in sections if s.start <= place < s.end]
    return min(holding, key=lambda s: s.end - s.start, default=None)


class Sentences:
    """Which sentence a place is in."""

    def __init__(self, spans: Sequence[Span]) -> None:
        """`spans` in text order."""
        self.spans = spans
        self._starts = [s.start for s in spans]

    def number(self, place: int) -> int:
        """Number of the sentence that holds or precedes `place`, -1 before the first."""
        return bisect_right(self._starts, place) - 1

    def start(self, place: int) -> int:
        """Where the sentence of `place` begins."""
        number = self.number(place)
        return self._starts[number] if number >= 0 else 0
