"""The record types: plain frozen data, built by `zsie.records.build`."""

from __future__ import annotations

from dataclasses import dataclass

from zsie.types import Entity, Span, Value


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount, count or rate with the words that say what it measures."""

    entity: Entity
    indicator: Entity | None = None
    dates: tuple[Entity, ...] = ()

    @property
    def value(self) -> Value | None:
        """The normalised value."""
        return self.entity.value


@dataclass(frozen=True, slots=True)
class Project:
    """A project with all that the text ties to it; `name` is its fullest name, `mentions` are all its mentions."""

    name: str
    mentions: tuple[Entity, ...]
    stage: str | None
    investors: tuple[Entity, ...]
    places: tuple[Entity, ...]
    figures: tuple[Figure, ...]
    dates: tuple[Entity, ...]
    events: tuple[Entity, ...]
    completion: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure of one indicator: one row, one fact.

    `status` is actual, target or forecast; `status_source` is the word that tells it where the figure's own mark does
    not (a figure of a plans section in a sentence with 力争, 确保 ...).
    """

    name: str
    canonical: str | None
    scope: str | None
    figure: Entity
    indicator: Entity
    dates: tuple[Entity, ...]
    completion: Entity | None
    growth: Entity | None
    status: str
    status_source: Span | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A happening with its time, place, people and outcomes."""

    name: str
    mentions: tuple[Entity, ...]
    dates: tuple[Entity, ...]
    places: tuple[Entity, ...]
    officials: tuple[Entity, ...]
    participants: tuple[Entity, ...]
    projects: tuple[Entity, ...]
    figures: tuple[Figure, ...]
    status: str


@dataclass(frozen=True, slots=True)
class Official:
    """A named official."""

    name: str
    titles: tuple[str, ...]
    organisation: str | None
    mentions: tuple[Entity, ...]
    events: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class Company:
    """A named enterprise; `name` is its full name, short forms are among the mentions."""

    name: str
    mentions: tuple[Entity, ...]
    places: tuple[Entity, ...]
    projects: tuple[Entity, ...]
    events: tuple[Entity, ...]
    figures: tuple[Figure, ...]
