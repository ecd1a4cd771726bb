"""The numbers and bullets that Word shows before paragraphs without writing them into the text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_LEGAL = str.maketrans("一二三四五六七八九十", "壹贰叁肆伍陆柒捌玖拾")
_FACT = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    text: str
    start: int
    legal: bool


class Numbering:
    """Counts a document's numbered paragraphs in their order."""

    def __init__(self, document: Any) -> None:
        """Read the lists and styles of a python-docx document."""
        self._styles = {s.get(f"{_W}styleId"): s for s in document.styles.element.iter(f"{_W}style")}
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):  # a document without lists has no such part
            return
        abstract = {a.get(f"{_W}abstractNumId"): a for a in root.iter(f"{_W}abstractNum")}
        for num in root.iter(f"{_W}num"):
            id_, kind = num.get(f"{_W}numId"), _value(num, "abstractNumId")
            if kind is not None and kind in abstract:
                changes = {int(o.get(f"{_W}ilvl")): o for o in num.iter(f"{_W}lvlOverride")}
                # Lists of one kind count on together unless one says where it starts.
                own = any(o.find(f"{_W}startOverride") is not None for o in changes.values())
                self._lists[id_] = (f"{kind}/{id_}" if own else kind, _levels(abstract[kind], changes))

    def label(self, paragraph: Any) -> str:
        """What stands before a paragraph (`一、`, `(2)`, `● `), or nothing; call it once for each, in order."""
        id_, depth = self._list_of(paragraph)
        if id_ not in self._lists:
            return ""
        key, levels = self._lists[id_]
        if depth not in levels:
            return ""
        level, counts = levels[depth], self._counts[key]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        if level.format == "none":
            return ""
        if level.format == "bullet":
            return "● "

        def number(found: re.Match[str]) -> str:
            at = int(found.group(1)) - 1
            if at not in levels:
                return ""
            return _number(counts.get(at, levels[at].start), "decimal" if level.legal else levels[at].format)

        label = _FACT.sub(number, level.text)
        # 1. before 2021年 must not read as 1.2021.
        return label + " " if label[-1:].isalnum() or label.endswith(".") else label

    def _list_of(self, paragraph: Any) -> tuple[str | None, int]:
        """List and depth that a paragraph or its style names; list 0 takes a paragraph out of its style's list."""
        own = paragraph.find(f"{_W}pPr")
        style = None if own is None else _value(own, "pStyle")
        places, seen = [own], set()
        while style in self._styles and style not in seen:
            seen.add(style)
            places.append(self._styles[style].find(f"{_W}pPr"))
            style = _value(self._styles[style], "basedOn")
        id_: str | None = None
        depth: str | None = None
        for place in places:
            given = None if place is None else place.find(f"{_W}numPr")
            if given is not None:
                id_ = id_ or _value(given, "numId")
                depth = depth or _value(given, "ilvl")
        return (None if id_ == "0" else id_), int(depth or 0)


def _value(element: Any, name: str) -> str | None:
    child = element.find(f"{_W}{name}")
    value: str | None = None if child is None else child.get(f"{_W}val")
    return value


def _levels(abstract: Any, changes: dict[int, Any]) -> dict[int, _Level]:
    levels = {}
    for element in abstract.iter(f"{_W}lvl"):
        depth = int(element.get(f"{_W}ilvl"))
        change = changes.get(depth)
        start = _value(element, "start")
        if change is not None:
            start = _value(change, "startOverride") or start
            changed = change.find(f"{_W}lvl")
            element = element if changed is None else changed
        legal = element.find(f"{_W}isLgl") is not None
        text = _value(element, "lvlText") or ""
        levels[depth] = _Level(_value(element, "numFmt") or "decimal", text, int(start or 1), legal)
    return levels


def _number(n: int, format: str) -> str:
    """A number as Word writes it in one of its formats; an unknown format gives digits."""
    if format in ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand"):
        return _chinese(n)
    if format == "chineseLegalSimplified":
        return _chinese(n).translate(_LEGAL)
    if format.startswith("decimalEnclosedCircle") and 1 <= n <= 20:
        return chr(0x245F + n)
    if format in ("lowerLetter", "upperLetter") and n > 0:
        letter = chr(ord("a") + (n - 1) % 26) * ((n - 1) // 26 + 1)
        return letter if format == "lowerLetter" else letter.upper()
    if format in ("lowerRoman", "upperRoman") and n > 0:
        return _roman(n) if format == "upperRoman" else _roman(n).lower()
    return f"{n:02}" if format == "decimalZero" else str(n)


def _chinese(n: int) -> str:
    if not 0 < n < 100:
        return "".join(_DIGITS[int(d)] for d in str(n))
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")


_ROMAN = {
    1000: "M",
    900: "CM",
    500: "D",
    400: "CD",
    100: "C",
    90: "XC",
    50: "L",
    40: "XL",
    10: "X",
    9: "IX",
    5: "V",
    4: "IV",
    1: "I",
}


def _roman(n: int) -> str:
    parts = []
    for value, sign in _ROMAN.items():
        parts.append(sign * (n // value))
        n %= value
    return "".join(parts)
