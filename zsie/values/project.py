"""Projects and events: the parts of their names that are data."""

from __future__ import annotations

import re
from typing import Any

from zsie.text.masks import is_masked
from zsie.values.count import count
from zsie.values.number import NUMBER, fold, parse_number

_SCALE = re.compile(
    rf"(?:年(?:产|处理|加工|屠宰|出栏)|日(?:处理|产))?((?:{NUMBER.pattern})(?:余|多)?(?:吨|只|头|亩|平方米|平米|㎡|m2|套|台|辆|件|锭|千瓦|kW|MW|GW|GWh|MWh|兆瓦|吉瓦|立方米|条|张|万?羽|尾|米|公里|公顷|床|间|户|家|个|支|片|株|瓶|箱))"
)
_PHASE = re.compile(r"([一二三四五六1-6])期|第([一二三四五])期")
_ORDINAL = re.compile(rf"第?({NUMBER.pattern}|[*xX×]+)[届次](?!会议精神)")
_YEAR = re.compile(r"((?:19|20)\d\d|二[〇零○][〇零○一二][〇零○一二三四五六七八九])(?:年|(?=[^\d]))")


def project(surface: str) -> dict[str, Any] | None:
    """`{"kind": "project", "name", "scale", "phase"}`: scale is a count value, phase a number."""
    name = fold(surface)
    if not name:
        return None
    scale = _SCALE.search(name)
    phase = _PHASE.search(name)
    number = parse_number(next(g for g in phase.groups() if g)) if phase else None
    value: dict[str, Any] = {
        "kind": "project",
        "name": name,
        "scale": count(scale.group(1)) if scale else None,
        "phase": int(number) if number is not None else None,
    }
    if is_masked(name):
        value["masked"] = True
    return value


def event(surface: str) -> dict[str, Any] | None:
    """`{"kind": "event", "name", "ordinal", "year"}`; a masked ordinal is null."""
    name = fold(surface)
    if not name:
        return None
    ordinal, year = _ORDINAL.search(name), _YEAR.search(name)
    number = parse_number(ordinal.group(1)) if ordinal else None
    named_year = parse_number(year.group(1).replace("○", "〇")) if year else None
    value: dict[str, Any] = {
        "kind": "event",
        "name": name,
        "ordinal": int(number) if number is not None else None,
        "year": int(named_year) if named_year is not None else None,
    }
    if is_masked(name):
        value["masked"] = True
    return value
