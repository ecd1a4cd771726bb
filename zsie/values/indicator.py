"""Indicators: a canonical id from the ontology `indicators.json`, and the scope that the words name."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from zsie.values.number import fold

_SCOPES = (
    ("outside_province", r"省外|区外|省际"),
    ("outside_city", r"市外|市域外|州外"),
    ("outside_county", r"县外|区域外|域外"),
    ("foreign", r"境外|国外|外资|外商|外方"),
    ("domestic", r"国内|境内|内资|内联"),
)


@cache
def ontology() -> tuple[dict[str, Any], ...]:
    """Entries in the order in which they are tried: id, Chinese and English name, unit kind, patterns."""
    text = files("zsie.values").joinpath("indicators.json").read_text(encoding="utf-8")
    return tuple({**entry, "pattern": re.compile("|".join(entry["patterns"]))} for entry in json.loads(text))


def indicator(surface: str) -> dict[str, Any] | None:
    """`{"kind": "indicator", "name", "canonical", "scope"}`; canonical and scope are null where the words name none."""
    name = fold(surface)
    if not name:
        return None
    canonical = next((entry["id"] for entry in ontology() if entry["pattern"].search(name)), None)
    scope = next((scope for scope, pattern in _SCOPES if re.search(pattern, name)), None)
    return {"kind": "indicator", "name": name, "canonical": canonical, "scope": scope}
