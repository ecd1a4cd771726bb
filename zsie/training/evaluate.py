"""Evaluate a model on annotated documents: per label, per relation, attributes, with bootstrap intervals by document."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from zsie.api import Parser
from zsie.model.annotate import annotate_like
from zsie.schema import Schema
from zsie.training.metrics import Score, Scores, score_document, total
from zsie.types import Document


@dataclass(frozen=True)
class Evaluation:
    """Scores of a model on a set of documents, as a whole and document by document."""

    scores: Scores
    documents: tuple[tuple[str, Scores], ...]
    predictions: tuple[Document, ...]


def evaluate(parser: Parser, gold: Sequence[Document], *, schema: Schema | None = None) -> Evaluation:
    """Predict from the raw text of `gold` alone and score end to end: strict spans, all gold counted."""
    used = schema or parser.model.schema
    predictions = annotate_like(parser.engine, gold)
    single = [score_document(p, g, used) for p, g in zip(predictions, gold, strict=True)]
    return Evaluation(total(single), tuple(zip((g.id for g in gold), single, strict=True)), tuple(predictions))


def interval(scores: Sequence[Score], *, samples: int = 2000, seed: int = 0) -> tuple[float, float]:
    """95 % bootstrap interval of the micro F1, documents drawn with replacement."""
    rng = random.Random(seed)
    if not scores:
        return 0.0, 0.0
    values = sorted(sum(rng.choices(scores, k=len(scores)), Score()).f1 for _ in range(samples))
    return values[int(0.025 * samples)], values[int(0.975 * samples) - 1]
