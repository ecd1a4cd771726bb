"""The colours of labels, and the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterable

from zsie.types import Entity

_HUES = {
    "PROJECT": (214, 85),
    "AMOUNT": (38, 95),
    "COMPLETION_RATE": (142, 55),
    "PERCENT": (88, 50),
    "OFFICIAL": (352, 80),
    "PERSON": (322, 65),
    "EVENT": (268, 75),
    "COMPANY": (180, 55),
    "ORG": (232, 25),
    "LOCATION": (22, 60),
    "DATE": (62, 60),
    "COUNT": (50, 85),
    "INDICATOR": (205, 30),
}
"""Hue and saturation of each label; other labels are grey."""


def colour(label: str, *, strong: bool = False) -> str:
    """A tint to stand behind text, or a strong colour for lines."""
    hue, saturation = _HUES.get(label, (0, 0))
    return f"hsl({hue} {saturation * 3 // 4}% 42%)" if strong else f"hsl({hue} {saturation}% 88%)"


def ordered(entities: Iterable[Entity]) -> list[str]:
    """The labels of entities, known ones in their usual order."""
    known = list(_HUES)
    return sorted({e.label for e in entities}, key=lambda name: (known.index(name) if name in known else len(known), name))
