"""Points and periods of the calendar, resolved against the report's date and the dates before them in the text."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from zsie.text.masks import is_masked
from zsie.values.number import fold, parse_number

_N = r"(?:\d{1,2}|[一二三四五六七八九十廿]{1,3})"
_YEAR = re.compile(
    r"(?P<digits>(?:19|20)\d\d|[一二]?[〇零○OＯ0-9一二三四五六七八九]{4}|\d\d|[〇零○][〇零○一二三四五六七八九])年?度?(?=年|$|[上下前全第一二三四1-9元初底末春“(.-])年?度?"
    r"|(?P<word>今年|本年度?|当年|去年|上一?年度?|前年|明年|来年|下一年度?|后年|次年|同年)度?"
)
_WORDS = {"今": 0, "本": 0, "去": -1, "上": -1, "前": -2, "明": 1, "来": 1, "下": 1, "后": 2}
_SEP = r"(?:月?份?)?[-~至到](?:今年)?"
_MONTH_RANGE = re.compile(rf"(?P<a>{_N}|元){_SEP}(?P<b>{_N})月份?(?P<rest>.*)")
_FIRST_MONTHS = re.compile(rf"(?:头|前)(?P<n>{_N})个?月")
_DAY = re.compile(
    rf"(?P<m>{_N}|元)月(?P<d>{_N})[日号]?(?:[-~至到](?:(?P<m2>{_N})月)?(?P<d2>{_N})[日号])?(?:上午|下午|晚上?|凌晨)?"
)
_DOTTED = re.compile(r"(?P<m>\d{1,2})[.-](?P<d>\d{1,2})")
_MONTH = re.compile(rf"(?P<m>{_N}|元)月份?(?P<part>上旬|中旬|下旬|初|中|底|末)?")
_QUARTER = re.compile(r"(?P<first>前|头)?第?(?P<q>[一二三四首1-4])个?季度?(?:末|底)?")
_QUARTERS = re.compile(r"第?(?P<a>[一二三1-3])(?:[、和-]|至|到)第?(?P<b>[二三四2-4])季度")
_HALF = re.compile(r"(?P<h>上|下|前|后)半年")
_PLAN = re.compile(r"[“\"']?(?P<n>十[一二三四五六]?|[八九])五[”\"']?(?:规划|计划)?(?:期间|时期|末|以来)?(?:期)?")
_RELATIVE_DAY = re.compile(
    rf"(?:当月|本月|同月)(?:(?P<d>{_N})[日号](?:[-~至到](?P<d2>{_N})[日号])?)?(?P<part>上旬|中旬|下旬|底|初|末)?"
)
_YEAR_RANGE = re.compile(r"(?P<a>(?:19|20)\d\d)年?[-~至到](?P<b>(?:19|20)?\d\d)年?")
_FULL = re.compile(r"(?P<y>(?:19|20)\d\d)[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})日?")
_MONTHS_OF_YEARS = re.compile(r"(?P<y>(?:19|20)\d\d)年(?P<m>\d{1,2})月[-~至到](?P<y2>(?:19|20)\d\d)年(?P<m2>\d{1,2})月份?")
_BARE_DAY = re.compile(rf"(?P<d>{_N})[日号](?:[-~至到](?P<d2>{_N})[日号])?(?:上午|下午|晚上?|凌晨)?")
_HOLIDAYS = {
    "元旦": (1, 1),
    "五一": (5, 1),
    "劳动节": (5, 1),
    "七一": (7, 1),
    "八一": (8, 1),
    "国庆": (10, 1),
    "十一": (10, 1),
    "三八": (3, 8),
}
_HOLIDAY = re.compile(r"[“\"']?(?P<h>" + "|".join(_HOLIDAYS) + r")[”\"']?(?:节|国际劳动节|建党节|前夕|前后)?")
_TENS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}
_EDGE = {"初": ("month", 1, 10), "中": ("month", 11, 20), "底": ("month", 21, 31), "末": ("month", 21, 31)}


Found: TypeAlias = "tuple[dt.date | None, dt.date | None, str, bool] | None"
"""Start, end, precision, whether resolved against something."""


@dataclass(frozen=True)
class DateContext:
    """What a date may be resolved against: the report's own year, and the last period named before it."""

    year: int | None = None
    """The year that 今年 means."""
    anchor: tuple[dt.date | None, dt.date | None] = (None, None)
    """The period named last before this one."""
    anchor_year: int | None = None
    """The year named last in the same sentence."""


def period(surface: str, context: DateContext | None = None) -> dict[str, Any] | None:
    """`{"kind": "period", "start", "end", "precision", "relative"}` with ISO dates; None where it is no calendar date.

    An end that cannot be known is null; a masked date has `"masked": true` and no ends.
    """
    context = context or DateContext()
    text = re.sub(r"(?:期间|时期|之间|以来|为止)$", "", fold(surface))
    if is_masked(text):
        return {
            "kind": "period",
            "start": None,
            "end": None,
            "precision": _masked_precision(text),
            "relative": False,
            "masked": True,
        }
    year, relative, rest = _year(text, context)
    rest = rest.strip("的,、()")
    found = _plan(text) or _years(text)
    if found is not None:
        relative = False
    else:
        found = _rest(rest, year, context, had_year=rest != text)
    if found is None:
        return None
    start, end, precision, own_relative = found
    return {
        "kind": "period",
        "start": start.isoformat() if start else None,
        "end": end.isoformat() if end else None,
        "precision": precision,
        "relative": relative or own_relative,
    }


def _masked_precision(text: str) -> str:
    for mark, precision in (("日", "day"), ("号", "day"), ("旬", "ten_days"), ("季度", "quarter"), ("半年", "half")):
        if mark in text:
            return precision
    if "月" in text:
        return "range" if re.search(r"[-~至到]", text) else "month"
    return "year"


def _year(text: str, context: DateContext) -> tuple[int | None, bool, str]:
    """Year, whether it is relative, and what follows it."""
    match = _YEAR.match(text)
    if match is None:
        year = context.anchor_year or context.year
        return year, True, text
    rest = text[match.end() :]
    if match.group("word"):
        word = match.group("word")
        if word[0] in "同当次":
            base = context.anchor_year or context.year
            return (base + (word[0] == "次") if base else None), True, rest
        return (context.year + _WORDS[word[0]] if context.year else None), True, rest
    digits = match.group("digits")
    number = parse_number(re.sub("[○O]", "〇", digits))
    if number is None:
        return None, True, rest
    year = int(number)
    if year < 100:
        year += 2000 if year < 50 else 1900
    return year, False, rest


def _plan(text: str) -> Found:
    match = _PLAN.fullmatch(text)
    if match is None:
        return None
    number = parse_number(match.group("n"))
    if number is None:
        return None
    first = 2001 + 5 * (int(number) - 10)
    return dt.date(first, 1, 1), dt.date(first + 4, 12, 31), "plan", False


def _years(text: str) -> Found:
    """Periods that name their years in full: 2011-2015年, 2015.6.3, 2015年6月-2016年5月."""
    if match := _YEAR_RANGE.fullmatch(text):
        first, last = int(match["a"]), int(match["b"]) if len(match["b"]) == 4 else int(match["a"][:2] + match["b"])
        return (dt.date(first, 1, 1), dt.date(last, 12, 31), "range", False) if first <= last else None
    if match := _FULL.fullmatch(text):
        start, end = _days(int(match["y"]), int(match["m"]), int(match["d"]), int(match["d"]))
        return (start, end, "day", False) if start and end else None
    if match := _MONTHS_OF_YEARS.fullmatch(text):
        start, _unused = _months(int(match["y"]), int(match["m"]), int(match["m"]))
        _unused, end = _months(int(match["y2"]), int(match["m2"]), int(match["m2"]))
        return (start, end, "range", False) if start and end and start <= end else None
    return None


def _rest(rest: str, year: int | None, context: DateContext, *, had_year: bool) -> Found:
    """Resolve what follows the year."""
    if rest in ("", "全年", "年内", "年", "年度", "整年", "一年") or (rest == "同期" and had_year):
        if rest == "同期" and context.anchor[0] and context.anchor[1] and year:
            shifted = [_shift(day, year - context.anchor[0].year) for day in context.anchor if day]
            return shifted[0], shifted[1], "range", True
        if rest == "同期":
            return None, None, "range", True
        if not had_year and rest not in ("全年", "年度", "年内"):
            return None
        return *_months(year, 1, 12), "year", not had_year
    if rest in ("同期", "当期"):
        return *context.anchor, "range", True
    if rest in ("年初", "初", "岁初"):
        return *_months(year, 1, 1), "month", not had_year
    if rest in ("年底", "年末", "底", "末", "岁末", "岁尾"):
        return *_months(year, 12, 12), "month", not had_year
    if rest in ("年中", "中"):
        return *_months(year, 6, 6), "month", not had_year
    for pattern, handler in _HANDLERS:
        match = pattern.fullmatch(rest)
        if match:
            return handler(match, year, context)
    return None


def _months(year: int | None, first: int, last: int) -> tuple[dt.date | None, dt.date | None]:
    if year is None or not (1 <= first <= last <= 12) or not (1 <= year <= 9998):
        return None, None
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def _days(year: int | None, month: int, first: int, last: int) -> tuple[dt.date | None, dt.date | None]:
    if year is None or not (1 <= month <= 12) or not (1 <= year <= 9998):
        return None, None
    longest = calendar.monthrange(year, month)[1]
    if not (1 <= first <= longest):
        return None, None
    return dt.date(year, month, first), dt.date(year, month, min(last, longest))


def _shift(day: dt.date, years: int) -> dt.date | None:
    year = day.year + years
    if not 1 <= year <= 9998:
        return None
    return dt.date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _int(text: str | None) -> int:
    if text == "元":
        return 1
    number = parse_number(text or "")
    return int(number) if number is not None else 0


def _month_range(m: re.Match[str], year: int | None, _: DateContext) -> Found:
    a, b = _int(m["a"]), _int(m["b"])
    if m["rest"] or not 1 <= a <= b <= 12:
        return None
    return *_months(year, a, b), "range", year is None


def _first_months(m: re.Match[str], year: int | None, _: DateContext) -> Found:
    n = _int(m["n"])
    return (*_months(year, 1, n), "range", False) if 1 <= n <= 12 else None


def _day(m: re.Match[str], year: int | None, _: DateContext) -> Found:
    month, day = _int(m["m"]), _int(m["d"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    groups = m.groupdict()
    if groups.get("d2"):
        start, _unused = _days(year, month, day, day)
        last = _int(groups["d2"])
        _unused, end = _days(year, _int(groups["m2"]) if groups["m2"] else month, last, last)
        return start, end, "range", False
    return *_days(year, month, day, day), "day", False


def _month(m: re.Match[str], year: int | None, _: DateContext) -> Found:
    month, part = _int(m["m"]), m["part"]
    if not 1 <= month <= 12:
        return None
    if part in _TENS:
        return *_days(year, month, *_TENS[part]), "ten_days", False
    if part in _EDGE:
        return *_days(year, month, *_EDGE[part][1:]), "ten_days", False
    return *_months(year, month, month), "month", False


def _quarter(m: re.Match[str], year: int | None, _: DateContext) -> Found:
    quarter = 1 if m["q"] == "首" else _int(m["q"])
    first = 1 if m["first"] else 3 * quarter - 2
    return *_months(year, first, 3 * quarter), "range" if m["first"] and quarter > 1 else "quarter", False


def _quarters(m: re.Match[str], year: int | None, _: DateContext) -> Found:
    return *_months(year, 3 * _int(m["a"]) - 2, 3 * _int(m["b"])), "range", False


def _half(m: re.Match[str], year: int | None, _: DateContext) -> Found:
    return (*_months(year, 1, 6), "half", False) if m["h"] in "上前" else (*_months(year, 7, 12), "half", False)


def _relative_day(m: re.Match[str], _: int | None, context: DateContext) -> Found:
    base = context.anchor[0]
    if base is None:
        return None, None, "day" if m["d"] else "month", True
    if m["d"]:
        return _relative_day_of(m["d"], m["d2"], context)
    if m["part"] in _TENS:
        return *_days(base.year, base.month, *_TENS[m["part"]]), "ten_days", True
    return *_months(base.year, base.month, base.month), "month", True


def _bare_day(m: re.Match[str], _: int | None, context: DateContext) -> Found:
    return _relative_day_of(m["d"], m["d2"], context)


def _relative_day_of(day: str, last: str | None, context: DateContext) -> Found:
    """A day without a month lies in the month named last."""
    base = context.anchor[0]
    if base is None or (context.anchor[1] and context.anchor[1].month != base.month):
        return None, None, "day", True
    return *_days(base.year, base.month, _int(day), _int(last or day)), "range" if last else "day", True


def _holiday(m: re.Match[str], year: int | None, _: DateContext) -> Found:
    month, day = _HOLIDAYS[m["h"]]
    return *_days(year, month, day, day), "day", False


_HANDLERS = (
    (_MONTH_RANGE, _month_range),
    (_FIRST_MONTHS, _first_months),
    (_DAY, _day),
    (_DOTTED, _day),
    (_MONTH, _month),
    (_QUARTERS, _quarters),
    (_QUARTER, _quarter),
    (_HALF, _half),
    (_RELATIVE_DAY, _relative_day),
    (_BARE_DAY, _bare_day),
    (_HOLIDAY, _holiday),
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date's surface and the number of the sentence it stands in."""

    text: str
    sentence: int


def own_year(mentions: Sequence[DateMention], report_date: dt.date | None, title: str | None) -> int | None:
    """The year that 今年 means in a document: the report date's, else the title's, else the first one named."""
    if report_date is not None:
        return report_date.year
    for text in [title or "", *(m.text for m in mentions)]:
        match = re.search(r"(?<!\d)((?:19|20)\d\d|二[〇零○][〇零○一二][〇零○一二三四五六七八九])(?=年|[./-]\d)", fold(text))
        if match:
            number = parse_number(match.group(1).replace("○", "〇"))
            return int(number) if number is not None else None
    return None


def resolve(
    mentions: Sequence[DateMention], *, report_date: dt.date | None = None, title: str | None = None
) -> list[dict[str, Any] | None]:
    """Resolve all dates of a document in order; each may lean on the year or period named before it."""
    context = DateContext(year=own_year(mentions, report_date, title))
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
            named = _YEAR.match(fold(mention.text)) is not None
            context = replace(context, anchor=(start, end), anchor_year=start.year if named else context.anchor_year)
    return values
