"""The dates of a document read in order: each may lean on the report's date and on those before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from zsie.values.date import YEAR_IN_TEXT, DateContext, names_year, period, year_of_digits
from zsie.values.number import fold


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date's surface and the number of the sentence it stands in."""

    text: str
    sentence: int


def own_year(mentions: Sequence[DateMention], report_date: dt.date | None, title: str | None) -> int | None:
    """The year that 今年 means in a document: the report date's, else the title's, else the first one named."""
    if report_date is not None:
        return report_date.year
    named = (YEAR_IN_TEXT.search(fold(text)) for text in [title or "", *(m.text for m in mentions)])
    return next((year_of_digits(match.group(1)) for match in named if match), None)


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
        if start is not None and value["precision"] != "plan":
            named = names_year(mention.text)
            context = replace(context, anchor=(start, end), anchor_year=start.year if named else context.anchor_year)
    return values
