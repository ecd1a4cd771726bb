"""What annotation tools hand over, turned into documents: offsets in their units, labels with attributes, links by id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from zsie.corpus.annfile import Fault, check_span, relation_problem
from zsie.errors import CorpusError
from zsie.schema import Schema
from zsie.types import Document, Entity, Relation

UNITS = ("codepoint", "utf16", "codepoint-lf", "utf16-lf")
"""How a tool counts characters: code points (Python), UTF-16 code units (JavaScript), either with `\\r\\n` as one."""

_ATTRIBUTES = re.compile(r"([^\[\]]+)\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A span as a tool tells it; `text` is its surface where the tool gives it, `start` and `end` are in the tool's units."""

    id: str
    label: str
    start: int
    end: int
    text: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


def document_of(
    name: str,
    text: str,
    marks: Sequence[Mark],
    links: Iterable[tuple[str, str, str]],
    *,
    source: str,
    schema: Schema,
    line: int = 0,
    units: str = "auto",
) -> tuple[Document, list[Fault]]:
    """Build a document; what breaks a rule is left out of it and told in a fault. `links` are (type, head id, tail id).

    With `units="auto"` the way of counting is taken that agrees with the surfaces the tool gives, else the one that leaves
    the fewest spans with a faulty edge; raise CorpusError for an unknown unit.
    """
    places = _places(text, marks, units)
    faults: list[Fault] = []
    entities: dict[str, Entity] = {}
    last = 0
    for mark, place in sorted(zip(marks, places, strict=True), key=lambda pair: (pair[0].start, pair[0].end)):

        def tell(problem: str, mark: Mark = mark) -> None:
            shown = f" {mark.text!r}" if mark.text else ""
            faults.append(Fault(source, line, f"{name}: #{mark.id}{shown} {mark.start}-{mark.end}: {problem}"))

        if place is None:
            tell(
                f"outside the text ({len(text)} characters), or inside a character; give the tool's way of counting with --units"
            )
            continue
        surface = text[place[0] : place[1]]
        if mark.text is not None and not _same(mark.text, surface):
            tell(
                f"the text there is {surface!r}; the annotation belongs to another text, or give the way of counting with --units"
            )
            continue
        for problem in check_span(surface, mark.label, schema):
            tell(problem)
        if mark.label not in schema.labels or not surface:
            continue
        if place[0] < last:
            tell("overlaps the span before it; spans are flat, keep the longest")
            continue
        if mark.id in entities:
            tell("this id is used before; ids are unique in a document")
            continue
        last = place[1]
        given = {}
        for key, value in mark.attributes.items():
            spec = schema.attributes.get(key)
            if spec is None or mark.label not in spec.labels or value not in spec.values:
                tell(f"attribute {key}={value} is not allowed on {mark.label}")
            else:
                given[key] = value
        entities[mark.id] = Entity(mark.id, mark.label, *place, surface, attributes=given)
    relations: dict[tuple[str, str, str], Relation] = {}
    for kind, head, tail in links:
        wrong = relation_problem(kind, entities.get(head), entities.get(tail), schema)
        if wrong is not None:
            faults.append(Fault(source, line, f"{name}: {kind} {head} {tail}: {wrong}"))
        else:
            relations[kind, head, tail] = Relation(kind, entities[head], entities[tail])
    return Document(name, text, tuple(entities.values()), tuple(relations.values())), faults


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


def _same(given: str, surface: str) -> bool:
    """Tools show a line break inside a span as a space, or leave out the carriage return."""
    return given == surface or (surface == surface.strip() and re.sub(r"\s+", " ", given) == re.sub(r"\s+", " ", surface))


def _places(text: str, marks: Sequence[Mark], units: str) -> list[tuple[int, int] | None]:
    """Code-point places of the marks (None outside the text) under the best way of counting."""
    if units != "auto" and units not in UNITS:
        raise CorpusError(f"units {units!r}: one of auto, {', '.join(UNITS)}")
    best: tuple[int, list[tuple[int, int] | None]] | None = None
    for index in _indices(text, units):
        found = [_place(mark, index) for mark in marks]
        wrong = sum(_misfit(mark, place, text) for mark, place in zip(marks, found, strict=True))
        if best is None or wrong < best[0]:
            best = wrong, found
        if not wrong:
            break
    assert best is not None
    return best[1]


def _indices(text: str, units: str) -> Iterator[dict[int, int]]:
    """Unit offset to code-point offset, for each way of counting that may differ on this text."""
    for name in UNITS if units == "auto" else (units,):
        index: dict[int, int] = {}
        at = 0
        for i, char in enumerate(text):
            index.setdefault(at, i)
            folded = name.endswith("-lf") and text.startswith("\r\n", i)
            at += 0 if folded else 2 if name.startswith("utf16") and ord(char) > 0xFFFF else 1
        index[at] = len(text)
        yield index


def _place(mark: Mark, index: Mapping[int, int]) -> tuple[int, int] | None:
    start, end = index.get(mark.start), index.get(mark.end)
    return None if start is None or end is None or end < start else (start, end)


def _misfit(mark: Mark, place: tuple[int, int] | None, text: str) -> bool:
    if place is None:
        return True
    surface = text[place[0] : place[1]]
    if mark.text is not None:
        return not _same(mark.text, surface)
    return (
        not surface
        or surface[0].isspace()
        or surface[-1].isspace()
        or surface[0] in "，。、；：,;:"
        or surface[-1] in "，。、；：,;:"
    )
