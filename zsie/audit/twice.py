"""Statements that contradict each other: one indicator with two values for one period, figures later than their report."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator

from zsie.audit.context import Context, Stated, shown
from zsie.audit.finding import Finding
from zsie.audit.verdict import against
from zsie.records import flat_name
from zsie.types import Entity

_SUBJECT = re.compile(r"(?:全|我|本|该)(?:省|市|州|县|區|区|镇|鎮|乡|鄉|局|办|中心|园|開發区|开发区|街道|村)")
_PART = re.compile(r"其中|分别|平均|户均|人均|新增|当月|單月|单月")


def contradictions(context: Context) -> Iterator[Finding]:
    """One indicator, one period, two values in two statements; both of the report as a whole, not of a part or a project."""
    groups: dict[tuple[str, str, tuple[str, str]], list[Stated]] = defaultdict(list)
    for figure in context.figures:
        if figure.period is not None and _whole(context, figure):
            groups[figure.name, figure.unit, figure.period].append(figure)
    for first, *others in groups.values():
        for other in others:
            date = context.date(first.entity)
            if date is None or other.statement == first.statement or _subject(context, first) != _subject(context, other):
                continue
            agrees = first.number.range.meets(other.number.range)
            yield context.finding(
                "stated_twice",
                "ok" if agrees else "warning",
                f"{first.name}({flat_name(date)}): {shown(first)} {against(agrees, shown(other))}",
                (("first", first), ("second", other), ("period", date)),
                tolerance=(first.number.digit + other.number.digit) / 2,
            )


def _whole(context: Context, figure: Stated) -> bool:
    """Whether a figure is its indicator's only one, and of the report as a whole."""
    if figure.indicator is None or figure.target or figure.unit == "ratio" or len(figure.name) < 4:
        return False
    figures = [e for e in context.links.tails("VALUE", figure.indicator) if e.label == figure.entity.label]
    before = context.text[context.statements.start(figure.start) : figure.start]
    return len(figures) == 1 and not _PART.search(before) and context.overall(figure)


def _subject(context: Context, figure: Stated) -> str:
    start = figure.indicator.start if figure.indicator else figure.start
    found = _SUBJECT.findall(context.before(start, 24))
    return found[-1][-2:] if found else ""


def periods(context: Context) -> Iterator[Finding]:
    """Actual figures of a time after the report's own date."""
    written, where = _written(context)
    for figure in context.figures:
        date = context.date(figure.entity)
        if date is None or date.value is None:
            continue
        if not re.search(r"[年月]", date.text):
            # 20日, 国庆: what month or year a copy means is a guess.
            continue
        start = dt.date.fromisoformat(str(date.value["start"]))
        if written is not None and start > written and not figure.target and not _planned(context, figure):
            evidence: list[tuple[str, Stated | Entity]] = [("figure", figure), ("period", date)]
            evidence += [("report_date", where)] if where is not None else []
            yield context.finding(
                "period",
                "warning",
                f"{shown(figure)}({flat_name(date)}): {start} > {written}",
                evidence,
            )


def _planned(context: Context, figure: Stated) -> bool:
    section = [s for s in context.report.sections if s.start <= figure.start < s.end]
    if any(s.kind == "plans" for s in section):
        return True
    span = context.statements.spans[figure.statement] if figure.statement >= 0 else None
    words = context.text[span.start : span.end] if span else ""
    return bool(
        re.search(r"将|拟|计划|预计|力争|争取|确保|安排|目标|任务|以前|之前|前$|(?<![主重])要|可|將|擬|計劃|預計|力爭", words)
    )


def _written(context: Context) -> tuple[dt.date | None, Entity | None]:
    """The report's date: as given, else the day under its text."""
    if context.report.date:
        return dt.date.fromisoformat(context.report.date), None
    end = len(context.text[: context.report.span.end].rstrip())
    for entity in reversed(context.report.entities):
        value = entity.value or {}
        if entity.label == "DATE" and entity.end >= end - 2 and value.get("precision") == "day" and value.get("end"):
            return dt.date.fromisoformat(str(value["end"])), entity
    return None, None
