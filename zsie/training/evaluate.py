"""Evaluate a model on annotated documents: per label, per relation, attributes, with bootstrap intervals by document."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zsie.api import Parser
from zsie.model.annotate import annotate_like, link
from zsie.model.engine import Engine
from zsie.model.windows import cut_text
from zsie.schema import Schema
from zsie.text import clean
from zsie.training.calibration import Judged, judge
from zsie.training.metrics import Score, Scores, score_document, total
from zsie.types import Document


@dataclass(frozen=True)
class Evaluation:
    """Scores of a model on a set of documents, as a whole and document by document."""

    scores: Scores
    documents: tuple[tuple[str, Scores], ...]
    predictions: tuple[Document, ...]
    linked: Scores
    """Relations and attributes predicted on the gold entities: the second step by itself."""
    unreachable: dict[str, int]
    """Gold `entities` and `relations` that the model can never predict, whatever its weights."""
    confidence: tuple[Judged, Judged]
    """Of entities and relations."""


def evaluate(parser: Parser, gold: Sequence[Document]) -> Evaluation:
    """Predict from the raw text of `gold` alone and score end to end: strict spans, all gold counted."""
    schema = parser.model.schema
    predictions, single = scored(parser, gold, schema)
    given = link(parser.engine, gold)
    return Evaluation(
        total(single),
        tuple(zip((g.id for g in gold), single, strict=True)),
        tuple(predictions),
        total(score_document(p, g, schema) for p, g in zip(given, gold, strict=True)),
        unreachable(parser.engine, gold),
        judge(predictions, gold),
    )


def scored(parser: Parser, gold: Sequence[Document], schema: Schema) -> tuple[list[Document], list[Scores]]:
    """Predictions from the raw text of `gold` alone, and the scores of each."""
    predictions = annotate_like(parser.engine, gold)
    return predictions, [score_document(p, g, schema) for p, g in zip(predictions, gold, strict=True)]


def unreachable(engine: Engine, gold: Sequence[Document]) -> dict[str, int]:
    """Count gold beyond the model: spans that cleaning moves or no window holds whole, relations without a common window."""
    lost = {"entities": 0, "relations": 0}
    settings = engine.settings
    for document in gold:
        text = clean(document.text)
        windows = cut_text(text.clean, size=settings.window, context=settings.context)
        held: dict[str, set[int]] = {}
        for entity in document.entities:
            start, end = text.to_clean(entity.start, entity.end)
            exact = end > start and text.to_raw(start, end) == (entity.start, entity.end)
            inside = {n for n, w in enumerate(windows) if w.start <= start and end <= w.end} if exact else set()
            held[entity.id] = inside
            owned = any(windows[n].core_start <= start < windows[n].core_end for n in inside)
            lost["entities"] += not owned
        lost["relations"] += sum(not held[r.head.id] & held[r.tail.id] for r in document.relations)
    return lost


def interval(scores: Sequence[Score], *, samples: int = 2000, seed: int = 0) -> tuple[float, float]:
    """95 % bootstrap interval of the micro F1, documents drawn with replacement."""
    rng = random.Random(seed)
    if not scores:
        return 0.0, 0.0
    values = sorted(sum(rng.choices(scores, k=len(scores)), Score()).f1 for _ in range(samples))
    return values[int(0.025 * samples)], values[int(0.975 * samples) - 1]


@dataclass(frozen=True)
class Comparison:
    """Two models on the same documents, in micro F1."""

    difference: float
    """The first less the second."""
    p: float
    """Two-sided: how often a difference as large arises when the two models' results are swapped by chance, by document."""


def compare(ours: Sequence[Score], theirs: Sequence[Score], *, samples: int = 5000, seed: int = 0) -> Comparison:
    """Paired approximate randomisation by document: all swaps where there are few, else `samples` random ones."""

    def difference(swapped: Callable[[int], bool]) -> float:
        first, second = Score(), Score()
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            first, second = (first + b, second + a) if swapped(i) else (first + a, second + b)
        return first.f1 - second.f1

    seen = difference(lambda i: False)
    # Half a millionth: sums of floats that ought to be equal.
    enough = abs(seen) - 5e-7
    if 2 ** len(ours) <= samples:
        hits = sum(abs(difference(lambda i, n=n: bool(n >> i & 1))) >= enough for n in range(2 ** len(ours)))  # type: ignore[misc]
        return Comparison(seen, hits / 2 ** len(ours))
    rng = random.Random(seed)
    hits = sum(abs(difference(lambda i: rng.random() < 0.5)) >= enough for _ in range(samples))
    return Comparison(seen, (hits + 1) / (samples + 1))


def seqeval_report(gold: Sequence[Document], predicted: Sequence[Document]) -> str:
    """The table of `seqeval` (strict mode, IOB2 over characters): an outside check of the entity figures."""
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    def tags(document: Document) -> list[str]:
        result = ["O"] * len(document.text)
        for entity in document.entities:
            result[entity.start : entity.end] = [f"B-{entity.label}"] + [f"I-{entity.label}"] * (entity.end - entity.start - 1)
        return result

    table = classification_report(
        [tags(d) for d in gold], [tags(d) for d in predicted], mode="strict", scheme=IOB2, digits=4, zero_division=0
    )
    return str(table)
