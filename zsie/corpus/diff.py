"""Two annotations of the same texts compared: agreement by label and relation, and where they part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zsie.corpus.annfile import Fault
from zsie.types import Document, Entity


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two annotations agree on one class; symmetric, so F1 is the same from either side."""

    first: int = 0
    second: int = 0
    same: int = 0
    overlap: int = 0
    """Spans of the first that share a character with one of the second of the same label."""
    overlap_back: int = 0

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(
            self.first + other.first,
            self.second + other.second,
            self.same + other.same,
            self.overlap + other.overlap,
            self.overlap_back + other.overlap_back,
        )

    @property
    def f1(self) -> float:
        """Strict: label, start and end agree; 1 where neither marks anything."""
        total = self.first + self.second
        return 2 * self.same / total if total else 1.0

    @property
    def overlap_f1(self) -> float:
        """Lenient: same label and a shared character."""
        total = self.first + self.second
        return (self.overlap + self.overlap_back) / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Difference:
    """A span or link that one side has alone; `side` is 1 or 2, `near` what the other side has there."""

    document: str
    side: int
    kind: str
    context: str
    near: str

    def __str__(self) -> str:
        other = f"; there: {self.near}" if self.near else ""
        return f"{self.document} only {self.side}: {self.kind} {self.context}{other}"


@dataclass(frozen=True)
class Comparison:
    """The whole comparison."""

    documents: int
    entities: Mapping[str, Agreement]
    relations: Mapping[str, Agreement]
    """Both ends must be strictly the same spans."""
    attributes: Mapping[str, Agreement]
    """On the spans both sides have."""
    differences: tuple[Difference, ...]
    only_first: tuple[str, ...] = ()
    """Ids of documents that the second set lacks."""
    only_second: tuple[str, ...] = ()
    other_text: tuple[str, ...] = ()
    """Ids of documents whose texts differ, which are not compared."""

    @property
    def entity_total(self) -> Agreement:
        """All labels together."""
        return sum(self.entities.values(), Agreement())

    @property
    def relation_total(self) -> Agreement:
        """All relation types together."""
        return sum(self.relations.values(), Agreement())


def compare(first: Sequence[Document], second: Sequence[Document]) -> tuple[Comparison, list[Fault]]:
    """Compare the documents that both sides hold (by id); one that stands on one side or has another text is a fault."""
    others = {d.id: d for d in second}
    known = {d.id for d in first}
    only_first: list[str] = []
    only_second = [d.id for d in second if d.id not in known]
    other_text: list[str] = []
    faults = [Fault(name, 0, "only in the second set") for name in only_second]
    entities: dict[str, Agreement] = {}
    relations: dict[str, Agreement] = {}
    attributes: dict[str, Agreement] = {}
    differences: list[Difference] = []
    count = 0
    for one in first:
        two = others.get(one.id)
        if two is None:
            only_first.append(one.id)
            faults.append(Fault(one.id, 0, "only in the first set"))
        elif one.text != two.text:
            at = next(
                (i for i, (a, b) in enumerate(zip(one.text, two.text, strict=False)) if a != b),
                min(len(one.text), len(two.text)),
            )
            around = one.text[max(0, at - 8) : at + 8]
            other_text.append(one.id)
            faults.append(
                Fault(one.id, 0, f"the texts differ from character {at} on ({around!r}); compare annotations of one text")
            )
        else:
            count += 1
            _entities(one, two, entities, differences)
            _relations(one, two, relations, differences)
            _attributes(one, two, attributes)
    result = Comparison(
        count,
        dict(sorted(entities.items())),
        dict(sorted(relations.items())),
        dict(sorted(attributes.items())),
        tuple(differences),
        tuple(only_first),
        tuple(only_second),
        tuple(other_text),
    )
    return result, faults


def _key(entity: Entity) -> tuple[str, int, int]:
    return entity.label, entity.start, entity.end


def _entities(one: Document, two: Document, table: dict[str, Agreement], differences: list[Difference]) -> None:
    mine, theirs = {_key(e) for e in one.entities}, {_key(e) for e in two.entities}
    for label in {e.label for e in (*one.entities, *two.entities)}:
        a, b = [e for e in one.entities if e.label == label], [e for e in two.entities if e.label == label]
        same = sum(_key(e) in theirs for e in a)
        found = Agreement(len(a), len(b), same, sum(_met(e, b) for e in a), sum(_met(e, a) for e in b))
        table[label] = table.get(label, Agreement()) + found
    for side, here, there, missing in ((1, one, two, theirs), (2, two, one, mine)):
        for e in here.entities:
            if _key(e) not in missing:
                near = ", ".join(f"{o.label} {o.text}" for o in there.entities if o.start < e.end and e.start < o.end)
                differences.append(Difference(one.id, side, e.label, _context(one.text, e), near))


def _met(entity: Entity, others: Iterable[Entity]) -> bool:
    return any(o.start < entity.end and entity.start < o.end for o in others)


def _context(text: str, entity: Entity) -> str:
    left, right = text[max(0, entity.start - 12) : entity.start], text[entity.end : entity.end + 12]
    return f"{left}【{entity.text}】{right}".replace("\n", "⏎").replace("\r", "")


def _relations(one: Document, two: Document, table: dict[str, Agreement], differences: list[Difference]) -> None:
    a = {(r.type, _key(r.head), _key(r.tail)): r for r in one.relations}
    b = {(r.type, _key(r.head), _key(r.tail)): r for r in two.relations}
    for kind in {r.type for r in (*one.relations, *two.relations)}:
        mine, theirs = {k for k in a if k[0] == kind}, {k for k in b if k[0] == kind}
        same = len(mine & theirs)
        table[kind] = table.get(kind, Agreement()) + Agreement(len(mine), len(theirs), same, same, same)
    for side, here, there in ((1, a, b), (2, b, a)):
        for key, r in here.items():
            if key not in there:
                differences.append(Difference(one.id, side, r.type, f"{r.head.text} → {r.tail.text}", ""))


def _attributes(one: Document, two: Document, table: dict[str, Agreement]) -> None:
    theirs = {_key(e): e for e in two.entities}
    for e in one.entities:
        other = theirs.get(_key(e))
        if other is None:
            continue
        for name in e.attributes.keys() | other.attributes.keys():
            a, b = e.attributes.get(name), other.attributes.get(name)
            same = int(a == b)
            found = Agreement(int(a is not None), int(b is not None), same, same, same)
            table[name] = table.get(name, Agreement()) + found
