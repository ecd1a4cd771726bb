"""Mentions of one thing: which names are variants of each other, with what speaks against it.

Every rule needs one candidate only; where two full names would fit a short one, the short one stays a record of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from zsie.records.links import Links, Sentences, flat_name, once
from zsie.text.masks import RUN
from zsie.types import Entity

_PLAIN_TAIL = re.compile(r"(?:(?:建设)?(?:项目|项|工程)|專案|专案)$")
_QUOTES = str.maketrans("", "", "“”\"'‘’《》「」")
_BRACKETS = re.compile(r"\(.*?\)")
_MASK = re.compile(RUN)
_SMALL_ADDITION = re.compile(r"\(?(?:[一二三四五六\d]期|首期|建设|新建|扩建|技改|压榨|加工|生产)*\)?")


@dataclass(frozen=True)
class Group:
    """Mentions under one key."""

    key: str
    mentions: tuple[Entity, ...]

    @property
    def start(self) -> int:
        """Where the first mention begins."""
        return self.mentions[0].start

    def values(self, name: str) -> set[str]:
        """What the mentions' values say under `name`, nulls left out."""
        return {str(m.value[name]) for m in self.mentions if m.value and m.value.get(name) is not None}


def folded(entity: Entity) -> str:
    """The clean form of a name where the value holds it, else the surface without spaces."""
    name = (entity.value or {}).get("name")
    return str(name) if name else flat_name(entity)


def grouped(entities: Iterable[Entity], key: Callable[[Entity], str]) -> list[Group]:
    """Group mentions by key, in order of first mention."""
    groups: dict[str, list[Entity]] = {}
    for entity in entities:
        groups.setdefault(key(entity), []).append(entity)
    return [Group(name, once(mentions)) for name, mentions in groups.items()]


def merged(groups: Sequence[Group], same: Callable[[Group, Group], bool]) -> list[Group]:
    """Give every short name to the one long name it stands for; `same(short, long)` tells.

    The longest key of those that come together names the group.
    """
    leads: dict[str, str] = {}
    for short in groups:
        found = [long for long in groups if long is not short and same(short, long)]
        # A chain of ever longer names counts as one candidate: the longest.
        longest = max(found, key=lambda g: len(g.key), default=None)
        if longest and all(other is longest or same(other, longest) for other in found):
            leads[short.key] = longest.key
    together: dict[str, list[Group]] = {}
    for group in groups:
        together.setdefault(_lead(leads, group.key), []).append(group)
    result = [Group(key, once(m for g in several for m in g.mentions)) for key, several in together.items()]
    return sorted(result, key=lambda g: g.start)


def _lead(leads: Mapping[str, str], key: str) -> str:
    seen = {key}
    while key in leads and leads[key] not in seen:
        key = leads[key]
        seen.add(key)
    return key


def telling(name: str) -> bool:
    """Whether a name says enough to know the thing again: a mask with a generic word (*项目) does not."""
    return not _MASK.search(name) or len(_MASK.sub("", _PLAIN_TAIL.sub("", name))) >= 2


def project_key(entity: Entity) -> str:
    """A project's name without quotes and without 项目 or 工程 at its end; a name that is only a mask stays apart."""
    name = folded(entity).translate(_QUOTES)
    if not telling(name):
        return f"{name}#{entity.id}"
    return _PLAIN_TAIL.sub("", name) or name


def projects_alike(
    links: Links, sentences: Sentences, company_of: Callable[[str], str | None], owner: Callable[[Entity], str]
) -> Callable[[Group, Group], bool]:
    """Whether one project name is a shorter form of another.

    `company_of` gives the company that a short name stands for, `owner` the company that an investor's mention belongs to.
    """

    def investors(group: Group) -> set[str]:
        return {owner(e) for e in links.heads("INVESTS_IN", *group.mentions)}

    def same(short: Group, long: Group) -> bool:
        if "#" in short.key + long.key or _conflict(short.values("phase"), long.values("phase")):
            return False
        if _conflict(short.values("scale"), long.values("scale")):
            return False
        if _conflict(investors(short), investors(long)):
            return False
        listed = {sentences.number(m.start) for m in short.mentions}
        if listed & {sentences.number(m.start) for m in long.mentions}:
            return False
        later = short.start > long.start
        company = company_of(short.key) if later else None
        if company is not None:
            # 鑫茂电子项目: the one project of that company.
            return company in investors(long) and company_of(long.key) is None
        return _shorter(short.key, long.key, later=later)

    return same


def _shorter(short: str, long: str, *, later: bool) -> bool:
    if len(short) >= len(long) or len(short) < 3:
        return False
    if len(short) >= 4 and long.endswith(short):
        return True
    if long.startswith(short):
        return bool(_SMALL_ADDITION.fullmatch(long[len(short) :]))
    return later and len(short) >= 6 and short[-2:] == long[-2:] and _pieces(short, long) <= 3


def _pieces(short: str, long: str) -> int:
    """In how many stretches of two characters or more `short` is found in `long`, in order; many where it is not."""
    place = pieces = done = 0
    while done < len(short):
        size = next((n for n in range(len(short) - done, 1, -1) if long.find(short[done : done + n], place) >= 0), 0)
        if size == 0:
            return 99
        place = long.find(short[done : done + size], place) + size
        done += size
        pieces += 1
    return pieces


def _conflict(one: set[str], other: set[str]) -> bool:
    return bool(one) and bool(other) and not one & other


def company_key(entity: Entity) -> str:
    """A company's name without brackets; a name that is only a mask, with or without a legal form, stays apart."""
    name = _BRACKETS.sub("", folded(entity))
    core = name.removesuffix(str((entity.value or {}).get("form") or ""))
    return name if name and telling(name) and _MASK.sub("", core) else f"{folded(entity)}#{entity.id}"


def stem(group: Group) -> str:
    """A company's name without its legal form."""
    return group.key.removesuffix(next(iter(group.values("form")), ""))


def companies_alike(short: Group, long: Group) -> bool:
    """Whether one company name is a later short form of another: 鸿兆 of 东莞市鸿兆塑胶五金有限公司."""
    if "#" in short.key + long.key or len(short.key) >= len(long.key) or "有限" in short.key:
        return False
    name, legal = stem(short), next(iter(long.values("form")), None)
    if len(_MASK.sub("", name)) < 2 or not legal:
        return False
    brand = next(iter(long.values("short")), "")
    core = long.key[long.key.find(brand) :] if brand and brand in long.key else long.key
    return core.startswith(name) or long.key.startswith(name)


def person_key(entity: Entity) -> str:
    """The bare name of an official or person; a surname or a partly masked name goes with what the person is called.

    李县长 need not be 李副县长, nor 县长陈某某 be 局长陈某某. A bare mask stays apart, a mask with a title goes by its surface.
    """
    value = entity.value or {}
    name = str(value.get("name") or "")
    masked = bool(value.get("masked") and _MASK.search(name))
    called = (value.get("organisation") or "") + "、".join(value.get("titles") or ())
    if name and called and (masked or len(name) == 1):
        return f"{name}#{called}"
    if name and not masked:
        return name
    surface = flat_name(entity)
    return surface if len(_MASK.sub("", surface)) >= 2 else f"{surface}#{entity.id}"


def persons_titled(short: Group, long: Group) -> bool:
    """Whether 李书记 is the 李映 whom another mention calls 书记, to the letter: to be asked before `persons_alike`."""
    return _surname_of(short, long) and bool(_titles(short) & _titles(long))


def persons_alike(short: Group, long: Group) -> bool:
    """Whether one is a shorter way to speak of the other.

    李县长 may be the 李映 whom another mention calls 副县长, 陈某某 and 陈某某局长 are 招商局局长陈某某, and a mention may hold
    another's whole name (彭南桂副县长).
    """
    if _surname_of(short, long):
        return any(t.endswith(s) for s in _titles(short) for t in _titles(long))
    name, other = short.key.split("#")[0], long.key.split("#")[0]
    if _MASK.search(name + other):
        bodies = short.values("organisation"), long.values("organisation")
        fewer = _titles(short) <= _titles(long) and bodies[0] <= bodies[1]
        more = _titles(short) != _titles(long) or bodies[0] != bodies[1]
        return name == other and bool(_MASK.sub("", name)) and fewer and more
    # The longer key is a whole surface that the person grammar left unread.
    return "#" not in short.key + long.key and len(other) >= 2 and name != other and other in name


def _surname_of(short: Group, long: Group) -> bool:
    """Whether one is a surname, and the other a whole name that begins with it."""
    surname = short.key.split("#")[0]
    name = long.key.split("#")[0]
    return len(surname) == 1 < len(name) and name[0] == surname and not _MASK.search(name)


def _titles(group: Group) -> set[str]:
    return {str(t) for m in group.mentions for t in (m.value or {}).get("titles") or ()}
