"""From annotated documents to training windows and torch batches."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from zsie.model.decode import tags_of, type_mask
from zsie.model.engine import attribute_classes
from zsie.model.features import Featurizer, pair_features, sections_at
from zsie.model.windows import cut
from zsie.schema import Schema
from zsie.text import clean, sentence_spans
from zsie.types import Document

IGNORE = -100


@dataclass(frozen=True, slots=True)
class Mention:
    """An annotated span in clean text."""

    start: int
    end: int
    label: str
    attributes: Mapping[str, str]
    section: int = 0
    """Index of the kind of section that it stands in, known from the whole document."""


@dataclass(frozen=True, slots=True)
class Example:
    """A stretch of clean text with flat mentions sorted by place, and links (type, head index, tail index)."""

    text: str
    mentions: tuple[Mention, ...]
    links: tuple[tuple[str, int, int], ...]


def example(document: Document) -> Example:
    """Carry a document's annotation over to its clean text; a span that vanishes in cleaning is dropped."""
    text = clean(document.text)
    mentions: list[Mention] = []
    index: dict[str, int] = {}
    entities = sorted(document.entities, key=lambda e: e.start)
    places = [text.to_clean(e.start, e.end) for e in entities]
    sections = sections_at(text.clean, [start for start, _ in places])
    for entity, (start, end), section in zip(entities, places, sections.tolist(), strict=True):
        if end > start:
            index[entity.id] = len(mentions)
            mentions.append(Mention(start, end, entity.label, entity.attributes, section))
    links = tuple(
        (r.type, index[r.head.id], index[r.tail.id]) for r in document.relations if r.head.id in index and r.tail.id in index
    )
    return Example(text.clean, tuple(mentions), links)


def windows(source: Example, *, size: int, rng: random.Random | None = None) -> Iterator[Example]:
    """Cut an example into windows of at most `size` characters of whole sentences.

    With `rng` the first window is shortened at random, so that each epoch sees other neighbourhoods.
    """
    sentences = sentence_spans(source.text)
    if not sentences:
        return
    places = []
    if rng is not None and len(sentences) > 1:
        limit = next((i for i, (_, end) in enumerate(sentences) if end > size), len(sentences))
        first = rng.randint(0, max(0, limit - 1))
        if first:
            places = cut(sentences[:first], size=size, context=0)
            sentences = sentences[first:]
    places += cut(sentences, size=size, context=0)
    for place in places:
        kept = [i for i, m in enumerate(source.mentions) if place.start <= m.start and m.end <= place.end]
        renumber = {old: new for new, old in enumerate(kept)}
        mentions = tuple(
            replace(m, start=m.start - place.start, end=m.end - place.start) for m in (source.mentions[i] for i in kept)
        )
        links = tuple((t, renumber[h], renumber[d]) for t, h, d in source.links if h in renumber and d in renumber)
        text = source.text[place.start : place.end]
        if text.strip():
            yield Example(text, mentions, links)


@dataclass(frozen=True)
class TrainBatch:
    """Tensors of one step: inputs and targets of both steps of the network."""

    tag_inputs: dict[str, Tensor]
    droppable: Tensor
    """[B, P] True for a piece of text, False for a special one"""
    mask_id: int
    """Id of the piece that stands for a dropped one; that of padding where the tokenizer has none"""
    tags: Tensor
    """[B, C], IGNORE for padding"""
    link_inputs: dict[str, Tensor]
    link_targets: Tensor
    """[B, N, N, R] 0 or 1"""
    link_mask: Tensor
    """[B, N, N, R] True where the schema allows the link"""
    attributes: tuple[Tensor, ...]
    """[B, N] class of each attribute, IGNORE where it does not apply"""

    def to(self, device: torch.device) -> TrainBatch:
        """The same batch on another device."""
        return TrainBatch(
            {k: v.to(device) for k, v in self.tag_inputs.items()},
            self.droppable.to(device),
            self.mask_id,
            self.tags.to(device),
            {k: v.to(device) for k, v in self.link_inputs.items()},
            self.link_targets.to(device),
            self.link_mask.to(device),
            tuple(a.to(device) for a in self.attributes),
        )


class Collator:
    """Makes batches of windows for one featurizer and schema."""

    def __init__(self, featurizer: Featurizer, schema: Schema, *, piece_split: float = 0.0) -> None:
        """Prepare label indices and the table of allowed links; `piece_split` is `Featurizer.encode`'s `split`."""
        self.featurizer, self.schema, self.piece_split = featurizer, schema, piece_split
        self.label_index = {label: i for i, label in enumerate(schema.labels)}
        self.relation_index = {name: i for i, name in enumerate(schema.relations)}
        self.types = type_mask(schema)
        self.classes = attribute_classes(schema)

    def __call__(self, chosen: Sequence[Example], rng: random.Random | None = None) -> TrainBatch:
        """Pad `chosen` windows to one batch."""
        batch = self.featurizer.encode([e.text for e in chosen], split=self.piece_split, rng=rng)
        rows, chars = batch.char_ids.shape
        width = max(1, max(len(e.mentions) for e in chosen))
        relations = len(self.schema.relations)
        tags = np.full((rows, chars), IGNORE, np.int64)
        starts, ends, labels, sections, present = (np.zeros((rows, width), np.int64) for _ in range(5))
        pairs: np.ndarray | None = None
        targets = np.zeros((rows, width, width, relations), np.float32)
        mask = np.zeros(targets.shape, bool)
        attributes = [np.full((rows, width), IGNORE, np.int64) for _ in self.classes]
        for r, item in enumerate(chosen):
            count = len(item.mentions)
            own = [self.label_index[m.label] for m in item.mentions]
            tags[r, : len(item.text)] = tags_of(
                [(m.start, m.end, label) for m, label in zip(item.mentions, own, strict=True)], len(item.text)
            )
            starts[r, :count] = [m.start for m in item.mentions]
            ends[r, :count] = [m.end for m in item.mentions]
            labels[r, :count] = own
            sections[r, :count] = [m.section for m in item.mentions]
            present[r, :count] = 1
            features = pair_features(item.text, starts[r, :count], ends[r, :count], labels[r, :count])
            if pairs is None:
                pairs = np.zeros((rows, width, width, features.shape[-1]), np.int64)
            pairs[r, :count, :count] = features
            mask[r, :count, :count] = self.types[labels[r, :count, None], labels[r, None, :count]]
            mask[r, range(count), range(count)] = False
            for name, head, tail in item.links:
                targets[r, head, tail, self.relation_index[name]] = 1.0
            for k, (name, classes) in enumerate(self.classes.items()):
                spec = self.schema.attributes[name]
                for n, mention in enumerate(item.mentions):
                    if mention.label in spec.labels:
                        attributes[k][r, n] = classes.index(mention.attributes.get(name, spec.default))
        assert pairs is not None
        return TrainBatch(
            {k: torch.from_numpy(v) for k, v in batch.arrays().items()},
            torch.from_numpy(~np.isin(batch.piece_ids, self.featurizer.special_ids) & (batch.piece_mask == 1)),
            self.featurizer.mask_id or 0,
            torch.from_numpy(tags),
            {
                "starts": torch.from_numpy(starts),
                "ends": torch.from_numpy(ends),
                "labels": torch.from_numpy(labels),
                "sections": torch.from_numpy(sections),
                "present": torch.from_numpy(present),
                "pair_features": torch.from_numpy(pairs),
            },
            torch.from_numpy(targets),
            torch.from_numpy(mask),
            tuple(torch.from_numpy(a) for a in attributes),
        )


def batches(examples: Sequence[Example], *, characters: int, rng: random.Random) -> list[list[Example]]:
    """Group windows of similar length into batches of about `characters` padded characters, in random order."""
    order = sorted(range(len(examples)), key=lambda i: (len(examples[i].text) + rng.randint(0, 40), i))
    groups: list[list[Example]] = []
    current: list[Example] = []
    for i in order:
        longest = max([len(examples[i].text), *(len(e.text) for e in current)])
        if current and longest * (len(current) + 1) > characters:
            groups.append(current)
            current = []
        current.append(examples[i])
    if current:
        groups.append(current)
    rng.shuffle(groups)
    return groups
