"""Normalised values: one small grammar per kind, exact decimals, never a figure that the text does not give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zsie.values.company import company
from zsie.values.count import count
from zsie.values.date import DateContext, period
from zsie.values.indicator import indicator, ontology
from zsie.values.money import money
from zsie.values.percent import percent
from zsie.values.person import person
from zsie.values.project import event, project
from zsie.values.timeline import DateMention, resolve

__all__ = ["DateContext", "DateMention", "ontology", "period", "resolve", "value_of"]

_WITH_PREFIX: dict[str, Callable[[str, str], dict[str, Any] | None]] = {
    "AMOUNT": money,
    "COUNT": count,
    "PERCENT": percent,
    "COMPLETION_RATE": percent,
    "OFFICIAL": person,
    "PERSON": person,
}
_ALONE: dict[str, Callable[[str], dict[str, Any] | None]] = {
    "COMPANY": company,
    "INDICATOR": indicator,
    "PROJECT": project,
    "EVENT": event,
    "DATE": period,
}


def value_of(label: str, text: str, *, before: str = "") -> dict[str, Any] | None:
    """The value of an entity's surface, None for labels without one.

    `before` is the text to its left (a dozen characters do), read for approximators such as 约 and 不低于. What cannot be
    read is `{"kind": "unparsed", "text": ...}`; no string raises. Dates are read alone here; `resolve` reads all
    dates of a document together.
    """
    if label in _WITH_PREFIX:
        value = _WITH_PREFIX[label](text, before)
    elif label in _ALONE:
        value = _ALONE[label](text)
    else:
        return None
    return value if value is not None else {"kind": "unparsed", "text": text}
