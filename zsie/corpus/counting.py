"""Spans as annotation tools tell them, and the way of counting characters in which a file's spans fit its texts.

Tools differ: Python counts code points, a browser UTF-16 code units (😀 is two), and some read `\\r\\n` as one character.
Releases of one and the same tool differ too (Label Studio, doccano), so the format of a file does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from zsie.errors import CorpusError

UNITS = ("codepoint", "utf16", "codepoint-lf", "utf16-lf")
"""How a tool counts characters: code points (Python), UTF-16 code units (JavaScript), either with `\\r\\n` as one."""

Place: TypeAlias = tuple[int, int] | None
"""Half-open code-point offsets; None where a span lies outside its text or begins or ends inside a character."""

# In any other text all ways of counting agree.
_MATTERS = re.compile(r"[\U00010000-\U0010FFFF]|\r\n")


@dataclass(frozen=True, slots=True)
class Mark:
    """A span as a tool tells it; `text` is its surface where the tool gives it, `start` and `end` are in the tool's units.

    Raise TypeError for offsets that are no whole numbers.
    """

    id: str
    label: str
    start: int
    end: int
    text: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Files hold anything."""
        if not (isinstance(self.start, int) and isinstance(self.end, int)):
            raise TypeError(f"offsets {self.start!r} and {self.end!r} are no whole numbers")


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as its file tells it; `links` are (type, head id, tail id), `line` is 0 where the file has none.

    Raise TypeError for a text that is no string.
    """

    name: str
    text: str
    marks: Sequence[Mark] = ()
    links: Sequence[tuple[str, str, str]] = ()
    line: int = 0

    def __post_init__(self) -> None:
        """Files hold anything."""
        if not isinstance(self.text, str):
            raise TypeError(f"the text is no string but {type(self.text).__name__}")


def ways(drafts: Sequence[Draft], units: str = "auto", *, own: str | None = None) -> tuple[str, ...]:
    """The ways of counting that contradict the fewest spans of a file: more than one where nothing tells them apart.

    A span contradicts a way in which it lies outside its text, or on other characters than those the file gives for it.
    Its look does not count: a wrong place often looks like a right one. `own` is what the format itself prescribes, which
    is taken where it is among the best. Raise CorpusError for unknown units.
    """
    if units != "auto":
        if units not in UNITS:
            raise CorpusError(f"units {units!r}: one of auto, {', '.join(UNITS)}")
        return (units,)
    wrong = dict.fromkeys(UNITS, 0)
    for draft in drafts:
        if _MATTERS.search(draft.text):
            for name in UNITS:
                found = zip(draft.marks, places(draft, name), strict=True)
                wrong[name] += sum(not _fits(mark, place, draft.text) for mark, place in found)
    best = tuple(name for name in UNITS if wrong[name] == min(wrong.values()))
    return (own,) if own in best else best


def places(draft: Draft, units: str) -> list[Place]:
    """Code-point places of a document's marks under a way of counting."""
    if not _MATTERS.search(draft.text):
        size = len(draft.text)
        return [(m.start, m.end) if 0 <= m.start <= m.end <= size else None for m in draft.marks]
    index = _index(draft.text, units)
    return [_place(mark, index) for mark in draft.marks]


def unclear(draft: Draft, candidates: Sequence[str]) -> bool:
    """Whether the candidate ways of counting put a span of this document on different characters."""
    if len(candidates) < 2 or not _MATTERS.search(draft.text):
        return False
    first, *others = (places(draft, name) for name in candidates)
    return any(other != first for other in others)


def same(given: str, surface: str) -> bool:
    """Tools show a line break inside a span as a space, or leave out the carriage return."""
    return given == surface or (surface == surface.strip() and re.sub(r"\s+", " ", given) == re.sub(r"\s+", " ", surface))


def _index(text: str, units: str) -> dict[int, int]:
    """Unit offset to code-point offset."""
    index: dict[int, int] = {}
    at = 0
    for i, char in enumerate(text):
        index.setdefault(at, i)
        folded = units.endswith("-lf") and text.startswith("\r\n", i)
        at += 0 if folded else 2 if units.startswith("utf16") and ord(char) > 0xFFFF else 1
    index[at] = len(text)
    return index


def _place(mark: Mark, index: Mapping[int, int]) -> Place:
    start, end = index.get(mark.start), index.get(mark.end)
    return None if start is None or end is None or end < start else (start, end)


def _fits(mark: Mark, place: Place, text: str) -> bool:
    return place is not None and (mark.text is None or same(mark.text, text[place[0] : place[1]]))
