"""Augmentation on clean text: each is a function (example, rng) -> example that never moves a span off its text."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from zsie.training.data import Example, Mention

Augmenter: TypeAlias = Callable[[Example, random.Random], Example]
Maker: TypeAlias = Callable[[Sequence[Example]], Augmenter]
"""Built once from the training examples (for pools of names), then applied in every epoch."""

MASKS = ("*", "**", "***", "x", "xx", "xxx", "X", "XX", "××", "某", "某某")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_NUMERIC = {"AMOUNT", "COUNT", "COMPLETION_RATE", "PERCENT", "DATE"}
_NAMED = {"LOCATION", "COMPANY", "PERSON", "PROJECT"}


def rewrite(source: Example, surfaces: Mapping[int, str], plain: Callable[[str], str] | None = None) -> Example:
    """Give mention i the new surface `surfaces[i]` and run `plain` over the text between mentions."""
    parts: list[str] = []
    mentions: list[Mention] = []
    length = last = 0
    for i, m in enumerate(source.mentions):
        between = source.text[last : m.start]
        between = plain(between) if plain else between
        surface = surfaces.get(i, source.text[m.start : m.end])
        start = length + len(between)
        length = start + len(surface)
        parts += [between, surface]
        mentions.append(replace(m, start=start, end=length))
        last = m.end
    rest = source.text[last:]
    parts.append(plain(rest) if plain else rest)
    return Example("".join(parts), tuple(mentions), source.links)


def swap_mentions(*, share: float, mention_share: float, labels: Sequence[str]) -> Maker:
    """In a `share` of examples replace a `mention_share` of the surfaces by others of the same label, alike within a text."""

    def make(examples: Sequence[Example]) -> Augmenter:
        pools: dict[str, list[str]] = defaultdict(list)
        for item in examples:
            for m in item.mentions:
                if m.label in labels:
                    pools[m.label].append(item.text[m.start : m.end])
        # One entry a surface: a frequent name is no likelier than a rare one.
        fixed = {label: sorted(set(pool)) for label, pool in pools.items()}

        def augment(source: Example, rng: random.Random) -> Example:
            if rng.random() >= share:
                return source
            chosen: dict[tuple[str, str], str] = {}
            surfaces = {}
            for i, m in enumerate(source.mentions):
                if m.label not in fixed:
                    continue
                key = m.label, source.text[m.start : m.end]
                if key not in chosen:
                    chosen[key] = rng.choice(fixed[m.label]) if rng.random() < mention_share else key[1]
                surfaces[i] = chosen[key]
            return rewrite(source, surfaces)

        return augment

    return make


def mask_values(*, share: float) -> Maker:
    """Anonymise a `share` of examples in one mask style, figures and names alike, as published copies are."""

    def make(_: Sequence[Example]) -> Augmenter:
        def augment(source: Example, rng: random.Random) -> Example:
            if rng.random() >= share:
                return source
            style = rng.choice(MASKS)
            figures, names = rng.random() < 0.8, rng.random() < 0.6
            latin = style if not style.startswith("某") else "x"
            surfaces = {}
            for i, m in enumerate(source.mentions):
                surface = source.text[m.start : m.end]
                if m.label in _NUMERIC and figures and rng.random() < 0.8:
                    surfaces[i] = _mask_figure(surface, latin)
                elif m.label in _NAMED and names and len(surface) >= 3 and rng.random() < 0.6:
                    head = 2 if len(surface) > 3 else 1
                    surfaces[i] = style + surface[head:]
                elif m.label == "OFFICIAL" and names and len(surface) >= 4 and rng.random() < 0.7:
                    surfaces[i] = surface[:-2] + style if len(style) > 1 else surface[:-1] + style * 2
            return rewrite(source, surfaces)

        return augment

    return make


def _mask_figure(surface: str, style: str) -> str:
    if re.match(r"\d{4}年", surface):
        year = "20" + style[-1] * 2
        return year + _DIGITS.sub(lambda m: style, surface[4:])
    return _DIGITS.sub(lambda m: style[0] * 2 + "." + style[0] * 2 if "." in m.group() and len(style) > 1 else style, surface)


def damage(*, share: float, rate: float) -> Maker:
    """In a `share` of examples drop, double or exchange a `rate` of the punctuation between mentions, and some hyphens in dates."""
    exchange = {
        ",": ["", "、", "。", ";", "， "],
        "。": ["", ".", ",", ";"],
        "、": [",", " ", ""],
        ";": ["。", ","],
        ":": ["", "。", ","],
    }

    def make(_: Sequence[Example]) -> Augmenter:
        def augment(source: Example, rng: random.Random) -> Example:
            if rng.random() >= share:
                return source

            def plain(text: str) -> str:
                return "".join(rng.choice(exchange[c]) if c in exchange and rng.random() < rate else c for c in text)

            surfaces = {}
            for i, m in enumerate(source.mentions):
                surface = source.text[m.start : m.end]
                if m.label == "DATE" and "-" in surface and rng.random() < rate:
                    surfaces[i] = surface.replace("-", rng.choice(["~", "至", "—", ""]))
            return rewrite(source, surfaces, plain)

        return augment

    return make
