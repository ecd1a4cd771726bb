"""Indicators: a canonical id from the ontology `indicators.json`, and the origin of the money that the words name."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from zsie.values.number import fold

_SCOPES = (
    ("outside_province", re.compile(r"省外|区外|省际")),
    ("outside_city", re.compile(r"市外|市域外|州外|盟外")),
    ("outside_county", re.compile(r"县外|县域外|旗外|域外|场外")),
    ("foreign", re.compile(r"境外|国外|外资|外商|外方|台资|侨资|港资")),
    ("domestic", re.compile(r"国内|境内|内资|内联")),
    ("inside_province", re.compile(r"省内|区内")),
)


@cache
def ontology() -> tuple[dict[str, Any], ...]:
    """Entries in the order in which they are tried.

    Each has `id`, `zh`, `en`, `unit` (money, count, rate or any), `pattern` (compiled) and `unless` (compiled or None).
    """
    entries = json.loads(files("zsie.values").joinpath("indicators.json").read_text(encoding="utf-8"))
    return tuple(
        {
            **entry,
            "pattern": re.compile("|".join(entry["patterns"])),
            "unless": re.compile(entry["unless"]) if "unless" in entry else None,
        }
        for entry in entries
    )


def indicator(surface: str) -> dict[str, Any] | None:
    """`{"kind": "indicator", "name", "canonical", "scope"}`; canonical and scope are null where the words name none."""
    name = fold(surface)
    if not name:
        return None
    canonical, scope = _known(name)
    return {"kind": "indicator", "name": name, "canonical": canonical, "scope": scope}


@lru_cache(maxsize=1 << 10)  # reports say the same few hundred names over and over; each costs a hundred searches
def _known(name: str) -> tuple[str | None, str | None]:
    """Canonical id and scope of a name."""
    canonical = next(
        (e["id"] for e in ontology() if e["pattern"].search(name) and not (e["unless"] and e["unless"].search(name))), None
    )
    scope = next((scope for scope, pattern in _SCOPES if pattern.search(name)), None)
    return canonical, scope
