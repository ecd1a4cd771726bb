"""From scores to entities and relations.

Tags follow BIOES: 0 is O, then B, I, E, S of each label in schema order. Decoding is exact under the tag grammar, and a
span's confidence is its posterior probability under that grammar (the share of all well-formed taggings that hold it),
not a product of single-tag probabilities.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from zsie.model.features import Floats
from zsie.schema import Schema


@dataclass(frozen=True, slots=True)
class Found:
    """A predicted span in the text it was decoded from; `label` indexes the schema's labels."""

    start: int
    end: int
    label: int
    confidence: float


def tag_count(schema: Schema) -> int:
    """Number of tags of a label set."""
    return 1 + 4 * len(schema.labels)


def tags_of(spans: Iterable[tuple[int, int, int]], length: int) -> list[int]:
    """Tags of `length` characters that carry flat spans (start, end, label index)."""
    tags = [0] * length
    for start, end, label in spans:
        base = 1 + 4 * label
        if end - start == 1:
            tags[start] = base + 3
        else:
            tags[start], tags[end - 1] = base, base + 2
            for i in range(start + 1, end - 1):
                tags[i] = base + 1
    return tags


def log_softmax(logits: Floats) -> Floats:
    """Over the last axis."""
    shifted = logits - logits.max(-1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return result


def sigmoid(logits: Floats) -> Floats:
    """Without overflow for large negative logits."""
    result: Floats = 0.5 * (1.0 + np.tanh(0.5 * logits))
    return result


def _logsumexp(values: Floats, axis: int) -> Floats:
    top = values.max(axis, keepdims=True)
    result: Floats = np.log(np.exp(values - top).sum(axis)) + top.squeeze(axis)
    return result


def spans(logits: Floats, lengths: Sequence[int], *, temperature: float = 1.0, outside: float = 0.0) -> list[list[Found]]:
    """Best flat spans of each window: `logits` [B, C, T], `lengths` [B] characters.

    Between characters a window is either closed (no span open) or inside a span of one label, so both the best path and
    the posteriors need one vector of open labels and one number per place. Padding is forced to O, which leaves sums
    and maxima as they are. `outside` is added to the score of O: below 0 more is found, above 0 less.
    """
    if logits.size == 0:
        return [[] for _ in lengths]
    scores = logits.astype(np.float32)
    scores[..., 0] += outside
    scores = log_softmax(scores)
    calm = scores if temperature == 1.0 else log_softmax(scores / temperature)
    padding = np.arange(logits.shape[1])[None, :] >= np.asarray(lengths)[:, None]
    for table in (scores, calm):
        table[padding] = -1e4
        table[padding, 0] = 0.0
    paths = _viterbi(scores)
    forward_closed, backward_closed = _forward(calm), _forward(calm[:, ::-1], mirrored=True)[:, ::-1]
    total = forward_closed[:, -1]
    found: list[list[Found]] = []
    for row, path in enumerate(paths):
        row_spans = []
        for start, end, label in path:
            base = 1 + 4 * label
            table = calm[row, start:end]
            if end - start == 1:
                inner = table[0, base + 3]
            else:
                inner = table[0, base] + table[1:-1, base + 1].sum() + table[-1, base + 2]
            log_share = forward_closed[row, start] + inner + backward_closed[row, end] - total[row]
            row_spans.append(Found(start, end, label, float(np.exp(min(0.0, log_share)))))
        found.append(row_spans)
    return found


def _views(table: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """O [B, C] and B, I, E, S [B, C, L] of a score table."""
    outside, rest = table[..., 0], table[..., 1:]
    return outside, rest[..., 0::4], rest[..., 1::4], rest[..., 2::4], rest[..., 3::4]


def _forward(table: Floats, *, mirrored: bool = False) -> Floats:
    """Log-sum of all well-formed taggings of the first i characters, closed after them: [B, C + 1].

    `mirrored` reads the table from the right, where an E opens and a B closes.
    """
    outside, begin, inside, end, single = _views(table)
    if mirrored:
        begin, end = end, begin
    batch, length, _ = table.shape
    closed = np.zeros((batch, length + 1), np.float32)
    flat = np.logaddexp(outside, _logsumexp(single, -1))
    opened = np.full(begin[:, 0].shape, -1e4, np.float32)
    for i in range(length):
        ending = _logsumexp(opened + end[:, i], -1)
        opened = np.logaddexp(closed[:, i, None] + begin[:, i], opened + inside[:, i])
        closed[:, i + 1] = np.logaddexp(closed[:, i] + flat[:, i], ending)
    return closed


def _viterbi(table: Floats) -> list[list[tuple[int, int, int]]]:
    """Best well-formed tagging of each row, as spans (start, end, label)."""
    outside, begin, inside, end, single = _views(table)
    batch, length, labels = begin.shape
    single_label = single.argmax(-1)
    single_best = single.max(-1)
    flat = np.maximum(outside, single_best)
    is_single = single_best > outside
    closed = np.zeros(batch, np.float32)
    opened = np.full((batch, labels), -1e4, np.float32)
    opened_at = np.zeros((batch, labels), np.int64)
    # For each place: label of the span that ends here on the best path (-1: none), and where it began.
    closing = np.full((batch, length), -1, np.int64)
    began = np.zeros((batch, length), np.int64)
    rows = np.arange(batch)
    for i in range(length):
        ending = opened + end[:, i]
        label = ending.argmax(-1)
        best_end, best_flat = ending[rows, label], closed + flat[:, i]
        ends_here = best_end > best_flat
        closing[:, i] = np.where(ends_here, label, -1)
        began[:, i] = np.where(ends_here, opened_at[rows, label], i)
        start, stay = closed[:, None] + begin[:, i], opened + inside[:, i]
        starts = start > stay
        opened = np.where(starts, start, stay)
        opened_at = np.where(starts, i, opened_at)
        closed = np.where(ends_here, best_end, best_flat)
    paths = []
    for row in range(batch):
        path, i = [], length - 1
        while i >= 0:
            if closing[row, i] >= 0:
                path.append((int(began[row, i]), i + 1, int(closing[row, i])))
                i = int(began[row, i])
            elif is_single[row, i]:
                path.append((i, i + 1, int(single_label[row, i])))
            i -= 1
        paths.append(path[::-1])
    return paths


@dataclass(frozen=True, slots=True)
class Link:
    """A predicted relation between two entities of a list, by index; `type` indexes the schema's relation types."""

    type: int
    head: int
    tail: int
    confidence: float


def type_mask(schema: Schema) -> np.ndarray:
    """Whether relation r may link label h to label t: bool [labels, labels, relation types]."""
    mask = np.zeros((len(schema.labels), len(schema.labels), len(schema.relations)), bool)
    for r, relation in enumerate(schema.relations.values()):
        for h, head in enumerate(schema.labels):
            for t, tail in enumerate(schema.labels):
                mask[h, t, r] = head in relation.heads and tail in relation.tails
    return mask


def links(scores: dict[tuple[int, int, int], float], schema: Schema, *, threshold: float = 0.5) -> list[Link]:
    """Keep the likely (type, head, tail) of `scores`, one head a tail (or tail a head) where the schema says unique."""
    kept = {key: score for key, score in scores.items() if score >= threshold}
    best: dict[tuple[int, int], tuple[float, tuple[int, int, int]]] = {}
    unique = [relation.unique for relation in schema.relations.values()]
    chosen = []
    for key, score in kept.items():
        kind, head, tail = key
        if unique[kind] is None:
            chosen.append(key)
            continue
        slot = (kind, tail if unique[kind] == "tail" else head)
        if slot not in best or score > best[slot][0]:
            best[slot] = (score, key)
    chosen.extend(key for _, key in best.values())
    return [Link(*key, confidence=kept[key]) for key in sorted(chosen, key=lambda k: (k[1], k[2], k[0]))]
