"""Projects and events: the parts of their names that are data."""

from __future__ import annotations

import re
from typing import Any

from zsie.text.masks import RUN, is_masked
from zsie.values.count import count
from zsie.values.number import MULTIPLIER, NUMBER, fold, parse_number

_UNIT = (
    r"吨位?|公斤|斤|头|只|羽|尾|匹|亩|公顷|平方米|平方公里|平米|㎡|m2|立方米?|公里|千米|米|千伏|千瓦时?|兆瓦时?|吉瓦时?|kW|[MG]Wh?|度|"
    r"套|台|辆|件|锭|张|床|间|户|片|株|棵|瓶|箱|双|对|支|条|块|根|个|盒|袋|枚|粒|卷|桶|副|座|组|标箱|升|平方"
)
_MASK = "*＊xX×Ｘｘ#_○某"
_MASKED = rf"[\d.]*[{_MASK}][\d.{_MASK}]*{MULTIPLIER}*"
_FIGURE = rf"(?:{_MASKED}|{NUMBER.pattern})(?:余|多)?"
# After 年产 any figure is the scale; elsewhere a small Chinese numeral (三家, 两个) is a word of the name.
_SCALE = re.compile(
    rf"[年月日](?:产|处理|加工|屠宰|出栏|供|综合利用|回收)*(?P<output>(?:{_FIGURE})(?:{_UNIT}))"
    rf"|(?P<size>(?:\d[\d,.]*{MULTIPLIER}*|{_MASKED}|[一二三四五六七八九十百千万亿]*{MULTIPLIER})(?:余|多)?(?:{_UNIT}))"
)
_LONGEST = 200
"""Characters of a name that are searched for a scale, so that a damaged one costs little."""
_PHASE = re.compile(r"第?([一二三四五六七1-9首])期")
_ORDINAL = re.compile(rf"第(?P<of>{NUMBER.pattern}|{RUN})(?:届|次|个)|(?P<bare>{NUMBER.pattern}|首|{RUN})届")
_YEAR = re.compile(
    r"(?P<year>(?:19|20)\d\d|二[〇零○][〇零○一二][〇零○一二三四五六七八九])(?:年度?|(?=\D))|(?:19|20)(?:\d?[xX×*#_]+)年?"
)


def project(surface: str) -> dict[str, Any] | None:
    """`{"kind": "project", "name", "scale", "phase"}`: scale is a count value (or a masked one), phase a number."""
    name = fold(surface)
    if not name:
        return None
    scale = _SCALE.search(name[:_LONGEST])
    phase = _PHASE.search(name)
    value: dict[str, Any] = {
        "kind": "project",
        "name": name,
        "scale": count(scale["output"] or scale["size"]) if scale else None,
        "phase": _number("一" if phase[1] == "首" else phase[1]) if phase else None,
    }
    if is_masked(name):
        value["masked"] = True
    return value


def event(surface: str) -> dict[str, Any] | None:
    """`{"kind": "event", "name", "ordinal", "year", "series"}`.

    `series` is the name without ordinal and year, the same for every occurrence; a masked ordinal or year is null.
    """
    name = fold(surface)
    if not name:
        return None
    ordinal, year = _ORDINAL.search(name), _YEAR.search(name)
    numeral = (ordinal["of"] or ordinal["bare"]) if ordinal else ""
    series = name
    for found in sorted((m for m in (ordinal, year) if m), key=lambda m: -m.start()):
        series = series[: found.start()] + series[found.end() :]
    series = re.sub(r"^[“\"'‘]([^“”\"'‘’]+)[”\"'’]$", r"\1", series.strip("的,、"))
    value: dict[str, Any] = {
        "kind": "event",
        "name": name,
        "ordinal": _number("一" if numeral == "首" else numeral),
        "year": _number(year["year"].replace("○", "〇")) if year and year["year"] else None,
        "series": series or None,
    }
    if is_masked(name):
        value["masked"] = True
    return value


def _number(text: str) -> int | None:
    number = parse_number(text)
    return int(number) if number is not None else None
