"""The data that travels through zsie: plain frozen dataclasses that know nothing of torch, ONNX or spaCy.

All offsets are half-open code-point offsets into the text of the object that holds the span; in everything public
that is the raw text, so that `report.text[e.start:e.end] == e.text` always holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Value = Mapping[str, Any]
"""A normalised value, e.g. `{"kind": "money", "amount": "434000000", ...}`; see docs/values.md for each kind."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Whether the two ranges share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Entity:
    """A labelled span. In annotated documents `confidence` is 1.0 and `value` is None."""

    id: str
    label: str
    start: int
    end: int
    text: str
    confidence: float = 1.0
    value: Value | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str | None:
        """`actual`, `target` or `forecast` where the text tells, else None (which reads as actual)."""
        return self.attributes.get("status")

    @property
    def stage(self) -> str | None:
        """A project's stage where the text tells, else None."""
        return self.attributes.get("stage")


@dataclass(frozen=True, slots=True)
class Relation:
    """A directed, typed link between two entities of the same text.

    `confidence` is the chance that both ends and the link are right, so it is never above that of an end.
    """

    type: str
    head: Entity
    tail: Entity
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Document:
    """An annotated text: what the corpus holds, what training reads and what a model predicts."""

    id: str
    text: str
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A headed stretch of a report. `kind` is achievements, measures, problems, plans or other."""

    start: int
    end: int
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Furniture:
    """A stretch of page furniture (site header, upload date, page number ...), tagged but never cut."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Part:
    """One of several reports that stand in one text (篇1, 篇2 ...)."""

    start: int
    end: int
    title: str | None


@dataclass(frozen=True)
class ReportData:
    """What one parsed report consists of; `zsie.report.Report` adds the ways to look at it.

    A part of a longer text holds the whole text and whole-text offsets; `span` is its own stretch.
    """

    text: str
    span: Span
    title: str | None = None
    date: str | None = None
    sections: tuple[Section, ...] = ()
    sentences: tuple[Span, ...] = ()
    furniture: tuple[Furniture, ...] = ()
    divisions: tuple[Part, ...] = ()
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    model: Mapping[str, str] = field(default_factory=dict)
