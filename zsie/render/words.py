"""The Chinese words for tables, columns, labels and codes, as pages and workbooks show them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

Group = dict[str, str]


@cache
def chinese() -> dict[str, Group]:
    """English word to Chinese word, in the groups `tables`, `columns`, `values` and `page`."""
    words: dict[str, Group] = json.loads(files("zsie.render").joinpath("words.zh.json").read_text(encoding="utf-8"))
    return words


def word(group: str, name: str, language: str) -> str:
    """A word as shown in `zh` or `en`; codes stay codes in English, other names lose their underscores."""
    if language == "zh":
        return chinese()[group].get(name, name)
    return name if group == "values" else name.replace("_", " ")
