"""Windows over a whole document: nothing is truncated and no entity is lost at a window's edge.

Every character belongs to the *core* of exactly one window; a window also sees some *context* on both sides of its core.
Entities that begin in the core are taken from that window, so an entity that reaches past the core's end is still whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch `[start, end)` of clean text with its core `[core_start, core_end)`."""

    start: int
    end: int
    core_start: int
    core_end: int


def cut(sentences: Sequence[tuple[int, int]], *, size: int, context: int) -> list[Window]:
    """Cut a text, given as gapless sentence spans, into windows of at most `size` characters.

    Cores are runs of whole sentences of up to `size - 2 * context` characters; a longer sentence is cut in the middle.
    Context reaches back (and on) over whole sentences where they fit, else over characters.
    """
    if size <= 2 * context:
        raise ValueError(f"window size {size} leaves no core beside a context of {context} on both sides")
    if not sentences:
        return []
    room, length = size - 2 * context, sentences[-1][1]
    cores: list[tuple[int, int]] = []
    begin = end = sentences[0][0]
    for _, last in sentences:
        if last - begin > room and end > begin:
            cores.append((begin, end))
            begin = end
        while last - begin > room:
            cores.append((begin, begin + room))
            begin += room
        end = last
    if end > begin:
        cores.append((begin, end))
    starts = {first for first, _ in sentences}
    ends = {last for _, last in sentences}
    windows = []
    for core_start, core_end in cores:
        low, high = max(0, core_start - context), min(length, core_end + context)
        start = next((at for at in range(low, core_start) if at in starts), low)
        stop = next((at for at in range(high, core_end, -1) if at in ends), high)
        windows.append(Window(start, stop, core_start, core_end))
    return windows
