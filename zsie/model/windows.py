"""Windows over a whole document: nothing is truncated and no entity is lost at a window's edge.

Every character belongs to the *core* of exactly one window; a window also sees some *context* on both sides of its core.
Entities that begin in the core are taken from that window, so an entity that reaches past the core's end is still whole.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from zsie.text import sentence_spans


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch `[start, end)` of clean text with its core `[core_start, core_end)`."""

    start: int
    end: int
    core_start: int
    core_end: int


LEAST = 0.8
"""Share of a core that is kept, at least, when it is shortened to end with a paragraph."""

_PARAGRAPH_END = re.compile(r"""(?:[。！？!?;；]|(?<!\d)\.)[”"’)】》]*\n+\Z""")
"""Of a sentence or a member of a list; a heading, a number alone or a line that goes on in the next has no such mark."""


def cut_text(text: str, *, size: int, context: int) -> list[Window]:
    """Cut a clean text into windows of at most `size` characters, rather between paragraphs than within one; a blank text has none.

    What is said of a project seldom leaves its paragraph, so a paragraph in one window is better than one in two.
    """
    if not text.strip():
        return []
    sentences = sentence_spans(text)
    paragraphs = {end for start, end in sentences if _PARAGRAPH_END.search(text, start, end)}
    return cut(sentences, size=size, context=context, paragraphs=paragraphs)


def cut(sentences: Sequence[tuple[int, int]], *, size: int, context: int, paragraphs: Collection[int] = ()) -> list[Window]:
    """Cut a text, given as gapless sentence spans, into windows of at most `size` characters.

    A core is as many whole sentences as leave room for the context, which reaches back and on for up to `context`
    characters, over whole sentences where they fit. A sentence without room is cut in the middle. A core that would
    break off within a paragraph ends with the one before (`paragraphs` are ends of sentences) if it keeps `LEAST` of itself.
    """
    if size <= 2 * context:
        raise ValueError(f"window size {size} leaves no core beside a context of {context} on both sides")
    if not sentences:
        return []
    starts, ends = [first for first, _ in sentences], [last for _, last in sentences]
    windows = []
    begin, length = starts[0], ends[-1]
    while begin < length:
        start = _context_start(starts, begin, context)
        end = paragraph = 0
        for at in range(bisect_right(ends, begin), len(ends)):
            if _context_end(ends, ends[at], context) - start > size:
                break
            end = ends[at]
            if end in paragraphs:
                paragraph = end
        if paragraph and end < length and paragraph - begin >= LEAST * (end - begin):
            end = paragraph
        end = end or min(length, start + size - context)
        windows.append(Window(start, _context_end(ends, end, context), begin, end))
        begin = end
    return windows


def _context_start(starts: Sequence[int], core: int, context: int) -> int:
    """The first start of a sentence among the `context` characters before a core, else the first of these characters."""
    low = max(starts[0], core - context)
    at = bisect_left(starts, low)
    return starts[at] if at < len(starts) and starts[at] < core else low


def _context_end(ends: Sequence[int], core: int, context: int) -> int:
    """The last end of a sentence among the `context` characters after a core, else the last of these characters."""
    high = min(ends[-1], core + context)
    at = bisect_right(ends, high) - 1
    return ends[at] if at >= 0 and ends[at] > core else high
