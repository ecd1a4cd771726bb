"""From strings to the integer arrays that the network reads, the same for torch and ONNX.

Pieces feed the pretrained encoder; characters carry the labels. Each character is tied to the piece that covers it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from zsie.text import SECTION_KINDS, section_kinds

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float32]
Pieces: TypeAlias = tuple[list[int], list[tuple[int, int]]]
"""Ids of a text's pieces and the characters [start, end) that each covers."""

_MASKS = ("<mask>", "[MASK]")
_SPECIAL = (*_MASKS, "<s>", "</s>", "<pad>", "<unk>", "[CLS]", "[SEP]", "[PAD]", "[UNK]")
"""What the tokenizers of RoBERTa's and BERT's kin call their special pieces."""

PLACES = 4
"""A character's place in its piece: 0 alone, 1 first, 2 inside, 3 last."""

PAIR_FEATURES = ("distance", "entities_between", "sentences_between", "lines_between", "same_as_tail", "same_as_head")
"""What is known of an ordered pair of entities beside their vectors; each value is a bucket below `BUCKETS`."""
BUCKETS = 32
_STOP = re.compile(r"[。！？!?;；\n]")
_EDGES = np.array([0, 1, 2, 3, 5, 8, 12, 20, 30, 45, 70, 110, 170, 260], np.int64)


@dataclass(frozen=True)
class Batch:
    """Windows as arrays; B windows, P pieces, C characters (padded with 0)."""

    piece_ids: Ints
    """[B, P]"""
    piece_mask: Ints
    """[B, P] 1 for a piece, 0 for padding"""
    char_piece: Ints
    """[B, C] index of the piece that covers the character"""
    char_ids: Ints
    """[B, C] index into the character vocabulary, 0 unknown"""
    char_place: Ints
    """[B, C] place of the character in its piece"""
    lengths: Ints
    """[B] characters of each window"""

    def arrays(self) -> dict[str, Ints]:
        """The inputs of the network's first step, by name."""
        return {
            "piece_ids": self.piece_ids,
            "piece_mask": self.piece_mask,
            "char_piece": self.char_piece,
            "char_ids": self.char_ids,
            "char_place": self.char_place,
            "lengths": self.lengths,
        }


@dataclass(frozen=True)
class LinkBatch:
    """Entities of windows as arrays; B windows, N entities (padded with 0), C characters, F pair features."""

    vectors: Floats
    """[B, C, V] from the first step"""
    starts: Ints
    """[B, N]"""
    ends: Ints
    """[B, N], exclusive"""
    labels: Ints
    """[B, N] index of the label"""
    sections: Ints
    """[B, N] index of the kind of section that the entity stands in"""
    present: Ints
    """[B, N] 1 for an entity, 0 for padding"""
    pair_features: Ints
    """[B, N, N, F]"""

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The inputs of the network's second step, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


class Featurizer:
    """Encodes windows with a Hugging Face fast tokenizer; the character vocabulary is its single-character pieces."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Keep `tokenizer`; its own truncation and padding are switched off."""
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.tokenizer = tokenizer
        self.single = {piece: number for piece, number in tokenizer.get_vocab().items() if len(piece) == 1}
        self.char_index = {piece: i for i, piece in enumerate(sorted(self.single), 1)}

    @cached_property
    def mask_id(self) -> int | None:
        """Id of the piece that stands for a hidden one, None where the tokenizer has none."""
        return next((i for i in map(self.tokenizer.token_to_id, _MASKS) if i is not None), None)

    @cached_property
    def special_ids(self) -> tuple[int, ...]:
        """Ids of special pieces, sorted: declared ones, those put around a text, and those that go by the usual names.

        The names are needed because a tokenizer may hold its special pieces as plain vocabulary.
        """
        declared = {i for i, token in self.tokenizer.get_added_tokens_decoder().items() if token.special}
        named = {i for i in map(self.tokenizer.token_to_id, _SPECIAL) if i is not None}
        return tuple(sorted(declared | named | set(self.tokenizer.encode("").ids)))

    @property
    def char_count(self) -> int:
        """Size of the character vocabulary, the unknown character included."""
        return len(self.char_index) + 1

    def encode(self, texts: Sequence[str], *, split: float = 0.0, rng: random.Random | None = None) -> Batch:
        """Encode window texts (none empty) as one padded batch.

        In training a share `split` of the longer pieces is broken into single characters, drawn from `rng`, so that the
        network learns to read on where the one best segmentation is wrong (及|时报|送).
        """
        encodings = [_pieces(e) for e in self.tokenizer.encode_batch(list(texts))]
        if split and rng is not None:
            encodings = [self._split(*e, text, split, rng) for e, text in zip(encodings, texts, strict=True)]
        pieces, chars = max(len(ids) for ids, _ in encodings), max(map(len, texts))
        shape = len(texts), chars
        piece_ids = np.zeros((len(texts), pieces), np.int64)
        piece_mask = np.zeros_like(piece_ids)
        char_piece, char_ids, char_place = (np.zeros(shape, np.int64) for _ in range(3))
        index = self.char_index
        for row, (text, (ids, offsets)) in enumerate(zip(texts, encodings, strict=True)):
            count = len(ids)
            piece_ids[row, :count] = ids
            piece_mask[row, :count] = 1
            spans = np.array(offsets, np.int64).reshape(-1, 2)
            begin, end = spans[:, 0], spans[:, 1]
            real = np.flatnonzero(end > begin)
            # Later pieces win: a word-boundary piece before the first character covers it only nominally.
            first = np.zeros(len(text) + 1, np.int64)
            first[begin[real]] = real
            owner = np.maximum.accumulate(first[: len(text)])
            char_piece[row, : len(text)] = owner
            starts = np.ones(len(text), bool)
            starts[1:] = owner[1:] != owner[:-1]
            stops = np.ones(len(text), bool)
            stops[:-1] = starts[1:]
            char_place[row, : len(text)] = np.where(starts, np.where(stops, 0, 1), np.where(stops, 3, 2))
            char_ids[row, : len(text)] = [index.get(c, 0) for c in text]
        return Batch(piece_ids, piece_mask, char_piece, char_ids, char_place, np.array([len(t) for t in texts], np.int64))

    def _split(self, ids: list[int], offsets: list[tuple[int, int]], text: str, share: float, rng: random.Random) -> Pieces:
        result: Pieces = ([], [])
        for number, (start, end) in zip(ids, offsets, strict=True):
            chars = text[start:end]
            if end - start > 1 and rng.random() < share and all(c in self.single for c in chars):
                result[0].extend(self.single[c] for c in chars)
                result[1].extend((i, i + 1) for i in range(start, end))
            else:
                result[0].append(number)
                result[1].append((start, end))
        return result


def _pieces(encoding: Encoding) -> Pieces:
    return encoding.ids, encoding.offsets


def sections_at(text: str, places: Sequence[int]) -> Ints:
    """Index into `SECTION_KINDS` of the section that each place of a clean text stands in."""
    starts, kinds = zip(*section_kinds(text), strict=True)
    index = np.array([SECTION_KINDS.index(kind) for kind in kinds], np.int64)
    return index[np.searchsorted(np.array(starts), np.array(places, np.int64), side="right") - 1]


def bucket(values: Ints) -> Ints:
    """Counts or distances (>= 0) to buckets that widen with size, 0..14."""
    return np.searchsorted(_EDGES, values, side="right").astype(np.int64)


def pair_features(text: str, starts: Ints, ends: Ints, labels: Ints) -> Ints:
    """Features of every ordered pair of N entities (sorted by place) of one window: [N, N, len(PAIR_FEATURES)].

    All are bucketed counts of what lies between the two; a distance backwards (tail before head) goes into the upper
    half of the buckets.
    """
    count = len(starts)
    order = np.arange(count)
    first, second = np.minimum.outer(order, order), np.maximum.outer(order, order)
    gap = np.maximum(starts[second] - ends[first], 0)
    stops = [found.start() for found in _STOP.finditer(text)]
    lines = [place for place in stops if text[place] == "\n"]
    # How many stand before each end of an entity, then between two.
    between = [np.searchsorted(places, starts)[second] - np.searchsorted(places, ends)[first] for places in (stops, lines)]
    # same_as_tail: entities with the tail's label strictly between the two, likewise for the head.
    onehot = np.zeros((int(labels.max(initial=0)) + 1, count + 1), np.int64)
    onehot[labels, order + 1] = 1
    seen = onehot.cumsum(1)
    within = seen[:, second] - seen[:, np.minimum(first + 1, count)]
    within = np.maximum(within, 0)
    rows, columns = np.meshgrid(order, order, indexing="ij")
    same_tail, same_head = within[labels[columns], rows, columns], within[labels[rows], rows, columns]
    forward = rows < columns
    distance = bucket(gap) + np.where(forward, 0, BUCKETS // 2)
    features = [distance, bucket(np.maximum(second - first - 1, 0)), bucket(between[0]), bucket(between[1])]
    return np.stack([*features, bucket(same_tail), bucket(same_head)], -1)
