"""Build the records of a report."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from zsie.records import events as happenings
from zsie.records import growth, names
from zsie.records.links import Links, Sentences, flat_name, label
from zsie.records.model import Company, Event, Indicator, Official, Project
from zsie.records.names import Group
from zsie.records.status import plans
from zsie.types import Entity, ReportData


def projects(report: ReportData) -> tuple[Project, ...]:
    """All projects of a report, in order of first mention."""
    return tuple(record for part in _parts(report) for record in _projects(part))


def _projects(report: ReportData) -> tuple[Project, ...]:
    links = Links(report.relations)
    company_groups = _company_groups(report)
    owner = _owner(company_groups)

    # Asked for every two projects.
    @cache
    def company_of(name: str) -> str | None:
        short = Group(name, ())
        found = [g.key for g in company_groups if g.key == name or names.companies_alike(short, g) or _mentioned(name, g)]
        return found[0] if len(found) == 1 else None

    alike = names.projects_alike(links, Sentences(report.sentences), company_of, owner)
    groups = names.merged(names.grouped(label(report.entities, "PROJECT"), names.project_key), alike)
    return tuple(
        Project(
            _fullest(group.mentions),
            group.mentions,
            # A report tells a project's story forwards: the last stage it gives is where it stands.
            next((m.stage for m in reversed(group.mentions) if m.stage), None),
            links.heads("INVESTS_IN", *group.mentions),
            links.tails("LOCATED_IN", *group.mentions),
            links.figures(*group.mentions),
            links.tails("TIME", *group.mentions),
            links.tails("AT_EVENT", *group.mentions),
            links.tails("COMPLETION", *group.mentions),
        )
        for group in groups
    )


def indicators(report: ReportData) -> tuple[Indicator, ...]:
    """All figures that an indicator governs, one row each; the first percentage said of a figure is its column of growth or
    share, a further one has a row of its own.
    """
    links = Links(report.relations)
    planned = plans(report.text, report.sections, report.sentences)
    governed = [r.tail for r in report.relations if r.type == "VALUE"]
    cues = {figure.id: planned.cue(figure) for figure in governed if not figure.status}

    def status(figure: Entity) -> str:
        return figure.status or ("target" if cues[figure.id] else "actual")

    def owner(figures: Sequence[Entity], percent: Entity) -> Entity | None:
        return growth.owner(report.text, figures, percent, lambda figure: status(figure) != "actual")

    rows = []
    for entity in label(report.entities, "INDICATOR"):
        figures = links.tails("VALUE", entity)
        main = [f for f in figures if f.label != "PERCENT"] or list(figures)
        percents = [f for f in figures if f.label == "PERCENT"]
        of: dict[str, Entity] = {}
        for percent in percents if main != percents else ():
            figure_of = owner(main, percent)
            if figure_of is None or figure_of.id in of:
                main.append(percent)
            else:
                of[figure_of.id] = percent
        for figure in main:
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
                    of.get(figure.id),
                    status(figure),
                    cues.get(figure.id),
                )
            )
    return tuple(sorted(rows, key=lambda row: row.figure.start))


def events(report: ReportData) -> tuple[Event, ...]:
    """All events; mentions under one name are one event only when their dates do not differ."""
    return tuple(record for part in _parts(report) for record in _events(part))


def _events(report: ReportData) -> tuple[Event, ...]:
    links = Links(report.relations)
    rows = []
    for group in happenings.groups_of(label(report.entities, "EVENT"), links):
        people = links.heads("PARTICIPATES_IN", *group.mentions)
        rows.append(
            Event(
                _fullest(group.mentions),
                group.mentions,
                links.tails("TIME", *group.mentions),
                links.tails("LOCATED_IN", *group.mentions),
                tuple(p for p in people if p.label == "OFFICIAL"),
                tuple(p for p in people if p.label != "OFFICIAL"),
                links.heads("AT_EVENT", *group.mentions),
                links.figures(*group.mentions),
                next((m.status for m in group.mentions if m.status), None) or "actual",
            )
        )
    return tuple(rows)


def officials(report: ReportData) -> tuple[Official, ...]:
    """All named officials; a bare name, or a surname with a title, joins the mention that carries both."""
    return tuple(record for part in _parts(report) for record in _officials(part))


def _officials(report: ReportData) -> tuple[Official, ...]:
    links = Links(report.relations)
    rows = []
    groups = names.grouped(label(report.entities, "OFFICIAL"), names.person_key)
    for group in names.merged(names.merged(groups, names.persons_titled), names.persons_alike):
        titles = dict.fromkeys(str(t) for m in group.mentions for t in (m.value or {}).get("titles") or ())
        organisation = next((m.value["organisation"] for m in group.mentions if m.value and m.value.get("organisation")), None)
        name = group.key.split("#")[0]
        rows.append(
            Official(name, tuple(titles), organisation, group.mentions, links.tails("PARTICIPATES_IN", *group.mentions))
        )
    return tuple(rows)


def companies(report: ReportData) -> tuple[Company, ...]:
    """All named enterprises; short forms are joined to the one full name that they can stand for."""
    return tuple(record for part in _parts(report) for record in _companies(part))


def _companies(report: ReportData) -> tuple[Company, ...]:
    links = Links(report.relations)
    return tuple(
        Company(
            _fullest(group.mentions),
            group.mentions,
            links.tails("LOCATED_IN", *group.mentions),
            links.tails("INVESTS_IN", *group.mentions),
            links.tails("PARTICIPATES_IN", *group.mentions),
            links.figures(*group.mentions),
        )
        for group in _company_groups(report)
    )


def _parts(report: ReportData) -> Iterator[ReportData]:
    """The reports that stand in one text, apart: what has one name in two of them need not be one thing."""
    starts = [division.start for division in report.divisions[1:]]
    if not starts:
        yield report
        return
    for number in range(len(starts) + 1):
        entities = tuple(e for e in report.entities if bisect_right(starts, e.start) == number)
        yield replace(report, entities=entities, divisions=())


def _company_groups(report: ReportData) -> list[Group]:
    return names.merged(names.grouped(label(report.entities, "COMPANY"), names.company_key), names.companies_alike)


def _owner(groups: Sequence[Group]) -> Callable[[Entity], str]:
    keys = {m.id: g.key for g in groups for m in g.mentions}
    return lambda entity: keys.get(entity.id, flat_name(entity))


def _mentioned(name: str, group: Group) -> bool:
    return any(names.company_key(m) == name for m in group.mentions)


def _fullest(mentions: Sequence[Entity]) -> str:
    """The longest of the names, the first of these."""
    return max((flat_name(m) for m in mentions), key=len)
