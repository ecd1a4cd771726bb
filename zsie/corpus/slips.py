"""Slips that annotators make against the guidelines, found by pattern: re-runnable checks over a whole corpus.

A *slip* is certain enough to count as a fault; a *hint* is worth a look and often right as it stands. Each function yields
(entity, message) of one document.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TypeAlias

from zsie.corpus.annfile import Fault
from zsie.types import Document, Entity

Finding: TypeAlias = tuple[Entity, str]
Rule: TypeAlias = Callable[[Document], Iterator[Finding]]

_FIGURES = frozenset({"AMOUNT", "COUNT", "PERCENT", "COMPLETION_RATE"})

_KEPT_SHARE = re.compile(r"占比|比重")
_FILLER = re.compile(r"(?:累计|累計|共(?!建|享|同|有制|青|商)|实现|實現|(?:达到|達到)(?!或))(?=.)")
_SUFFIX = re.compile(r"以上|以下|以内|以內|左右")
_ENDS = re.compile(r"[。！？!?\n]")
_PLANNED = re.compile(r"(?:计划|計劃|拟|擬|规划|規劃)总?總?投[资資](?!促|公)")


def whole_investment(document: Document) -> Iterator[Finding]:
    """完成投资 is 完成【投资】."""
    for e in document.entities:
        if e.label == "INDICATOR" and re.match(r"完成(?:总|固定资产|固投)?投[资資]$", e.text):
            yield e, "完成 stays outside: 完成【投资】"


def band_inside(document: Document) -> Iterator[Finding]:
    """A money band is AMOUNT of its own, the noun it selects INDICATOR."""
    for e in document.entities:
        if e.label == "INDICATOR" and re.search(r"\d[\d.]*[亿万億萬]+元", e.text):
            yield e, "the money band inside is an AMOUNT of its own"


def planned_investment(document: Document) -> Iterator[Finding]:
    """计划投资、计划总投资 of a project is a target."""
    for r in document.relations:
        if r.type == "VALUE" and r.tail.label == "AMOUNT" and _PLANNED.match(r.head.text) and "status" not in r.tail.attributes:
            yield r.tail, f"a figure of {r.head.text} is status=target"


def filler_in_front(document: Document) -> Iterator[Finding]:
    """累计、共、实现、达到 are fillers, left outside an indicator."""
    for e in document.entities:
        if e.label == "INDICATOR" and _FILLER.match(e.text):
            yield e, "begins with a filler; leave it outside"


def suffix_outside(document: Document) -> Iterator[Finding]:
    """以上、以下、以内、左右 after a figure belong to it."""
    for e in document.entities:
        if e.label in _FIGURES and _SUFFIX.match(document.text, e.end):
            yield e, f"{document.text[e.end : e.end + 2]} after a figure belongs inside"


def share_inside(document: Document) -> Iterator[Finding]:
    """占比、比重 stay outside an indicator."""
    for e in document.entities:
        if e.label == "INDICATOR" and _KEPT_SHARE.search(e.text) and not _KEPT_SHARE.fullmatch(e.text):
            yield e, "占比/比重 stay outside"


def two_indicators(document: Document) -> Iterator[Finding]:
    """A figure has at most one indicator."""
    heads: dict[str, list[str]] = defaultdict(list)
    for r in document.relations:
        if r.type == "VALUE":
            heads[r.tail.id].append(r.head.text)
            if len(heads[r.tail.id]) == 2:
                yield r.tail, f"two indicators ({'、'.join(heads[r.tail.id])}); keep the most specific"


def rate_of_rate(document: Document) -> Iterator[Finding]:
    """A rate that is an indicator's own value takes no COMPLETION beside it."""
    values = {r.tail.id for r in document.relations if r.type == "VALUE" and r.head.text.endswith("率")}
    for r in document.relations:
        if r.type == "COMPLETION" and r.tail.id in values:
            yield r.tail, "both the value of a rate indicator and a COMPLETION; keep VALUE"


def pointing_word(document: Document) -> Iterator[Finding]:
    """我局、我县、本镇、全县 are never annotated."""
    for e in document.entities:
        if e.label in ("ORG", "LOCATION") and re.fullmatch(r"[我本全该該贵貴][县縣市区區镇鎮乡鄉局委办辦园園社村]", e.text):
            yield e, "a self reference is not annotated"


def time_across(document: Document) -> Iterator[Finding]:
    """TIME of a figure stays in its sentence."""
    ends = [m.start() for m in _ENDS.finditer(document.text)]
    for r in document.relations:
        if (
            r.type == "TIME"
            and r.head.label in _FIGURES
            and bisect_right(ends, r.head.start) != bisect_right(ends, r.tail.start)
        ):
            yield r.head, f"TIME to {r.tail.text} crosses a sentence or line end"


def time_missing(document: Document) -> Iterator[Finding]:
    """One date stands before a figure in its sentence, and no TIME links the two."""
    ends = [m.start() for m in _ENDS.finditer(document.text)]
    linked = {r.head.id for r in document.relations if r.type == "TIME"}
    dates: dict[int, list[Entity]] = defaultdict(list)
    for e in document.entities:
        if e.label == "DATE":
            dates[bisect_right(ends, e.start)].append(e)
    for e in document.entities:
        near = dates[bisect_right(ends, e.start)]
        if e.label in ("AMOUNT", "COUNT") and e.id not in linked and len(near) == 1 and near[0].end <= e.start:
            yield e, f"no TIME, though {near[0].text} stands before it in the sentence"


def lonely_figure(document: Document) -> Iterator[Finding]:
    """An amount that nothing links to and that is no money band."""
    linked = {r.tail.id for r in document.relations if r.type in ("VALUE", "FIGURE")}
    for e in document.entities:
        band = re.search(r"以[上下]$|[级級]$", e.text)
        if e.label == "AMOUNT" and e.id not in linked and e.status != "target" and not band:
            yield e, "an AMOUNT with neither VALUE nor FIGURE"


def lonely_indicator(document: Document) -> Iterator[Finding]:
    """No figure, no INDICATOR."""
    linked = {r.head.id for r in document.relations if r.type == "VALUE"}
    for e in document.entities:
        if e.label == "INDICATOR" and e.id not in linked:
            yield e, "an INDICATOR without VALUE; no figure, no INDICATOR"


def unmarked_again(document: Document) -> Iterator[Finding]:
    """A name marked in one place and not in another of the same document."""
    covered = [False] * len(document.text)
    for e in document.entities:
        covered[e.start : e.end] = [True] * (e.end - e.start)
    labels: dict[str, set[str]] = defaultdict(set)
    first: dict[str, Entity] = {}
    for e in document.entities:
        if e.label in ("COMPANY", "ORG", "LOCATION", "PERSON", "OFFICIAL", "EVENT", "PROJECT") and len(e.text) >= 3:
            labels[e.text].add(e.label)
            first.setdefault(e.text, e)
    for surface, kinds in labels.items():
        for m in re.finditer(re.escape(surface), document.text):
            if len(kinds) == 1 and not any(covered[m.start() : m.end()]):
                around = document.text[max(0, m.start() - 8) : m.end() + 8].replace("\n", "⏎")
                yield first[surface], f"marked elsewhere, but not in {around!r}"


def label_wavers(document: Document) -> Iterator[Finding]:
    """One surface with two labels in one document."""
    labels: dict[str, dict[str, Entity]] = defaultdict(dict)
    for e in document.entities:
        if e.label in ("COMPANY", "ORG", "PERSON", "OFFICIAL", "EVENT") and len(e.text) >= 3:
            labels[e.text].setdefault(e.label, e)
    for found in labels.values():
        if len(found) > 1:
            yield next(iter(found.values())), f"marked as {' and '.join(sorted(found))} in one document"


def stage_missing(document: Document) -> Iterator[Finding]:
    """A project named again keeps its stage, where its other mentions agree on one."""
    told: dict[str, set[str]] = defaultdict(set)
    projects = [e for e in document.entities if e.label == "PROJECT"]
    for e in projects:
        if "stage" in e.attributes:
            told[e.text].add(e.attributes["stage"])
    for e in projects:
        stages = told.get(e.text, set())
        if "stage" not in e.attributes and len(stages) == 1:
            yield e, f"has no stage here, though it is {next(iter(stages))} elsewhere"


SLIPS: tuple[Rule, ...] = (
    whole_investment,
    band_inside,
    planned_investment,
    filler_in_front,
    suffix_outside,
    share_inside,
    two_indicators,
    rate_of_rate,
    pointing_word,
)
"""Certain enough to be faults."""

HINTS: tuple[Rule, ...] = (
    time_across,
    time_missing,
    lonely_figure,
    lonely_indicator,
    unmarked_again,
    label_wavers,
    stage_missing,
)
"""Worth a look."""


def look(document: Document, rules: tuple[Rule, ...] = SLIPS) -> list[Fault]:
    """Run rules over a document; each finding names the rule, the entity and what the guidelines ask."""
    return [
        Fault(document.id, 1 + document.text.count("\n", 0, e.start), f"#{e.id} {e.text!r}: {message} [{rule.__name__}]")
        for rule in rules
        for e, message in rule(document)
    ]
