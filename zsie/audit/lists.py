"""Things counted and then named one by one: 改造网点5个(甲店、乙店、丙店、丁店、戊店)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zsie.audit.context import Context, Stated, shown
from zsie.audit.finding import Finding
from zsie.records import flat_name
from zsie.types import Entity

_LABELS = ("COMPANY", "PROJECT", "ORG", "EVENT", "OFFICIAL", "PERSON")
_INTRO = re.compile(r"[^\W\d]{0,10}\s*(?:[:：]?\s*[(（](?:分别(?:为|是)|即)?|[:：])")
_LIST_END = re.compile(r"[;；。)）\n]")
_NOT_A_LIST = re.compile(r"等|其中|包括|含|如|主要|以及|另|\d|[:：]")
# 7000张(牵头单位:民政厅): who sees to it, not what is counted.
_NOT_COUNTED = re.compile(r"单位|單位|领导|領導|人员|人員|附件|责任|責任|牵头|牽頭|负责|負責")
_OF_PERSONS = re.compile(r"[人名位]")
# What a count of bodies is a count of, in its last words: 成立商会3家, 基层社3个.
_BODY = re.compile(r"单位|單位|机构|機構|部门|部門|组织|組織|中心|支部|[局会會社校院所站团團厅廳委办辦店]|网点|網點")
_NEAR = 30


def listed(context: Context) -> Iterator[Finding]:
    """A count, and the names that are listed right after it."""
    named = sorted((e for e in context.report.entities if e.label in _LABELS), key=lambda e: e.start)
    for count in context.figures:
        intro = _INTRO.match(context.text, count.end)
        if count.entity.label != "COUNT" or count.number.digit or count.target or not intro:
            continue
        if _NOT_COUNTED.search(intro.group()):
            continue
        end = _end(context.text, intro.end())
        names = [e for e in named if intro.end() <= e.start and e.end <= end]
        if not _only_names(context.text[intro.end() : end], names) or not _counted(context, count, names[0].label):
            continue
        agrees = count.number.amount == len(names)
        if not agrees and (len(names) == 1 or context.text[end : end + 1] == "\n"):
            continue  # one name is no list of more; in a copy with hard line wraps the list may go on
        yield context.finding(
            "list_count",
            "ok" if agrees else "error",
            f"{'、'.join(map(flat_name, names))} = {shown(count) if agrees else f'{len(names)} ≠ {shown(count)}'}",
            (("count", count), *(("name", name) for name in names)),
        )


def _end(text: str, start: int) -> int:
    """Where the clause or bracket of a list that begins at `start` ends; brackets inside names stay inside."""
    depth = 0
    for place in range(start, len(text)):
        if text[place] in "(（":
            depth += 1
        elif text[place] in ")）" and depth:
            depth -= 1
        elif not depth and _LIST_END.match(text[place]):
            return place
    return len(text)


def _counted(context: Context, count: Stated, label: str) -> bool:
    """Whether what has this label may be what is counted: persons by 人, 名 or 位, all else by other words."""
    if label in ("OFFICIAL", "PERSON"):
        return bool(_OF_PERSONS.fullmatch(count.unit))
    if _OF_PERSONS.fullmatch(count.unit):
        return False
    start = max(context.statements.start(count.start), count.start - _NEAR)
    return label != "ORG" or bool(_BODY.search(count.name or context.between(start, count.start)))


def _only_names(words: str, names: list[Entity]) -> bool:
    """Whether a list holds names of one kind only, one between two commas.

    等 and 其中 say that it is no full list, a colon and 牵头单位 that it is one of something else.
    """
    rest = words
    for name in names:
        rest = rest.replace(name.text, "", 1)
    items = [item for item in words.split("、") if item.strip()]
    return (
        len(items) == len(names) > 0
        and len({e.label for e in names}) == 1
        and not any(p.search(rest) for p in (_NOT_A_LIST, _NOT_COUNTED))
    )
