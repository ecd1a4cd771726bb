"""What a corpus holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from zsie.corpus.split import author
from zsie.text import is_masked, is_traditional
from zsie.types import Document


@dataclass(frozen=True)
class Stats:
    """Counts over documents."""

    documents: int
    characters: int
    entities: dict[str, int]
    relations: dict[str, int]
    attributes: dict[str, int]
    """`name=value` to count"""
    traditional: int
    """Documents in traditional characters."""
    masked: int
    """Documents with at least three masked spans."""

    @property
    def density(self) -> float:
        """Entities per 1,000 characters."""
        return 1000 * sum(self.entities.values()) / self.characters if self.characters else 0.0


def stats(documents: Iterable[Document]) -> Stats:
    """Count everything."""
    held = list(documents)
    return Stats(
        len(held),
        sum(len(d.text) for d in held),
        dict(Counter(e.label for d in held for e in d.entities).most_common()),
        dict(Counter(r.type for d in held for r in d.relations).most_common()),
        dict(Counter(f"{k}={v}" for d in held for e in d.entities for k, v in e.attributes.items()).most_common()),
        sum(is_traditional(d.text) for d in held),
        sum(sum(is_masked(e.text) for e in d.entities) >= 3 for d in held),
    )


def by_prefix(documents: Iterable[Document]) -> dict[str, Stats]:
    """Counts by the part of the id before the first underscore (the author and theme)."""
    groups: dict[str, list[Document]] = {}
    for document in documents:
        groups.setdefault(author(document), []).append(document)
    return {name: stats(groups[name]) for name in sorted(groups)}
