"""Stretches of the calendar: months, days, weeks of a year that may be unknown."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TypeAlias

Stretch: TypeAlias = "tuple[dt.date | None, dt.date | None]"
"""First and last day; both None where they cannot be known."""
UNKNOWN: Stretch = (None, None)


def months(year: int | None, first: int, last: int) -> Stretch:
    """Whole months of one year."""
    if year is None or not (1 <= first <= last <= 12) or not (1 <= year <= 9998):
        return UNKNOWN
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def days(year: int | None, month: int, first: int, last: int) -> Stretch:
    """Days of one month; `last` is cut to the month's length, a first day past it is unknown."""
    whole = months(year, month, month)
    if whole[0] is None or whole[1] is None or not 1 <= first <= whole[1].day or last < first:
        return UNKNOWN
    return whole[0].replace(day=first), whole[0].replace(day=min(last, whole[1].day))


def year_shifted(stretch: Stretch, years: int) -> Stretch:
    """The same stretch of another year; 29 February becomes 28."""

    def shifted(day: dt.date | None) -> dt.date | None:
        if day is None or not 1 <= day.year + years <= 9998:
            return None
        year = day.year + years
        return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))

    return shifted(stretch[0]), shifted(stretch[1])


def month_shifted(day: dt.date, by: int) -> Stretch:
    """The whole month `by` months from a day."""
    index = day.year * 12 + day.month - 1 + by
    return months(index // 12, index % 12 + 1, index % 12 + 1)


def day_shifted(day: dt.date | None, by: int) -> Stretch:
    """One day, `by` days from another."""
    try:
        moved = day + dt.timedelta(days=by) if day else None
    except OverflowError:
        moved = None
    return moved, moved


def week(day: dt.date | None, by: int) -> Stretch:
    """Monday to Sunday of the week `by` weeks from a day."""
    monday, _ = day_shifted(day, 7 * by - (day.weekday() if day else 0))
    return monday, day_shifted(monday, 6)[1]
