"""Points and periods of the calendar, resolved against the report's date and the dates before them in the text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from zsie.text.masks import is_masked
from zsie.values.days import UNKNOWN, Stretch, day_shifted, days, month_shifted, months, week, year_shifted
from zsie.values.number import fold, parse_number

_N = r"(?:\d{1,2}|[一二三四五六七八九十廿]{1,3})"
_ZERO = "〇零○OoＯ0"
_CHINESE_YEAR = rf"[一二][九{_ZERO}][\d{_ZERO}一二三四五六七八九]{{2}}"
_YEAR = re.compile(
    rf"(?P<digits>(?:19|20)\d\d(?!\d)|{_CHINESE_YEAR}(?=年)|(?:\d\d|[{_ZERO}九八七][{_ZERO}一二三四五六七八九])(?=年(?!代))|\d\d(?=[上下]半年))年?度?"
    r"|(?P<word>今年|本年度?|当年|去年|上一?年度?|前年|明年|来年|下一?年度?|后年|次年|同年|翌年|第二年|[今明去](?=[春夏秋冬]))度?"
)
YEAR_IN_TEXT = re.compile(rf"(?<!\d)((?:19|20)\d\d|{_CHINESE_YEAR})(?=年|[./-]\d)")
"""A year that a title or a date names in full."""
_WORDS = {"今": 0, "本": 0, "去": -1, "上": -1, "前": -2, "明": 1, "来": 1, "下": 1, "后": 2}
_FOLLOWING = ("次年", "翌年", "第二年")
_SEPARATOR = re.compile(r"[-~至到](?!底|期)")
_CLOCK = r"(?:上午|下午|晚上?|凌晨|早上?|中午|傍晚|夜)?"
_PARTS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "中下旬": (11, 31), "上中旬": (1, 20)}
_PARTS |= {"初": (1, 10), "中": (11, 20), "底": (21, 31), "末": (21, 31)}
_PART = r"(?P<part>中下旬|上中旬|[上中下]旬|[初中底末])"
_SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12}
_SOLAR = {"元旦": (1, 1), "三八": (3, 8), "植树节": (3, 12), "五一": (5, 1), "劳动节": (5, 1), "五四": (5, 4), "六一": (6, 1)}
_SOLAR |= {"七一": (7, 1), "八一": (8, 1), "国庆": (10, 1), "十一": (10, 1)}
# Days of the lunar calendar and stretches of the farming or school year: dates, but not ones this module can place.
_UNPLACED = re.compile(
    r"春节|除夕|元宵|清明|端午|七夕|中秋|重阳|老人节|冬至|大年|正月|腊月|冬月|农历|古尔邦|泼水节|新年|学期|榨季|汛|春耕|秋收|开春|"
    r"新的?一年|的今天|过去的?一年|未来.年|[一七九][·.]?[一二八][·.〇零]?|\d{3,}[月日]|(?:1[3-9]|[2-9]\d)月|\d{1,2}月\d{3,4}日|日\d{1,2}日"
)

_LONGEST = 64
"""Characters of a date; what is longer is damage, and costly to try."""

Found: TypeAlias = "tuple[Stretch, str, bool] | None"
"""Stretch, precision, whether it was resolved against something named elsewhere."""


@dataclass(frozen=True)
class DateContext:
    """What a date may be resolved against: the report's own day and year, and the last period named before it."""

    year: int | None = None
    """The year that 今年 means."""
    anchor: Stretch = UNKNOWN
    """The period named last before this one."""
    anchor_year: int | None = None
    """The year named last in the same sentence."""
    stated: Stretch = UNKNOWN
    """The period named last that is no day of an event, which 同期 means."""
    today: dt.date | None = None
    """The report's date, which 今天 and 上个月 mean."""


def period(surface: str, context: DateContext | None = None) -> dict[str, Any] | None:
    """`{"kind": "period", "start", "end", "precision", "relative"}` with ISO dates; None where it is no calendar date.

    An end that cannot be known is null; a masked date has `"masked": true` and no ends. Conventions: 初, 中 and 底 of a
    month are its first, middle and last ten days, 年初 and 年底 January and December, seasons begin in March.
    """
    context = context or DateContext()
    text = re.sub(r"\([a-zōǎáǐíìūùóò' ]+\)", "", fold(surface))
    text = re.sub(r"(?<=\d)[OoＯ]+(?=\d*年)", lambda m: "0" * len(m.group()), text)
    # The circle that masks figures is also written for zero: 二○○八年.
    text = re.sub(rf"{_CHINESE_YEAR}(?=年)", lambda m: re.sub("[○OoＯ]", "〇", m.group()), text)
    if len(text) > _LONGEST:
        return None
    if is_masked(text):
        return {**_shown(UNKNOWN, _masked_precision(text), relative=False), "masked": True}
    open_start = re.match(r"截[至止]到?|截(?=\d)", text)
    open_end = re.search(r"(?:以来|至今|起)$", text)
    text = re.sub(r"^(?:截[至止]到?|截(?=\d))|(?:期间|时期|之间|以来|为止|至今|起)$", "", text).strip("的,、()")
    found = _point(text, context) or _range(text, context)
    if found is None:
        return _shown(UNKNOWN, _masked_precision(text), relative=True) if _UNPLACED.search(text) else None
    (start, end), precision, relative = found
    return _shown((None if open_start else start, None if open_end else end), precision, relative=relative)


def _shown(stretch: Stretch, precision: str, *, relative: bool) -> dict[str, Any]:
    start, end = (day.isoformat() if day else None for day in stretch)
    return {"kind": "period", "start": start, "end": end, "precision": precision, "relative": relative}


def _masked_precision(text: str) -> str:
    for mark, precision in (
        ("日", "day"),
        ("号", "day"),
        ("节", "day"),
        ("旬", "ten_days"),
        ("季度", "quarter"),
        ("半年", "half"),
    ):
        if mark in text:
            return precision
    if "月" in text:
        return "range" if re.search(r"[-~至到]", text) else "month"
    return "year"


def names_year(text: str) -> bool:
    """Whether a date names its year, by figure or by word."""
    return _YEAR.match(fold(text)) is not None


def _range(text: str, context: DateContext) -> Found:
    """`A至B`: B lies in the year and month of A where it names none, A borrows the unit of B where it has none."""
    for mark in _SEPARATOR.finditer(text):
        left, right = text[: mark.start()], text[mark.end() :]
        if re.search(rf"(?:^|[年月第]){_N}$|(?:^|年)元$|(?:19|20)\d\d$", left):
            unit = re.sub(rf"^(?:.*[年月](?={_N}[日号])|.*年(?={_N}月)|第?)(?:\d+|{_N})", "", right)
            left += re.sub(r"份|[上中下]旬|[初底末]|(?<=[日号]).*", "", unit)
        first = _point(left, context)
        if first is None:
            continue
        start, _ = first[0]
        last = _point(right, replace(context, anchor=first[0], anchor_year=start.year if start else None))
        if last is None:
            continue
        end = last[0][1]
        end = None if start and end and end < start else end
        return (start, end), "range", first[2]
    return None


def _point(text: str, context: DateContext) -> Found:
    """A date without a range mark."""
    for pattern, handler in _WHOLE:
        if match := pattern.fullmatch(text):
            return handler(match, context)
    match = _YEAR.match(text)
    if match is None:
        return _within(text, context.anchor_year or context.year, context, named=False)
    relative = match["word"] is not None
    year = _year_of_word(match["word"], context) if relative else year_of_digits(match["digits"])
    found = _within(text[match.end() :].lstrip("的,."), year, context, named=True)
    return (found[0], found[1], relative or found[2]) if found else None


def _year_of_word(word: str, context: DateContext) -> int | None:
    if word in _FOLLOWING or word[0] in "同当":
        base = context.anchor_year or context.year
        return base + (word in _FOLLOWING) if base else None
    return context.year + _WORDS[word[0]] if context.year else None


def year_of_digits(digits: str) -> int:
    """A year written in figures of either script; two figures below 50 are of this century."""
    number = int(parse_number(re.sub(f"[{_ZERO}]", "〇", digits) if not digits.isascii() else digits) or 0)
    return number if number >= 100 else number + (2000 if number < 50 else 1900)


def _int(text: str | None) -> int:
    number = parse_number("一" if text in ("元", "首") else text or "")
    return int(number) if number is not None else 0


def _within(text: str, year: int | None, context: DateContext, *, named: bool) -> Found:
    """What stands after the year, or a date without one."""
    if text == "同期":
        if not named:
            return context.stated, "range", True
        day = context.stated[0] or context.stated[1]
        return year_shifted(context.stated, year - day.year) if year and day else UNKNOWN, "range", True
    if re.fullmatch(r"全年|年度|年?内|整年" + ("|年|一年|" if named else ""), text):
        return months(year, 1, 12), "year", not named
    for words, month in ((r"[年岁]?初|开年", 1), (r"年?中", 6), (r"年?[底末终]|岁[末尾]|年尾", 12)):
        if re.fullmatch(words, text) and (named or len(text) > 1):
            return months(year, month, month), "month", not named
    for pattern, handler in _IN_YEAR:
        if match := pattern.fullmatch(text):
            read = handler(match, year)
            if read is not None:
                return read[0], read[1], not named
    if named:
        return None
    for pattern, near in _NEAR:
        if match := pattern.fullmatch(text):
            return near(match, context)
    return None


InYear: TypeAlias = "tuple[Stretch, str] | None"


def _day(m: re.Match[str], year: int | None) -> InYear:
    month, day = _int(m["m"]), _int(m["d"])
    return (days(year, month, day, day), "day") if 1 <= month <= 12 and 1 <= day <= 31 else None


def _two_days(m: re.Match[str], year: int | None) -> InYear:
    month, first, last = _int(m["m"]), _int(m["d"]), _int(m["e"])
    if not 1 <= month <= 12 or last != first + 1:
        return None
    # A last day past the month's end is damage: 2月29、30日 has none.
    stretch = days(year, month, first, last)
    return stretch if stretch[1] is None or stretch[1].day == last else UNKNOWN, "range"


def _month(m: re.Match[str], year: int | None) -> InYear:
    month = _int(m["m"])
    if not 1 <= month <= 12:
        return None
    return (days(year, month, *_PARTS[m["part"]]), "ten_days") if m["part"] else (months(year, month, month), "month")


def _two_months(m: re.Match[str], year: int | None) -> InYear:
    first, last = _int(m["a"]), _int(m["b"])
    return (months(year, first, last), "range") if last == first + 1 else None


def _first_months(m: re.Match[str], year: int | None) -> InYear:
    n = _int(m["n"])
    return (months(year, 1, n) if m["side"] in "头前首" else months(year, 13 - n, 12), "range") if 1 <= n <= 12 else None


def _quarter(m: re.Match[str], year: int | None) -> InYear:
    quarter = _int(m["q"])
    if m["edge"]:
        month = 3 * quarter - (2 if m["edge"] == "初" else 0)
        return months(year, month, month), "month"
    first = 1 if m["first"] else 3 * quarter - 2
    return months(year, first, 3 * quarter), "range" if m["first"] and quarter > 1 else "quarter"


def _quarters(m: re.Match[str], year: int | None) -> InYear:
    return months(year, 3 * _int(m["a"]) - 2, 3 * _int(m["b"])), "range"


def _half(m: re.Match[str], year: int | None) -> InYear:
    return months(year, *((1, 6) if m["h"] in "上前" else (7, 12))), "half"


def _season(m: re.Match[str], year: int | None) -> InYear:
    first = _SEASONS[m["s"]]
    start, end = months(year, first, min(first + 2, 12))
    return ((start, month_shifted(start, 2)[1] if start else end), "season")


def _holiday(m: re.Match[str], year: int | None) -> InYear:
    month, day = _SOLAR[m["h"]]
    return days(year, month, day, day), "day"


_IN_YEAR: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], int | None], InYear]], ...] = (
    (re.compile(rf"(?P<m>{_N}|元)月份?(?P<d>{_N})[日号]?{_CLOCK}"), _day),
    (re.compile(rf"(?P<m>{_N}|元)月份?(?P<d>{_N})[日号]?[、,和](?P<e>{_N})[日号]"), _two_days),
    (re.compile(r"(?P<m>\d{1,2})[.·](?P<d>\d{1,2})日?"), _day),
    (re.compile(rf"(?P<m>{_N}|元)月(?:份|当月)?{_PART}?"), _month),
    (re.compile(r"(?P<a>[一二三四五六七八九])、?(?P<b>[二三四五六七八九十])月份?"), _two_months),
    (re.compile(rf"(?P<side>[头前首]|最?后)(?P<n>{_N})个?月"), _first_months),
    (re.compile(r"第?(?P<a>[一二三1-3])(?:[、和])第?(?P<b>[二三四2-4])季度"), _quarters),
    (re.compile(r"(?P<first>[前头])?第?(?P<q>[一二三四首1-4])个?季度?(?P<edge>[初底末])?"), _quarter),
    (re.compile(r"(?P<h>[上下前后])半年"), _half),
    (re.compile(r"(?P<s>[春夏秋冬])[季天]?"), _season),
    (
        re.compile(
            r"[“\"']?(?P<h>" + "|".join(_SOLAR) + r")[”\"']?(?:青年节|儿童节|妇女节|国际劳动节|建[党军]节|黄金周|节|前夕|前后)?"
        ),
        _holiday,
    ),
)


def _plan(m: re.Match[str], _: DateContext) -> Found:
    first = 2001 + 5 * (_int(m["n"]) - 10)
    last = first + 4
    if m["edge"]:
        year = last if m["edge"] == "末" else first
        return months(year, 1, 12), "year", False
    if m["years"]:
        last = min(last, first + _int(m["years"]) - 1)
    return (dt.date(first, 1, 1), dt.date(last, 12, 31)), "plan", False


def _full(m: re.Match[str], _: DateContext) -> Found:
    year, month, day = int(m["y"]), int(m["m"]), m["d"]
    if day:
        return days(year, month, int(day), int(day)), "day", False
    return (months(year, month, month), "month", False) if 1 <= month <= 12 else None


def _two_years(m: re.Match[str], context: DateContext) -> Found:
    first = context.year - (m["a"] == "去") if context.year else None
    return ((months(first, 1, 12)[0], months(first + 1, 1, 12)[1]) if first else UNKNOWN), "range", True


def _two_seasons(m: re.Match[str], context: DateContext) -> Found:
    first, last = _point(m["a"], context), _point(m["b"], context)
    return ((first[0][0], last[0][1]), "season", True) if first and last else None


_WHOLE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], DateContext], Found]], ...] = (
    (
        re.compile(
            r"[“\"']?(?P<n>十[一二三四五六]?|[八九])五[”\"']?(?:规划|计划)?(?:期间|时期|期)?(?:(?P<edge>[初末])|前(?P<years>[一二两三四])年)?"
        ),
        _plan,
    ),
    (re.compile(r"(?P<y>(?:19|20)\d\d)[-./](?P<m>\d{1,2})(?:[-./](?P<d>\d{1,2})日?|月份?)?"), _full),
    (re.compile(r"(?P<a>[去今])[今明]两?年"), _two_years),
    (re.compile(r"(?P<a>[今去][春夏秋冬])(?P<b>[今明][春夏秋冬])"), _two_seasons),
)


def _this_month(m: re.Match[str], context: DateContext) -> Found:
    """A month or day that leans on the month named last: 当月18日, 15日, 月底; 本月 is the report's where none is."""
    start, end = context.anchor
    base = start if start and (end is None or (start.year, start.month) == (end.year, end.month)) else None
    if base is None and (m["month"] or "").startswith("本"):
        base = context.today
    year, month = (base.year, base.month) if base else (None, 1)
    if m["d"]:
        return days(year, month, _int(m["d"]), _int(m["d"])), "day", True
    if m["part"]:
        return days(year, month, *_PARTS[m["part"]]), "ten_days", True
    return (months(year, month, month), "month", True) if m["month"] else None


def _next_month(m: re.Match[str], context: DateContext) -> Found:
    by = {"上": -1, "下": 1}[m["w"]]
    return month_shifted(context.today, by) if context.today else UNKNOWN, "month", True


def _named_day(m: re.Match[str], context: DateContext) -> Found:
    """当天 and 次日 lean on the day named last, 今天 and 昨天 on the report's."""
    if m["then"]:
        start, end = context.anchor
        return day_shifted(start if start == end else None, int(m["then"][0] in "次翌")), "day", True
    return day_shifted(context.today, {"前": -2, "昨": -1, "今": 0, "明": 1, "后": 2}[m["now"]]), "day", True


def _week(m: re.Match[str], context: DateContext) -> Found:
    return week(context.today, {"上": -1, "本": 0, "这": 0, "下": 1}[m["w"]]), "range", True


_NEAR: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], DateContext], Found]], ...] = (
    (re.compile(rf"(?P<month>[当本同]月)?(?:份|(?P<d>{_N})[日号]{_CLOCK}|月?{_PART})?"), _this_month),
    (re.compile(r"(?P<w>[上下])个?月"), _next_month),
    (re.compile(rf"(?:(?P<then>[当同次翌][天日晚])|(?P<now>昨(?=$)|[前昨今明后](?=[天日晚]))[天日晚]?){_CLOCK}"), _named_day),
    (re.compile(r"(?P<w>[上本这下])(?:周|星期)"), _week),
)
