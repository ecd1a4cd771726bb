"""Does a confidence of 0.8 mean right in eight of ten? Measured by bins, and repaired with one temperature a step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from zsie.model.annotate import annotate_like
from zsie.model.engine import Engine, Settings
from zsie.model.features import Batch, Floats, LinkBatch
from zsie.training.metrics import Score, keys
from zsie.types import Document

_Question = TypeVar("_Question")
_Answer = TypeVar("_Answer")

TEMPERATURES = (0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.4, 2.8, 3.3, 4.0)
THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Judged:
    """Confidences of what was found, each with whether it is right; and how much gold there is."""

    found: tuple[tuple[float, bool], ...]
    gold: int

    def expected_error(self, bins: int = 10) -> float:
        """Expected calibration error: mean distance of confidence and accuracy over `bins` bins of equal width, 0 to 1."""
        groups: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
        for confidence, right in self.found:
            groups[min(int(confidence * bins), bins - 1)].append((confidence, right))
        gaps = (abs(sum(c for c, _ in group) - sum(r for _, r in group)) for group in groups)
        return sum(gaps) / len(self.found) if self.found else 0.0

    def log_loss(self) -> float:
        """Mean negative log-likelihood of the judgements; what the temperatures are chosen by."""
        return -sum(math.log(max(c if right else 1 - c, 1e-6)) for c, right in self.found) / max(1, len(self.found))

    def at(self, threshold: float) -> Score:
        """Counts when only what is at least as sure as `threshold` is kept."""
        kept = [right for confidence, right in self.found if confidence >= threshold]
        return Score(sum(kept), len(kept), self.gold)


def judge(predicted: Sequence[Document], gold: Sequence[Document]) -> tuple[Judged, Judged]:
    """Entities and relations of documents given in the same order, judged strictly."""
    entities: list[tuple[float, bool]] = []
    relations: list[tuple[float, bool]] = []
    entity_count = relation_count = 0
    for mine, theirs in zip(predicted, gold, strict=True):
        gold_entities, gold_relations = keys(theirs)
        entity_count += len(gold_entities)
        relation_count += len(gold_relations)
        own_entities, own_relations = keys(mine)
        entities += [(e.confidence, key in gold_entities) for e, key in zip(mine.entities, own_entities, strict=True)]
        relations += [(r.confidence, key in gold_relations) for r, key in zip(mine.relations, own_relations, strict=True)]
    return Judged(tuple(entities), entity_count), Judged(tuple(relations), relation_count)


class _Tape(Generic[_Question, _Answer]):
    """Computes once, and after `rewind` gives the same answers in the same order."""

    def __init__(self, compute: Callable[[Iterable[_Question]], Iterator[_Answer]]) -> None:
        self.compute = compute
        self.answers: list[_Answer] = []
        self.next = 0

    def rewind(self) -> None:
        self.next = 0

    def __call__(self, questions: Iterable[_Question]) -> Iterator[_Answer]:
        asked = list(questions)
        first, self.next = self.next, self.next + len(asked)
        if first == len(self.answers):
            self.answers += self.compute(asked)
        return iter(self.answers[first : self.next])


class _Replay:
    """A scorer that computes once: temperatures change neither step's input."""

    def __init__(self, tagged: _Tape[Batch, tuple[Floats, Floats]], linked: _Tape[LinkBatch, list[Floats]]) -> None:
        self._tagged, self._linked = tagged, linked

    def rewind(self) -> None:
        self._tagged.rewind()
        self._linked.rewind()

    def tag(self, batches: Iterable[Batch]) -> Iterator[tuple[Floats, Floats]]:
        return self._tagged(batches)

    def link(self, batches: Iterable[LinkBatch]) -> Iterator[list[Floats]]:
        return self._linked(batches)


def calibrate(engine: Engine, gold: Sequence[Document]) -> Settings:
    """Choose both temperatures on held-out documents. What is found stays the same: only confidences move.

    A relation's confidence is that of its ends and of the link, and is judged end to end; so the ends come first.
    """
    settings, tagged = engine.settings, _Tape(engine.scorer.tag)
    for step, name in enumerate(("temperature", "link_temperature")):
        # Which of two overlapping spans is kept may depend on the temperature of the first step, so the links are its own.
        replay = _Replay(tagged, _Tape(engine.scorer.link))
        losses: list[tuple[float, float, Settings]] = []
        for value in TEMPERATURES:
            change: dict[str, Any] = {name: value}
            tried = replace(settings, **change)
            replay.rewind()
            judged = judge(annotate_like(Engine(replay, engine.featurizer, engine.schema, tried), gold), gold)[step]
            if judged.found:
                losses.append((judged.log_loss(), value, tried))
        if losses:
            settings = min(losses, key=lambda loss: loss[:2])[2]
    return settings
