"""The authoring format `.ann.txt` (GUIDELINES.md section 5): text with inline marks, a line `---`, one relation a line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from zsie.corpus.naming import id_of
from zsie.errors import CorpusError
from zsie.schema import DEFAULT, Schema
from zsie.types import Document, Entity, Relation

SUFFIX = ".ann.txt"
_MARK = re.compile(r"⟦([^⟦⟧|]*)\|([^⟦⟧#]*)#(\d+)((?: [^ ⟦⟧]+)*)⟧")
# The carriage return before the line belongs to it only where the file has one after it too: a text may end in one.
_END = re.compile(r"\r\n---(?=\r\n|\Z)|\n---(?=\r?\n|\Z)")
_EDGE = frozenset(" \t\r\n　，,。.;；:：、“”\"'‘’「」《》")
_OPENS = {"”": "“", "’": "‘", "」": "「", "》": "《"}
_CLOSES = {opening: closing for closing, opening in _OPENS.items()}


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule: where it is (1-based line; 0 for the file as a whole) and what to do about it."""

    source: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.message}" if self.line else f"{self.source}: {self.message}"


def parse_ann(raw: str, name: str, *, schema: Schema = DEFAULT) -> tuple[Document, list[Fault]]:
    """Read one document; whatever breaks a rule is left out of it and told in a fault."""
    faults: list[Fault] = []
    body, relation_lines = _split(raw, name, faults)
    pieces: list[str] = []
    entities: dict[str, Entity] = {}
    length = last = 0
    for mark in _MARK.finditer(body):
        plain = body[last : mark.start()]
        surface, label, number, attributes = mark.group(1), mark.group(2), mark.group(3), mark.group(4).split()
        start = length + len(plain)
        length = start + len(surface)
        pieces += [plain, surface]
        last = mark.end()
        line = body.count("\n", 0, mark.start()) + 1
        problems = list(check_span(surface, label, schema))
        if number in entities:
            problems.append("this id is used before; ids are unique in a file")
        given, bad = check_attributes(attributes, label, schema)
        faults += [Fault(name, line, f"#{number} {surface!r}: {problem}") for problem in problems + bad]
        if label in schema.labels and surface and number not in entities:
            entities[number] = Entity(number, label, start, length, surface, attributes=given)
    pieces.append(body[last:])
    text = "".join(pieces)
    for stray in re.finditer("[⟦⟧]", text):
        around = text[max(0, stray.start() - 12) : stray.start() + 12]
        faults.append(
            Fault(name, text.count("\n", 0, stray.start()) + 1, f"broken mark near {around!r}; write ⟦text|LABEL#id⟧")
        )
    relations = _relations(relation_lines, entities, name, schema, faults)
    return Document(name, text, tuple(entities.values()), relations), faults


def _split(raw: str, name: str, faults: list[Fault]) -> tuple[str, list[tuple[int, str]]]:
    ends = list(_END.finditer(raw))
    if not ends:
        faults.append(Fault(name, 0, "no line '---' after the text; add one, then the relations, if any"))
        return raw, []
    body, tail = raw[: ends[-1].start()], raw[ends[-1].end() :]
    # What follows begins with the line break after '---', so its first line is the rest of that line: nothing.
    first = body.count("\n") + 2
    return body, [(first + i, line) for i, line in enumerate(tail.splitlines()) if line.strip()]


def check_span(surface: str, label: str, schema: Schema) -> Iterable[str]:
    """Faults of a single marked span."""
    if label not in schema.labels:
        yield f"unknown label {label}; the labels are {' '.join(schema.labels)}"
    if not surface:
        yield "empty span"
        return
    if _bad_edge(surface):
        yield "punctuation or space at a span's edge; leave it outside the mark"
    if "\n\n" in surface or surface.count("\n") > 1:
        yield "the span crosses more than one line break"


def _bad_edge(surface: str) -> bool:
    """A quote at an edge is fine when its partner is inside, unless the two wrap the whole span."""
    first, last = surface[0], surface[-1]
    if _OPENS.get(last) == first:
        return True
    left = first in _EDGE and _CLOSES.get(first, first) not in surface[1:]
    right = last in _EDGE and _OPENS.get(last, last) not in surface[:-1]
    return left or right


def check_attributes(given: Iterable[str], label: str, schema: Schema) -> tuple[dict[str, str], list[str]]:
    """(attributes that the schema allows on a label, what is wrong with the others), from `name=value` items."""
    good, bad = {}, []
    for item in given:
        name, _, value = item.partition("=")
        spec = schema.attributes.get(name)
        if spec is None or label not in spec.labels or value not in spec.values:
            bad.append(f"attribute {item} is not allowed on {label}")
        else:
            good[name] = value
    return good, bad


def _relations(
    lines: list[tuple[int, str]], entities: dict[str, Entity], name: str, schema: Schema, faults: list[Fault]
) -> tuple[Relation, ...]:
    relations: dict[tuple[str, str, str], Relation] = {}
    for number, line in lines:
        parts = line.split()
        if len(parts) != 3:
            faults.append(Fault(name, number, f"unreadable relation {line.strip()!r}; write TYPE HEAD TAIL"))
            continue
        kind, head, tail = parts
        problem = relation_problem(kind, entities.get(head), entities.get(tail), schema)
        if problem is None and (kind, head, tail) in relations:
            problem = "given twice; delete one"
        if problem is not None:
            faults.append(Fault(name, number, f"{line.strip()}: {problem}"))
            continue
        relations[kind, head, tail] = Relation(kind, entities[head], entities[tail])
    return tuple(relations.values())


def relation_problem(kind: str, head: Entity | None, tail: Entity | None, schema: Schema) -> str | None:
    """What is wrong with a relation, or None."""
    if kind not in schema.relations:
        return f"unknown relation {kind}; the relations are {' '.join(schema.relations)}"
    if head is None or tail is None:
        return "no entity has this id"
    if not schema.allows(kind, head.label, tail.label):
        return f"{head.label} -> {tail.label} is not allowed for {kind}"
    return None


def format_ann(document: Document) -> str:
    """Write a document; the inverse of `parse_ann` for faultless documents. Raise CorpusError where it cannot be written.

    Ids that are not all integers, which the format asks for, become 1, 2, ... in order of place.
    """
    document = _numbered(document)
    parts: list[str] = []
    last = 0
    if re.search("[⟦⟧]", document.text):
        raise CorpusError(f"{document.id}: the text holds ⟦ or ⟧, which this format uses for marks; write JSONL instead")
    for entity in sorted(document.entities, key=lambda e: e.start):
        if entity.start < last:
            raise CorpusError(f"{document.id}: #{entity.id} {entity.text!r} overlaps the entity before it; spans are flat")
        surface = document.text[entity.start : entity.end]
        if "|" in surface:
            raise CorpusError(f"{document.id}: #{entity.id} {surface!r} holds '|', which this format uses; write JSONL instead")
        attributes = "".join(f" {name}={value}" for name, value in entity.attributes.items())
        parts += [document.text[last : entity.start], f"⟦{surface}|{entity.label}#{entity.id}{attributes}⟧"]
        last = entity.end
    parts.append(document.text[last:])
    lines = "".join(f"{r.type} {r.head.id} {r.tail.id}\n" for r in document.relations)
    return "".join(parts) + "\n---\n" + lines


def _numbered(document: Document) -> Document:
    """The document with integer ids: its own where all are integers, else 1, 2, ... in order of place."""
    if all(e.id.isdecimal() for e in document.entities):
        return document
    ordered = sorted(document.entities, key=lambda e: e.start)
    fresh = {e.id: replace(e, id=str(n)) for n, e in enumerate(ordered, 1)}
    relations = tuple(replace(r, head=fresh[r.head.id], tail=fresh[r.tail.id]) for r in document.relations)
    return replace(document, entities=tuple(fresh.values()), relations=relations)


def read_ann(path: str | Path, *, schema: Schema = DEFAULT) -> tuple[Document, list[Fault]]:
    """Read a file; its name without `.ann.txt` is the document's id (see `zsie.corpus.naming`).

    A byte order mark is dropped; line ends stay as they are, `\\r\\n` too. Raise CorpusError when it cannot be read.
    """
    file = Path(path)
    try:
        raw = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CorpusError(f"{file}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise CorpusError(f"{file}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
    return parse_ann(raw, id_of(file.name.removesuffix(SUFFIX)), schema=schema)


def same_ids(documents: Iterable[Document]) -> list[str]:
    """Ids that more than one document carries."""
    return [name for name, count in Counter(d.id for d in documents).items() if count > 1]
