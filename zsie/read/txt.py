"""Plain text."""

from __future__ import annotations

import re

from zsie.read.source import Place, Segment
from zsie.text.decode import decode

# What an editor counts as a line; not str.splitlines, which also cuts at form feeds and separators.
_LINE = re.compile(r"[^\r\n]+|\r\n|\r|\n")


def read_txt(data: bytes) -> tuple[str, tuple[Segment, ...], str]:
    """Text as it stands in the file, a segment a line, and the encoding."""
    decoded = decode(data)
    return decoded.text, tuple(lines(decoded.text)), decoded.encoding


def lines(text: str) -> list[Segment]:
    """The lines of a text that hold something."""
    found, number = [], 1
    for piece in _LINE.finditer(text):
        if piece.group()[0] in "\r\n":
            number += 1
        else:
            found.append(Segment(*piece.span(), Place(line=number)))
    return found
