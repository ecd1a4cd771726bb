"""What annotation tools hand over, turned into documents: offsets in their units, labels with attributes, links by id."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zsie.corpus.annfile import Fault, check_attributes, check_span, relation_problem
from zsie.corpus.counting import Draft, Mark, Place, places, same, unclear, ways
from zsie.schema import Schema
from zsie.types import Document, Entity, Relation

_ATTRIBUTES = re.compile(r"([^\[\]]+)\[([^\[\]]*)\]")


def documents_of(
    drafts: Sequence[Draft], *, source: str, schema: Schema, units: str = "auto", own: str | None = None
) -> tuple[list[Document], list[Fault]]:
    """Build the documents of one file; what breaks a rule is left out and told in a fault.

    The way of counting is chosen once for the file (`zsie.corpus.counting.ways`). Documents whose spans would stand on other
    characters under an equally good way are left out, and a fault asks for `--units`. Raise CorpusError for unknown units.
    """
    candidates = ways(drafts, units, own=own)
    documents: list[Document] = []
    doubtful: list[Draft] = []
    faults: list[Fault] = []
    for draft in drafts:
        if unclear(draft, candidates):
            doubtful.append(draft)
            continue
        document, found = document_of(draft, source=source, schema=schema, units=candidates[0])
        documents.append(document)
        faults += found
    if doubtful:
        faults.insert(0, _doubt(doubtful, len(drafts), candidates, source))
    return documents, faults


def _doubt(doubtful: Sequence[Draft], total: int, candidates: Sequence[str], source: str) -> Fault:
    return Fault(
        source,
        doubtful[0].line,
        f"{len(doubtful)} of {total} documents (the first: {doubtful[0].name}) are left out: they hold characters that tools "
        "count in different ways (such as 😀, or \\r\\n), and the file does not tell which way its offsets were counted; "
        f"say it with --units ({', '.join(candidates)}: utf16 is how browsers count, codepoint how Python does)",
    )


def document_of(draft: Draft, *, source: str, schema: Schema, units: str) -> tuple[Document, list[Fault]]:
    """Build a document whose way of counting is known; what breaks a rule is left out of it and told in a fault."""
    faults: list[Fault] = []
    entities: dict[str, Entity] = {}
    last = 0
    pairs = zip(draft.marks, places(draft, units), strict=True)
    for mark, place in sorted(pairs, key=lambda pair: (pair[0].start, pair[0].end)):
        entity, problems = _entity(mark, place, draft.text, schema)
        if entity is not None and entity.start < last:
            entity = None
            problems.append("overlaps the span before it; spans are flat, keep the longest")
        elif entity is not None and mark.id in entities:
            entity = None
            problems.append("this id is used before; ids are unique in a document")
        shown = f" {mark.text!r}" if mark.text else ""
        head = f"{draft.name}: #{mark.id}{shown} {mark.start}-{mark.end}"
        faults += [Fault(source, draft.line, f"{head}: {problem}") for problem in problems]
        if entity is not None:
            last = entity.end
            entities[mark.id] = entity
    relations: dict[tuple[str, str, str], Relation] = {}
    for kind, start, end in draft.links:
        wrong = relation_problem(kind, entities.get(start), entities.get(end), schema)
        if wrong is not None:
            faults.append(Fault(source, draft.line, f"{draft.name}: {kind} {start} {end}: {wrong}"))
        else:
            relations[kind, start, end] = Relation(kind, entities[start], entities[end])
    return Document(draft.name, draft.text, tuple(entities.values()), tuple(relations.values())), faults


def _entity(mark: Mark, place: Place, text: str, schema: Schema) -> tuple[Entity | None, list[str]]:
    """(the entity, None where the mark makes none; what is wrong with the mark)."""
    if place is None:
        return None, [
            f"outside the text ({len(text)} characters), or inside a character; give the tool's way of counting with --units"
        ]
    surface = text[place[0] : place[1]]
    if mark.text is not None and not same(mark.text, surface):
        return None, [
            f"the text there is {surface!r}; the annotation belongs to another text, or give the way of counting with --units"
        ]
    problems = list(check_span(surface, mark.label, schema))
    if mark.label not in schema.labels or not surface:
        return None, problems
    given, bad = check_attributes([f"{name}={value}" for name, value in mark.attributes.items()], mark.label, schema)
    return Entity(mark.id, mark.label, *place, surface, attributes=given), problems + bad


def join_label(entity: Entity) -> str:
    """A label with its attributes, for tools that have none: `AMOUNT[status=target]`."""
    inner = ",".join(f"{name}={value}" for name, value in entity.attributes.items())
    return f"{entity.label}[{inner}]" if inner else entity.label


def split_label(label: str) -> tuple[str, dict[str, str]]:
    """The inverse of `join_label`."""
    found = _ATTRIBUTES.fullmatch(label)
    if not found:
        return label, {}
    pairs = (item.partition("=") for item in found.group(2).split(","))
    return found.group(1), {name.strip(): value.strip() for name, _, value in pairs}
