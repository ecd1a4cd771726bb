"""The text of a report as HTML: entities, headings and furniture marked; the letters between the tags are the raw text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import escape

from zsie.types import ReportData

_HEADING = re.compile(r"[^。\n:：;；!！?？]{1,60}")
_LINE_END = re.compile("\n")
_BLOCK = 1200
"""Characters of a block, which a browser lays out only when it is seen."""
_UNSURE = 0.6
"""Confidence below which a span is drawn as uncertain."""


def marked(report: ReportData, labels: Sequence[str]) -> str:
    """The report's span of the text in blocks of whole lines, so that a browser lays out only what is seen of a long one.

    Entity i is `<span class="e lK" id=ID data-i=i>` with K the index of its label in `labels`; `<a id=sN>` stands where
    section N begins.
    """
    text, (begun, last) = report.text, (report.span.start, report.span.end)
    opens = {e.start: (i, e) for i, e in enumerate(report.entities)}
    closes = {e.end for e in report.entities}
    bold, grey = _Ranges(_titled(report)), _Ranges((f.start, f.end) for f in report.furniture)
    anchors: dict[int, list[str]] = defaultdict(list)
    for i, section in enumerate(report.sections):
        anchors[section.start].append(f"<a id=s{i}></a>")
    if len(report.divisions) > 1:
        for part in report.divisions:
            anchors[part.start].append("<a class=part></a>")
    breaks = {m.end() for m in _LINE_END.finditer(text, begun, last)}
    cuts = sorted({begun, last, *opens, *closes, *anchors, *bold.edges, *grey.edges, *breaks})
    parts = ["<div class=p>"]
    inside = False
    for start, end in zip(cuts, cuts[1:], strict=False):
        if start in closes:
            parts.append("</span>")
            inside = False
        if start in breaks and not inside and start - begun >= _BLOCK:
            parts.append("</div><div class=p>")
            begun = start
        parts += anchors.get(start, ())
        if start in opens:
            i, entity = opens[start]
            unsure = " unsure" if entity.confidence < _UNSURE else ""
            kind = f"e l{labels.index(entity.label)}{unsure}"
            parts.append(f'<span class="{kind}" id="{escape(entity.id)}" data-i={i}>')
            inside = True
        letters = escape(text[start:end], quote=False)
        if start in grey:
            letters = f"<i>{letters}</i>"
        elif start in bold:
            letters = f"<b>{letters}</b>"
        parts.append(letters)
    if inside:
        parts.append("</span>")
    return "".join(parts) + "</div>"


class _Ranges:
    """Half-open ranges that do not overlap, asked whether they hold a place."""

    def __init__(self, ranges: Iterator[tuple[int, int]]) -> None:
        self._ranges = sorted(set(ranges))
        self._starts = [start for start, _ in self._ranges]
        self.edges = {edge for one in self._ranges for edge in one}

    def __contains__(self, place: int) -> bool:
        at = bisect_right(self._starts, place) - 1
        return at >= 0 and place < self._ranges[at][1]


def _titled(report: ReportData) -> Iterator[tuple[int, int]]:
    """The title and the headings of sections."""
    if report.title and (place := report.text.find(report.title, report.span.start, report.span.end)) >= 0:
        yield place, place + len(report.title)
    for section in report.sections:
        if section.title and (found := _HEADING.match(report.text, section.start, section.end)):
            yield found.span()
