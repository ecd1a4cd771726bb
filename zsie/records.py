"""Records: what an analyst would type into a spreadsheet, joined from entities, relations and values.

One record is one thing (a project, a company, an official, an event) or one fact (an indicator's figure). Mentions of a
thing under the same name, or under a name and its short form in `value`, are one record. Every record keeps its mentions, so each cell leads back
to its place in the text; its confidence is that of its surest mention.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from zsie.types import Entity, Relation, ReportData, Section, Value


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
    """A project with all that the text ties to it."""

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
    """One figure of one indicator: one row, one fact."""

    name: str
    canonical: str | None
    scope: str | None
    figure: Entity
    indicator: Entity
    dates: tuple[Entity, ...]
    completion: Entity | None
    growth: Entity | None
    status: str


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
    """A named enterprise."""

    name: str
    mentions: tuple[Entity, ...]
    places: tuple[Entity, ...]
    projects: tuple[Entity, ...]
    events: tuple[Entity, ...]
    figures: tuple[Figure, ...]


class Links:
    """Relations by entity, in both directions."""

    def __init__(self, relations: Iterable[Relation]) -> None:
        """Index once."""
        self._tails: dict[tuple[str, str], list[Entity]] = defaultdict(list)
        self._heads: dict[tuple[str, str], list[Entity]] = defaultdict(list)
        for relation in relations:
            self._tails[relation.type, relation.head.id].append(relation.tail)
            self._heads[relation.type, relation.tail.id].append(relation.head)

    def tails(self, kind: str, *heads: Entity) -> tuple[Entity, ...]:
        """What `heads` point at by relation `kind`, in text order, each once."""
        return _once(tail for head in heads for tail in self._tails.get((kind, head.id), ()))

    def heads(self, kind: str, *tails: Entity) -> tuple[Entity, ...]:
        """What points at `tails` by relation `kind`."""
        return _once(head for tail in tails for head in self._heads.get((kind, tail.id), ()))

    def figures(self, *owners: Entity) -> tuple[Figure, ...]:
        """The figures of a project, event or company."""
        return tuple(
            Figure(entity, next(iter(self.heads("VALUE", entity)), None), self.tails("TIME", entity))
            for entity in self.tails("FIGURE", *owners)
        )


def _once(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    return tuple(sorted({e.id: e for e in entities}.values(), key=lambda e: e.start))


def grouped(entities: Iterable[Entity], key: Callable[[Entity], str]) -> list[tuple[str, tuple[Entity, ...]]]:
    """Group mentions by name, in order of first mention."""
    groups: dict[str, list[Entity]] = {}
    for entity in entities:
        groups.setdefault(key(entity), []).append(entity)
    return [(name, tuple(mentions)) for name, mentions in groups.items()]


def flat_name(entity: Entity) -> str:
    """An entity's surface without spaces and line breaks."""
    return "".join(entity.text.split())


def person_name(entity: Entity) -> str:
    """The bare name of an official or person, else the surface."""
    value = entity.value
    return str(value["name"]) if value and value.get("kind") == "person" and value.get("name") else flat_name(entity)


def company_name(entities: Sequence[Entity]) -> Callable[[Entity], str]:
    """A key that leads short mentions to the one full name they stand for; ambiguous ones stay as they are."""
    full: dict[str, set[str]] = defaultdict(set)
    for entity in entities:
        short = (entity.value or {}).get("short")
        if short and short != flat_name(entity):
            full[str(short)].add(flat_name(entity))

    def key(entity: Entity) -> str:
        name = flat_name(entity)
        owners = full.get(name, set())
        return next(iter(owners)) if len(owners) == 1 else name

    return key


def label(entities: Iterable[Entity], *labels: str) -> list[Entity]:
    """Entities of the given labels."""
    return [e for e in entities if e.label in labels]


def projects(report: ReportData) -> tuple[Project, ...]:
    """All projects of a report."""
    links = Links(report.relations)
    return tuple(
        Project(
            name,
            mentions,
            # A report tells a project's story forwards: the last stage it gives is where it stands.
            next((m.stage for m in reversed(mentions) if m.stage), None),
            links.heads("INVESTS_IN", *mentions),
            links.tails("LOCATED_IN", *mentions),
            links.figures(*mentions),
            links.tails("TIME", *mentions),
            links.tails("AT_EVENT", *mentions),
            links.tails("COMPLETION", *mentions),
        )
        for name, mentions in grouped(label(report.entities, "PROJECT"), flat_name)
    )


def indicators(report: ReportData) -> tuple[Indicator, ...]:
    """All figures that an indicator governs, one row each; a growth or share percentage is a column of its figure."""
    links = Links(report.relations)
    rows = []
    for entity in label(report.entities, "INDICATOR"):
        figures = links.tails("VALUE", entity)
        main = [f for f in figures if f.label != "PERCENT"] or list(figures)
        percents = [f for f in figures if f.label == "PERCENT"]
        for figure in main:
            growth = None
            if figure.label != "PERCENT":
                later = [p for p in percents if p.start > figure.start]
                growth = later[0] if later and figure is _last_before(main, later[0]) else None
            value = entity.value or {}
            rows.append(
                Indicator(
                    flat_name(entity),
                    value.get("canonical"),
                    value.get("scope"),
                    figure,
                    entity,
                    links.tails("TIME", figure),
                    next(iter(links.tails("COMPLETION", figure)), None),
                    growth,
                    figure.status or "actual",
                )
            )
    return tuple(sorted(rows, key=lambda row: row.figure.start))


def _last_before(figures: Sequence[Entity], other: Entity) -> Entity | None:
    return next((f for f in reversed(figures) if f.start < other.start), None)


def events(report: ReportData) -> tuple[Event, ...]:
    """All events; mentions under one name are one event only when their dates do not differ."""
    links = Links(report.relations)

    def key(entity: Entity) -> str:
        dates = links.tails("TIME", entity)
        return flat_name(entity) + "\0" + (flat_name(dates[0]) if dates else "")

    rows = []
    for name, mentions in _join_undated(grouped(label(report.entities, "EVENT"), key)):
        people = links.heads("PARTICIPATES_IN", *mentions)
        rows.append(
            Event(
                name,
                mentions,
                links.tails("TIME", *mentions),
                links.tails("LOCATED_IN", *mentions),
                tuple(p for p in people if p.label == "OFFICIAL"),
                tuple(p for p in people if p.label != "OFFICIAL"),
                links.heads("AT_EVENT", *mentions),
                links.figures(*mentions),
                next((m.status for m in mentions if m.status), "actual") or "actual",
            )
        )
    return tuple(rows)


def _join_undated(groups: list[tuple[str, tuple[Entity, ...]]]) -> list[tuple[str, tuple[Entity, ...]]]:
    """Give mentions without a date to the only dated event of their name."""
    by_name: dict[str, list[list[Entity]]] = defaultdict(list)
    loose: dict[str, list[Entity]] = defaultdict(list)
    for key, mentions in groups:
        name, _, date = key.partition("\0")
        if date:
            by_name[name].append(list(mentions))
        else:
            loose[name].extend(mentions)
    for name, undated in loose.items():
        if len(by_name[name]) == 1:
            by_name[name][0].extend(undated)
        else:
            by_name[name].append(undated)
    joined: list[tuple[str, tuple[Entity, ...]]] = [
        (name, tuple(sorted(m, key=lambda e: e.start))) for name, several in by_name.items() for m in several if m
    ]
    return sorted(joined, key=lambda pair: pair[1][0].start)


def officials(report: ReportData) -> tuple[Official, ...]:
    """All named officials; a bare name joins the mention that carries the title."""
    links = Links(report.relations)
    rows = []
    for name, mentions in grouped(label(report.entities, "OFFICIAL"), person_name):
        titles = dict.fromkeys(str(t) for m in mentions for t in (m.value or {}).get("titles") or ())
        organisation = next((m.value["organisation"] for m in mentions if m.value and m.value.get("organisation")), None)
        rows.append(Official(name, tuple(titles), organisation, mentions, links.tails("PARTICIPATES_IN", *mentions)))
    return tuple(rows)


def companies(report: ReportData) -> tuple[Company, ...]:
    """All named enterprises."""
    links = Links(report.relations)
    entities = label(report.entities, "COMPANY")
    return tuple(
        Company(
            name,
            mentions,
            links.tails("LOCATED_IN", *mentions),
            links.tails("INVESTS_IN", *mentions),
            links.tails("PARTICIPATES_IN", *mentions),
            links.figures(*mentions),
        )
        for name, mentions in grouped(entities, company_name(entities))
    )


def section_of(sections: Sequence[Section], place: int) -> Section | None:
    """The innermost section that holds a place."""
    holding = [s for s in sections if s.start <= place < s.end]
    return min(holding, key=lambda s: s.end - s.start, default=None)
