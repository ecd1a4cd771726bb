"""The dates of a document read in order: each may lean on the report's date and on those before it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from zsie.values.date import YEAR_IN_TEXT, DateContext, names_year, period, year_of_digits
from zsie.values.number import fold

_REPORTED = re.compile(rf"{YEAR_IN_TEXT.pattern}.*?(?:总结|小结|回顾|汇报|报告|述职|通报|工作情况|完成情况|自查|自评)")
"""A title that says which year it reports on."""
_PERIOD = 27
"""Days from the first to the last of the shortest range that figures are given for: February."""


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date's surface and the number of the sentence it stands in."""

    text: str
    sentence: int


def own_year(mentions: Sequence[DateMention], report_date: dt.date | None, title: str | None) -> int | None:
    """The year that 今年 means in a document: the report date's, else the title's, else the first one named.

    A report is often dated after the year it is on: where the title says that it is one on the year before the date's
    (2024年工作总结 of January 2025), the title's year counts. One that lies further back, or ahead, does not.
    """
    if report_date is not None:
        reported = _REPORTED.search(fold(title or ""))
        behind = reported is not None and year_of_digits(reported.group(1)) == report_date.year - 1
        return report_date.year - behind
    named = (YEAR_IN_TEXT.search(fold(text)) for text in [title or "", *(m.text for m in mentions)])
    return next((year_of_digits(match.group(1)) for match in named if match), None)


def _is_event(start: dt.date, end: dt.date | None, precision: str) -> bool:
    """Whether a date is that of an event, a day or a few, and no period that figures are compared over."""
    return end is not None and precision in ("day", "range") and (end - start).days < _PERIOD


def resolve(
    mentions: Sequence[DateMention], *, report_date: dt.date | None = None, title: str | None = None
) -> list[dict[str, Any] | None]:
    """The value of every date, in order; None where a surface is no calendar date."""
    context = DateContext(year=own_year(mentions, report_date, title), today=report_date)
    values: list[dict[str, Any] | None] = []
    sentence = -1
    for mention in mentions:
        if mention.sentence != sentence:
            context, sentence = replace(context, anchor_year=None), mention.sentence
        value = period(mention.text, context)
        values.append(value)
        if value is None or value.get("masked"):
            continue
        start, end = (dt.date.fromisoformat(value[key]) if value[key] else None for key in ("start", "end"))
        # 截至10月底 says what figures are up to, though not since when.
        if value["precision"] != "plan" and (start is None or not _is_event(start, end, value["precision"])):
            context = replace(context, stated=(start, end)) if start or end else context
        if start is not None and value["precision"] != "plan":
            named = names_year(mention.text)
            context = replace(context, anchor=(start, end), anchor_year=start.year if named else context.anchor_year)
    return values
