"""Clean texts in, entities and relations in clean offsets out; whatever computes the scores (ONNX Runtime or torch)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from zsie.model import decode
from zsie.model.decode import Found, Link
from zsie.model.features import Batch, Featurizer, Floats, Ints, LinkBatch, pair_features, sections_at
from zsie.model.windows import Window, cut
from zsie.schema import Schema
from zsie.text import sentence_spans


class Scorer(Protocol):
    """The network's two steps on numpy arrays; shapes as in `zsie.model.network`."""

    def tag(self, batch: Batch) -> tuple[Floats, Floats]:
        """Return character vectors [B, C, V] and tag logits [B, C, T]."""

    def link(self, batch: LinkBatch) -> list[Floats]:
        """Return relation logits [B, N, N, R] and the logits [B, N, classes] of each attribute."""


@dataclass(frozen=True)
class Settings:
    """How a model is run; stored in its folder."""

    window: int = 480
    context: int = 90
    batch: int = 4
    """Windows at once: more are no faster on a few cores, and cost memory."""
    temperature: float = 1.0
    outside: float = 0.0
    link_temperature: float = 1.0
    link_threshold: float = 0.5


@dataclass(frozen=True)
class Prediction:
    """Entities of one text, sorted and flat, with attributes; and the links between them by index."""

    spans: tuple[Found, ...]
    attributes: tuple[Mapping[str, str], ...]
    links: tuple[Link, ...]


@dataclass
class _Text:
    """A text on its way through the engine."""

    clean: str
    windows: list[Window]
    vectors: list[Floats] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    sections: Ints = field(default_factory=lambda: np.empty(0, np.int64))


def attribute_classes(schema: Schema) -> dict[str, tuple[str | None, ...]]:
    """Classes of each attribute; None (does not say) comes first where the attribute has no default."""
    return {
        name: attribute.values if attribute.default is not None else (None, *attribute.values)
        for name, attribute in schema.attributes.items()
    }


class Engine:
    """Runs a scorer over whole documents."""

    def __init__(self, scorer: Scorer, featurizer: Featurizer, schema: Schema, settings: Settings) -> None:
        """All four come from one model folder and belong together."""
        self.scorer, self.featurizer, self.schema, self.settings = scorer, featurizer, schema, settings
        self._types = decode.type_mask(schema)
        self._classes = attribute_classes(schema)

    def predict(self, texts: Sequence[str], given: Sequence[Sequence[Found]] | None = None) -> list[Prediction]:
        """Predict for clean texts of any length; a long one is read block by block, so memory stays bounded.

        With `given` (sorted, flat spans of each text) only attributes and links are predicted: how good is the second
        step alone? A given span across two blocks, which are cut at line ends, is left out.
        """
        blocks = [(t, start, text[start:end]) for t, text in enumerate(texts) for start, end in _blocks(text)]
        found: list[list[tuple[int, Prediction]]] = [[] for _ in texts]
        for group in _groups(blocks):
            known = None if given is None else [_inside(given[t], start, start + len(text)) for t, start, text in group]
            predictions = self._predict([text for _, _, text in group], known)
            for (t, start, _), prediction in zip(group, predictions, strict=True):
                found[t].append((start, prediction))
        return [_joined(parts) for parts in found]

    def _predict(self, texts: Sequence[str], given: Sequence[list[Found]] | None) -> list[Prediction]:
        """Predict for a group of blocks; their windows share batches, sorted by length."""
        work = [self._prepare(text) for text in texts]
        order = sorted(
            ((t, w) for t, item in enumerate(work) for w in range(len(item.windows))),
            key=lambda key: work[key[0]].windows[key[1]].end - work[key[0]].windows[key[1]].start,
        )
        for item in work:
            item.vectors = [np.empty(0, np.float32)] * len(item.windows)
        for chosen in _chunks(order, self.settings.batch):
            self._tag([(work[t], w) for t, w in chosen])
        for t, item in enumerate(work):
            item.found = _flat(item.found) if given is None else given[t]
            item.sections = sections_at(item.clean, [f.start for f in item.found])
        scores: list[dict[tuple[int, int, int], float]] = [{} for _ in work]
        attributes: list[list[dict[str, str]]] = [[{} for _ in item.found] for item in work]
        for chosen in _chunks(order, self.settings.batch):
            self._link([(work[t], w, scores[t], attributes[t]) for t, w in chosen])
        threshold = self.settings.link_threshold
        return [
            Prediction(tuple(item.found), tuple(given), tuple(decode.links(found, self.schema, threshold=threshold)))
            for item, given, found in zip(work, attributes, scores, strict=True)
        ]

    def _prepare(self, text: str) -> _Text:
        settings = self.settings
        windows = cut(sentence_spans(text), size=settings.window, context=settings.context) if text.strip() else []
        return _Text(text, windows)

    def _tag(self, chosen: list[tuple[_Text, int]]) -> None:
        places = [item.windows[w] for item, w in chosen]
        batch = self.featurizer.encode([item.clean[p.start : p.end] for (item, _), p in zip(chosen, places, strict=True)])
        vectors, logits = self.scorer.tag(batch)
        rows = decode.spans(
            logits, batch.lengths.tolist(), temperature=self.settings.temperature, outside=self.settings.outside
        )
        for row, ((item, w), place) in enumerate(zip(chosen, places, strict=True)):
            item.vectors[w] = vectors[row, : place.end - place.start]
            for found in rows[row]:
                start = found.start + place.start
                if place.core_start <= start < place.core_end:
                    item.found.append(Found(start, found.end + place.start, found.label, found.confidence))

    def _link(self, chosen: list[tuple[_Text, int, dict[tuple[int, int, int], float], list[dict[str, str]]]]) -> None:
        rows = []
        for item, w, scores, attributes in chosen:
            place = item.windows[w]
            inside = [i for i, f in enumerate(item.found) if place.start <= f.start and f.end <= place.end]
            if inside:
                rows.append((item, w, scores, attributes, inside))
        if not rows:
            return
        width, chars = max(len(row[4]) for row in rows), max(len(row[0].vectors[row[1]]) for row in rows)
        vectors = np.zeros((len(rows), chars, rows[0][0].vectors[rows[0][1]].shape[-1]), np.float32)
        starts, ends, labels, sections, present = (np.zeros((len(rows), width), np.int64) for _ in range(5))
        pairs: Ints | None = None
        for r, (item, w, _, _, inside) in enumerate(rows):
            place, count = item.windows[w], len(inside)
            vectors[r, : place.end - place.start] = item.vectors[w]
            starts[r, :count] = [item.found[i].start - place.start for i in inside]
            ends[r, :count] = [item.found[i].end - place.start for i in inside]
            labels[r, :count] = [item.found[i].label for i in inside]
            sections[r, :count] = item.sections[inside]
            present[r, :count] = 1
            window_text = item.clean[place.start : place.end]
            own = pair_features(window_text, starts[r, :count], ends[r, :count], labels[r, :count])
            if pairs is None:
                pairs = np.zeros((len(rows), width, width, own.shape[-1]), np.int64)
            pairs[r, :count, :count] = own
        assert pairs is not None
        relation_logits, *attribute_logits = self.scorer.link(
            LinkBatch(vectors, starts, ends, labels, sections, present, pairs)
        )
        chances = decode.sigmoid(relation_logits / self.settings.link_temperature)
        for r, (item, w, scores, attributes, inside) in enumerate(rows):
            place = item.windows[w]
            count = len(inside)
            own_labels = labels[r, :count]
            allowed = self._types[own_labels[:, None], own_labels[None, :]] & (chances[r, :count, :count] >= 0.05)
            for head, tail, kind in zip(*np.nonzero(allowed), strict=True):
                if head != tail:
                    key = (int(kind), inside[head], inside[tail])
                    scores[key] = max(scores.get(key, 0.0), float(chances[r, head, tail, kind]))
            for (name, classes), logits in zip(self._classes.items(), attribute_logits, strict=True):
                attribute = self.schema.attributes[name]
                best = logits[r, :count].argmax(-1)
                for n, i in enumerate(inside):
                    span = item.found[i]
                    value = classes[best[n]]
                    owns = place.core_start <= span.start < place.core_end
                    if owns and self.schema.labels[span.label] in attribute.labels and value not in (None, attribute.default):
                        attributes[i][name] = str(value)


BLOCK = 40_000
"""Characters whose vectors are held at once (about 60 MB)."""


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text into stretches of at most BLOCK characters, at line ends where there are any: no relation crosses them."""
    start = 0
    while len(text) - start > BLOCK:
        line = text.rfind("\n", start + BLOCK // 2, start + BLOCK)
        stop = max(text.rfind(mark, start + BLOCK // 2, start + BLOCK) for mark in "。;,") if line < 0 else line
        end = stop + 1 if stop >= 0 else start + BLOCK
        yield start, end
        start = end
    yield start, len(text)


def _groups(blocks: list[tuple[int, int, str]]) -> Iterator[list[tuple[int, int, str]]]:
    """Runs of blocks of at most BLOCK characters in all."""
    group: list[tuple[int, int, str]] = []
    size = 0
    for block in blocks:
        if group and size + len(block[2]) > BLOCK:
            yield group
            group, size = [], 0
        group.append(block)
        size += len(block[2])
    if group:
        yield group


def _inside(spans: Sequence[Found], start: int, end: int) -> list[Found]:
    """The spans within a block, in its offsets."""
    return [Found(f.start - start, f.end - start, f.label, f.confidence) for f in spans if start <= f.start and f.end <= end]


def _joined(parts: list[tuple[int, Prediction]]) -> Prediction:
    """Predictions of a text's blocks as one."""
    spans: list[Found] = []
    attributes: list[Mapping[str, str]] = []
    links: list[Link] = []
    for start, part in parts:
        base = len(spans)
        spans += [Found(f.start + start, f.end + start, f.label, f.confidence) for f in part.spans]
        attributes += part.attributes
        links += [Link(link.type, link.head + base, link.tail + base, link.confidence) for link in part.links]
    return Prediction(tuple(spans), tuple(attributes), tuple(links))


def _chunks(items: list[tuple[int, int]], size: int) -> Iterator[list[tuple[int, int]]]:
    for i in range(0, len(items), size):
        yield items[i : i + size]


def _flat(found: Iterable[Found]) -> list[Found]:
    """Sort; of two overlapping spans (only where two windows meet) keep the surer."""
    kept: list[Found] = []
    for span in sorted(found, key=lambda f: (f.start, f.end)):
        if kept and span.start < kept[-1].end:
            if span.confidence > kept[-1].confidence:
                kept[-1] = span
            continue
        kept.append(span)
    return kept
