"""Where each stretch of a read text came from, and how to cite it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import asdict, dataclass, field
from typing import Any

from zsie.messages import say


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file, counted from 1: a page of a PDF, a line of a text, a paragraph or table cell of a document."""

    page: int | None = None
    line: int | None = None
    paragraph: int | None = None
    table: int | None = None
    row: int | None = None
    cell: int | None = None

    def __str__(self) -> str:
        parts = []
        if self.page is not None:
            parts.append(say("page {n}", n=self.page))
        if self.line is not None:
            parts.append(say("line {n}", n=self.line))
        if self.paragraph is not None:
            parts.append(say("paragraph {n}", n=self.paragraph))
        if self.table is not None:
            parts.append(say("table {table}, row {row}, cell {cell}", table=self.table, row=self.row, cell=self.cell))
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Segment:
    """The half-open stretch of a read text that came from one place."""

    start: int
    end: int
    place: Place


@dataclass(frozen=True)
class Source:
    """A file and the map from the text read from it back to its places.

    `name` is how the user named it, `path` the file on disk (None for standard input), `member` the file inside an archive.
    Segments are sorted and do not overlap; what stands between two (a line break, a cell border) belongs to neither.
    """

    name: str
    path: str | None
    format: str
    member: str | None = None
    encoding: str | None = None
    segments: tuple[Segment, ...] = ()
    _starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", [segment.start for segment in self.segments])

    def locate(self, offset: int) -> Segment | None:
        """The segment that an offset of the text falls in or follows; None in a text without segments."""
        if not self.segments:
            return None
        return self.segments[max(bisect_right(self._starts, offset) - 1, 0)]

    def cite(self, start: int, end: int) -> str:
        """`file · place · characters a–b`, counted from 1 within the place, both ends included.

        A span that runs over several places names the first and the last.
        """
        first, last = self.locate(start), self.locate(max(end - 1, start))
        if first is None or last is None:
            return f"{self.name} · " + say("characters {a}–{b}", a=start + 1, b=max(end, start + 1))
        a = max(start - first.start + 1, 1)
        if first is last:
            return f"{self.name} · {first.place} · " + say("characters {a}–{b}", a=a, b=max(end - first.start, a))
        return (
            f"{self.name} · {first.place} · {say('character {n}', n=a)} – "
            f"{last.place} · {say('character {n}', n=end - last.start)}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data; the inverse of `from_dict`."""
        return {
            "name": self.name,
            "path": self.path,
            "format": self.format,
            "member": self.member,
            "encoding": self.encoding,
            "segments": [
                {"start": s.start, "end": s.end, **{k: v for k, v in asdict(s.place).items() if v is not None}}
                for s in self.segments
            ],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Source:
        """A source from what `to_dict` made."""
        segments = tuple(Segment(s.pop("start"), s.pop("end"), Place(**s)) for s in map(dict, data["segments"]))
        return cls(**{**data, "segments": segments})


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a file, and its map back; `warning` says what of the file could not be read (reason, remedy)."""

    text: str
    source: Source
    warning: tuple[str, str] | None = None


class Builder:
    """Grows a text and its map together."""

    def __init__(self) -> None:
        """Start with an empty text."""
        self._parts: list[str] = []
        self._segments: list[Segment] = []
        self._length = 0
        self.warning: tuple[str, str] | None = None

    def add(self, text: str, place: Place) -> None:
        """Append text that stands at `place`."""
        if text:
            self._segments.append(Segment(self._length, self._length + len(text), place))
            self.join(text)

    def join(self, text: str) -> None:
        """Append text that stands nowhere in the file: a line break, a border between cells."""
        self._parts.append(text)
        self._length += len(text)

    def row(self, cells: list[tuple[str, Place]]) -> None:
        """Append a table row as a line with its cells up to the last that is not empty; a row of empty cells leaves nothing."""
        while cells and not cells[-1][0]:
            cells = cells[:-1]
        if not any(text.strip() for text, _ in cells):
            return
        for i, (text, place) in enumerate(cells):
            if i:
                self.join(CELL)
            # A line break inside a cell would cut the row in two.
            self.add(" ".join(text.split("\n")).strip(), place)
        self.join("\n")

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The map so far."""
        return tuple(self._segments)

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)


CELL = " | "
"""What stands between two cells of a row."""
