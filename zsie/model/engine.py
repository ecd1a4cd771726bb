"""Clean texts in, entities and relations in clean offsets out; whatever computes the scores (ONNX Runtime or torch)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

import numpy as np

from zsie.model import decode
from zsie.model.decode import Found, Link
from zsie.model.features import Batch, Featurizer, Floats, Ints, LinkBatch, pair_features, sections_at
from zsie.model.windows import Window, cut_text
from zsie.schema import Schema


class Scorer(Protocol):
    """The network's two steps on numpy arrays; shapes as in `zsie.model.network`.

    Windows come one in a batch: nothing is padded, and what is found in a text does not depend on its neighbours (the
    8-bit graphs scale a product by the largest number in it). A scorer may work on several at once.
    """

    def tag(self, batches: Iterable[Batch]) -> Iterator[tuple[Floats, Floats]]:
        """Yield character vectors [1, C, V] and tag logits [1, C, T] of each, in order."""

    def link(self, batches: Iterable[LinkBatch]) -> Iterator[list[Floats]]:
        """Yield relation logits [1, N, N, R] and the logits [1, N, classes] of each attribute, in order."""


@dataclass(frozen=True)
class Settings:
    """How a model is run; stored in its folder."""

    window: int = 480
    context: int = 60
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
    vectors: list[Floats]
    """[1, C, V] of each window"""
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
        self._whole = [i for i, label in enumerate(schema.labels) if label in schema.whole]
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
        """Predict for a group of blocks."""
        work = [self._prepare(text) for text in texts]
        if given is None:
            self._tag(work)
        else:
            for item, found in zip(work, given, strict=True):
                item.found = found
            for _ in self._read(work):  # the linker needs the vectors
                pass
        for item in work:
            item.sections = sections_at(item.clean, [f.start for f in item.found])
        return self._link(work)

    def _prepare(self, text: str) -> _Text:
        windows = cut_text(text, size=self.settings.window, context=self.settings.context)
        return _Text(text, windows, [np.empty(0, np.float32)] * len(windows))

    def _read(self, work: list[_Text]) -> Iterator[tuple[_Text, int, Floats]]:
        """Fill in vectors, the shortest window first; yield each text, number of the window and its tag logits [C, T]."""
        order = sorted(
            ((item, w) for item in work for w in range(len(item.windows))), key=lambda key: _length(key[0].windows[key[1]])
        )
        scored = self.scorer.tag(self.featurizer.encode([_window_text(item, w)]) for item, w in order)
        for (item, w), (vectors, logits) in zip(order, scored, strict=True):
            item.vectors[w] = vectors
            yield item, w, logits[0]

    def _tag(self, work: list[_Text]) -> None:
        """Fill in vectors and spans. Windows of like length are decoded together, which costs little more than one."""
        settings, read = self.settings, self._read(work)
        while chosen := list(islice(read, DECODED)):
            lengths = [len(own) for _, _, own in chosen]
            logits = np.zeros((len(chosen), max(lengths), decode.tag_count(self.schema)), np.float32)
            for row, (_, _, own) in enumerate(chosen):
                logits[row, : lengths[row]] = own
            rows = decode.spans(logits, lengths, temperature=settings.temperature, outside=settings.outside, whole=self._whole)
            for row, (item, w, _) in enumerate(chosen):
                place = item.windows[w]
                for found in decode.closed(rows[row], _window_text(item, w)):
                    start = found.start + place.start
                    if place.core_start <= start < place.core_end:
                        item.found.append(Found(start, found.end + place.start, found.label, found.confidence))
        for item in work:
            item.found = _flat(item.found)

    def _link(self, work: list[_Text]) -> list[Prediction]:
        """Link the spans within each window; where two windows hold the same pair the surer link counts."""
        jobs = [
            (t, w, inside)
            for t, item in enumerate(work)
            for w, place in enumerate(item.windows)
            if (inside := [i for i, f in enumerate(item.found) if place.start <= f.start and f.end <= place.end])
        ]
        scores: list[dict[tuple[int, int, int], float]] = [{} for _ in work]
        attributes: list[list[dict[str, str]]] = [[{} for _ in item.found] for item in work]
        answers = self.scorer.link(_link_batch(work[t], w, inside) for t, w, inside in jobs)
        for (t, w, inside), (relation_logits, *attribute_logits) in zip(jobs, answers, strict=True):
            found, place = work[t].found, work[t].windows[w]
            labels = np.array([found[i].label for i in inside])
            chances = decode.sigmoid(relation_logits[0] / self.settings.link_temperature)
            allowed = self._types[labels[:, None], labels[None, :]] & (chances >= 0.05)
            for head, tail, kind in zip(*np.nonzero(allowed), strict=True):
                if head != tail:
                    key = (int(kind), inside[head], inside[tail])
                    scores[t][key] = max(scores[t].get(key, 0.0), float(chances[head, tail, kind]))
            for (name, classes), logits in zip(self._classes.items(), attribute_logits, strict=True):
                attribute = self.schema.attributes[name]
                for i, best in zip(inside, logits[0].argmax(-1), strict=True):
                    value = classes[best]
                    owns = place.core_start <= found[i].start < place.core_end
                    if (
                        owns
                        and self.schema.labels[found[i].label] in attribute.labels
                        and value not in (None, attribute.default)
                    ):
                        attributes[t][i][name] = str(value)
        threshold = self.settings.link_threshold
        return [
            Prediction(tuple(item.found), tuple(given), tuple(decode.links(own, self.schema, threshold=threshold)))
            for item, given, own in zip(work, attributes, scores, strict=True)
        ]


def _length(window: Window) -> int:
    return window.end - window.start


def _window_text(item: _Text, w: int) -> str:
    return item.clean[item.windows[w].start : item.windows[w].end]


def _link_batch(item: _Text, w: int, inside: list[int]) -> LinkBatch:
    """The entities of one window as the linker reads them."""
    base = item.windows[w].start
    starts = np.array([item.found[i].start - base for i in inside], np.int64)
    ends = np.array([item.found[i].end - base for i in inside], np.int64)
    labels = np.array([item.found[i].label for i in inside], np.int64)
    sections, present = item.sections[inside], np.ones_like(starts)
    pairs = pair_features(_window_text(item, w), starts, ends, labels)
    return LinkBatch(item.vectors[w], *(row[None] for row in (starts, ends, labels, sections, present, pairs)))


DECODED = 32
"""Windows decoded together: a step over characters in Python costs the same for one as for many."""

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
