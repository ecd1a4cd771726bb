"""Things counted and then named one by one: 改造网点5个(甲店、乙店、丙店、丁店、戊店)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zsie.audit.context import Context, shown
from zsie.audit.finding import Finding
from zsie.records import flat_name
from zsie.types import Entity

_LABELS = ("COMPANY", "PROJECT", "ORG", "EVENT", "OFFICIAL", "PERSON")
_INTRO = re.compile(r"[^\W\d]{0,10}\s*(?:[:：]?\s*[(（](?:分别(?:为|是)|即)?|[:：])")
_LIST_END = re.compile(r"[;；。)）\n]")
_NOT_A_LIST = re.compile(r"等|其中|包括|含|如|主要|以及|另|\d")


def listed(context: Context) -> Iterator[Finding]:
    """A count, and the names that are listed right after it."""
    named = sorted((e for e in context.report.entities if e.label in _LABELS), key=lambda e: e.start)
    for count in context.figures:
        intro = _INTRO.match(context.text, count.end)
        if count.entity.label != "COUNT" or count.number.digit or count.target or not intro:
            continue
        end = _end(context.text, intro.end())
        names = [e for e in named if intro.end() <= e.start and e.end <= end]
        if not _only_names(context.text[intro.end() : end], names):
            continue
        agrees = count.number.amount == len(names)
        if not agrees and context.text[end : end + 1] == "\n":
            continue  # a copy with hard line wraps: the list may go on
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


def _only_names(words: str, names: list[Entity]) -> bool:
    """Whether a list holds names of one kind only, one between two commas; 等 and 其中 say that it is no full list."""
    rest = words
    for name in names:
        rest = rest.replace(name.text, "", 1)
    items = [item for item in words.split("、") if item.strip()]
    return len(items) == len(names) > 0 and len({e.label for e in names}) == 1 and not _NOT_A_LIST.search(rest)
