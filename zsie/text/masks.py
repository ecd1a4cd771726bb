"""The ways published copies mask figures and names: 5*, xx.xx, ×××, 某某, #.#, 20xx, 202_."""

from __future__ import annotations

import re

RUN = r"(?:[*＊]+|[xX×ＸxX]+|#+|_+|○+|某+)"
"""A run of one mask character."""
FIGURE = re.compile(rf"(?:\d*{RUN})(?:[.．]?(?:\d|{RUN}))*|\d+[.．]{RUN}")
"""A figure of which at least one digit is masked."""


def is_masked(surface: str) -> bool:
    """Whether a surface holds a masked figure or name; a Latin word with an x in it (NEXT) is none."""
    for found in FIGURE.finditer(surface):
        start, end = found.span()
        before, after = surface[max(0, start - 1) : start], surface[end : end + 1]
        if not (before.isascii() and before.isalpha()) and not (after.isascii() and after.isalpha()):
            return True
    return False
