"""From scores to entities and relations.

Tags follow BIOES: 0 is O, then B, I, E, S of each label in schema order. Decoding is exact under the tag grammar, and a
span's confidence is its posterior probability under that grammar (the share of all well-formed taggings that hold it),
not a product of single-tag probabilities. Two things that the grammar cannot say are put right afterwards: names of some
labels never touch (`spans`), and quotation marks are pairs (`closed`, which leaves the confidence as it is).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from zsie.model.features import Floats
from zsie.schema import Schema

Doubles: TypeAlias = npt.NDArray[np.float64]


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


def sigmoid(logits: Floats) -> Floats:
    """Without overflow for large negative logits."""
    result: Floats = 0.5 * (1.0 + np.tanh(0.5 * logits))
    return result


def spans(
    logits: Floats, lengths: Sequence[int], *, temperature: float = 1.0, outside: float = 0.0, whole: Collection[int] = ()
) -> list[list[Found]]:
    """Best flat spans of each window: `logits` [B, C, T], `lengths` [B] characters.

    Between characters a window is either closed (no span open) or inside a span of one label, so both the best path and
    the posteriors need one vector of open labels and one number per place. Padding is forced to O, which leaves sums
    and maxima as they are. `outside` is added to the score of O: below 0 more is found, above 0 less.
    Spans of a label in `whole` that touch become one.
    """
    if logits.size == 0:
        return [[] for _ in lengths]
    # A number added to all tags of a character changes neither the best tagging nor any share: no softmax is needed.
    scores = logits - logits.max(-1, keepdims=True)
    scores[..., 0] += outside
    calm = scores / temperature
    padding = np.arange(logits.shape[1])[None, :] >= np.asarray(lengths)[:, None]
    for table in (scores, calm):
        table[padding] = -1e4
        table[padding, 0] = 0.0
    paths = _viterbi(scores)
    before, after = _sums(calm)
    total = before[:, -1]
    found: list[list[Found]] = []
    for row, path in enumerate(paths):
        row_spans = []
        for pieces in _touching(path, whole):
            (start, _, label), (_, end, _) = pieces[0], pieces[-1]
            # However the stretch is cut, it is one name: the chances of both readings of it count.
            readings = [[(start, end)], [(a, b) for a, b, _ in pieces]] if len(pieces) > 1 else [[(start, end)]]
            rest = before[row, start] + after[row, end] - total[row]
            chance = sum(np.exp(rest + sum(_inner(calm[row], a, b, label) for a, b in reading)) for reading in readings)
            row_spans.append(Found(start, end, label, float(min(1.0, chance))))
        found.append(row_spans)
    return found


def _inner(table: Floats, start: int, end: int, label: int) -> float:
    """Score of the characters of one span: S, or B, I ..., E."""
    base = 1 + 4 * label
    if end - start == 1:
        return float(table[start, base + 3])
    return float(table[start, base] + table[start + 1 : end - 1, base + 1].sum() + table[end - 1, base + 2])


def _touching(path: Iterable[tuple[int, int, int]], whole: Collection[int]) -> list[list[tuple[int, int, int]]]:
    """The spans of a path, those of one label in `whole` that touch in one group."""
    groups: list[list[tuple[int, int, int]]] = []
    for span in path:
        start, _, label = span
        if label in whole and groups and groups[-1][-1][1:] == (start, label):
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


_CLOSING = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "(": ")", "〔": "〕", "[": "]", "【": "】"}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}


def closed(found: Sequence[Found], text: str) -> list[Found]:
    """Sorted, flat spans of clean `text` without half a quotation or bracket where its other mark stands right outside.

    A quotation that makes the beginning or the end of a name is taken in whole (第三届“西洽会 and ”), one that surrounds
    the name is left out (“金街 and ”). Spans stay flat.
    """
    result: list[Found] = []
    for i, span in enumerate(found):
        start, end = _closed(text, span.start, span.end)
        if (start, end) != (span.start, span.end):
            free = (not result or result[-1].end <= start) and (i + 1 == len(found) or end <= found[i + 1].start)
            if free:
                span = replace(span, start=start, end=end)
        result.append(span)
    return result


def _closed(text: str, start: int, end: int) -> tuple[int, int]:
    halves: list[int] = []
    for place in range(start, end):
        mark = text[place]
        if mark in _OPENING and halves and text[halves[-1]] == _OPENING[mark]:
            halves.pop()
        elif mark in _OPENING or mark in _CLOSING:
            halves.append(place)
    if len(halves) != 1 or end - start == 1:
        return start, end
    half = halves[0]
    if text[half] in _CLOSING and text[end : end + 1] == _CLOSING[text[half]]:
        return (start + 1, end) if half == start else (start, end + 1)
    if text[half] in _OPENING and start > 0 and text[start - 1] == _OPENING[text[half]]:
        return (start, end - 1) if half == end - 1 else (start - 1, end)
    return start, end


def _views(table: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """O [C, B] and B, I, E, S [C, B, L] of a score table [B, C, T]: the loops go over characters."""
    outside, rest = table[..., 0].T, table[..., 1:].transpose(1, 0, 2)
    begin, inside, end, single = (np.ascontiguousarray(rest[..., kind::4]) for kind in range(4))
    return outside, begin, inside, end, single


def _sums(table: Floats) -> tuple[Doubles, Doubles]:
    """Logs of the summed chances of all well-formed taggings of the first i characters, and of those from i on: [B, C + 1].

    Both in one loop: read from the right, an E opens a span and a B closes it. Chances instead of their logs, kept
    in range by their sum at each character, need a third of the time.
    """
    # No chance is 0, so that no sum is.
    outside, begin, inside, end, single = (np.exp(np.maximum(part, -300.0), dtype=np.float64) for part in _views(table))
    flat = outside + single.sum(-1)
    flat, inside = _both(flat, flat), _both(inside, inside)
    opening, closing = _both(begin, end), _both(end, begin)
    length, rows, _ = inside.shape
    shares, sums = np.ones((length + 1, rows)), np.ones((length + 1, rows))
    opened = np.zeros_like(inside[0])
    for i in range(length):
        closed = shares[i] * flat[i] + (opened * closing[i]).sum(-1)
        opened = shares[i, :, None] * opening[i] + opened * inside[i]
        sums[i + 1] = closed + opened.sum(-1)
        shares[i + 1] = closed / sums[i + 1]
        opened /= sums[i + 1, :, None]
    logs = (np.log(np.maximum(shares, np.finfo(np.float64).tiny)) + np.log(sums).cumsum(0)).T
    return logs[: rows // 2], logs[rows // 2 :, ::-1]


def _both(forwards: Doubles, backwards: Doubles) -> Doubles:
    """Rows read from the left, then the same rows read from the right: [C, 2 B, ...]."""
    return np.concatenate([forwards, backwards[::-1]], 1)


def _viterbi(table: Floats) -> list[list[tuple[int, int, int]]]:
    """Best well-formed tagging of each row, as spans (start, end, label)."""
    outside, begin, inside, end, single = _views(table)
    single_label, single_best = single.argmax(-1), single.max(-1)
    flat = np.maximum(outside, single_best)
    length, rows, labels = begin.shape
    # Scores of the best tagging before each character, closed [C + 1, B] or inside a span of each label [C + 1, B, L].
    closed = np.zeros((length + 1, rows), np.float32)
    opened = np.full((length + 1, rows, labels), -1e4, np.float32)
    for i in range(length):
        np.maximum(closed[i] + flat[i], (opened[i] + end[i]).max(-1), out=closed[i + 1])
        np.maximum(closed[i, :, None] + begin[i], opened[i] + inside[i], out=opened[i + 1])
    # Where the best tagging comes from: of a closed place, a span that ends there or not; of an open one, where it began.
    ending = opened[:-1] + end
    label = ending.argmax(-1)
    ends_here = ending.max(-1) > closed[:-1] + flat
    places = np.arange(length)[:, None, None]
    begins_here = closed[:-1, :, None] + begin > opened[:-1] + inside
    began = np.maximum.accumulate(np.where(begins_here, places, 0))
    is_single = single_best > outside
    paths = []
    for row in range(rows):
        path, i = [], length - 1
        while i >= 0:
            if ends_here[i, row]:
                kind = int(label[i, row])
                start = int(began[i - 1, row, kind])
                path.append((start, i + 1, kind))
                i = start
            elif is_single[i, row]:
                path.append((i, i + 1, int(single_label[i, row])))
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
