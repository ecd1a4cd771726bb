"""Mentions of one happening: same name and no dates that differ; a short name joins the one full name it ends."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from zsie.records.links import Links, flat_name, once
from zsie.records.names import Group, folded, merged
from zsie.types import Entity

_QUOTES = str.maketrans("", "", "“”\"'‘’《》「」")
# Names that any number of happenings share: they are never taken for the short form of a longer name.
_GENERIC = re.compile(
    r"(?:现场|集中|专题|项目|招商|引资|投资|签约|推介|考察|洽谈|恳谈|座谈|交流|对接|培训|开工|奠基|说明|合作|论坛|观摩|学习|业务|工作|招商引资)*(?:会|会议|活动|仪式|班|培训|学习|签约|考察)?"
)
_SEPARATOR = "\0"


def groups_of(events: Sequence[Entity], links: Links) -> list[Group]:
    """Groups of mentions, each one event; a group's key is its fullest name."""
    dated: dict[str, dict[str, list[Entity]]] = defaultdict(lambda: defaultdict(list))
    for entity in events:
        dated[folded(entity).translate(_QUOTES)][_when(links.tails("TIME", entity))].append(entity)
    groups = []
    for name, by_date in dated.items():
        undated = by_date.pop("", [])
        if undated and len(by_date) == 1:
            next(iter(by_date.values())).extend(undated)
        elif undated:
            by_date[""] = undated
        groups += [Group(name + _SEPARATOR + when, once(mentions)) for when, mentions in by_date.items()]

    def same(short: Group, long: Group) -> bool:
        (name, when), (full, other) = (g.key.split(_SEPARATOR) for g in (short, long))
        if len(name) < 3 or len(name) >= len(full) or not full.endswith(name) or _GENERIC.fullmatch(name):
            return False
        if when and other and when != other:
            return False
        return not any(a and b and a != b for a, b in ((short.values(k), long.values(k)) for k in ("ordinal", "year")))

    joined = merged(sorted(groups, key=lambda g: g.start), same)
    return [Group(g.key.split(_SEPARATOR)[0], g.mentions) for g in joined]


def _when(dates: Sequence[Entity]) -> str:
    """What tells dates of one event from those of another: the period where it is known, else the words."""
    if not dates:
        return ""
    value = dates[0].value or {}
    if value.get("start") or value.get("end"):
        return f"{value.get('start')}…{value.get('end')}"
    return flat_name(dates[0])
