"""The torch network: encoder, character tagger, entity-level relation and attribute heads (training and export only).

Shapes: B windows, P pieces, C characters, N entities, T tags, H hidden size, R relation types.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PretrainedConfig

from zsie.model.features import BUCKETS, PAIR_FEATURES, PLACES
from zsie.text import SECTION_KINDS


@dataclass(frozen=True)
class NetworkShape:
    """Sizes of everything above the encoder."""

    char_dim: int = 64
    place_dim: int = 16
    lstm_dim: int = 192
    entity_dim: int = 256
    entity_layers: int = 2
    pair_dim: int = 128
    dropout: float = 0.3

    def to_dict(self) -> dict[str, Any]:
        """For the model folder's `model.json`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, sizes: Mapping[str, Any]) -> NetworkShape:
        """From a `model.json`, also of an earlier version: sizes of parts that there are no more are passed over."""
        return cls(**{part.name: sizes[part.name] for part in fields(cls) if part.name in sizes})


def _picked(vectors: Tensor, places: Tensor) -> Tensor:
    """The vectors [B, N, V] at `places` [B, N] of `vectors` [B, C, V]; a graph copies whole rows here, where `gather` copies numbers."""
    rows = torch.arange(vectors.size(0), device=vectors.device).unsqueeze(1)
    return vectors[rows, places]


class Tagger(nn.Module):
    """First step: character vectors and tag logits."""

    def __init__(self, encoder: nn.Module, hidden: int, chars: int, tags: int, shape: NetworkShape) -> None:
        """Put a character layer and a tag layer on `encoder`, whose vectors have `hidden` dimensions."""
        super().__init__()
        self.encoder = encoder
        self.char_embedding = nn.Embedding(chars, shape.char_dim, padding_idx=0)
        self.place_embedding = nn.Embedding(PLACES, shape.place_dim)
        self.dropout = nn.Dropout(shape.dropout)
        size = hidden + shape.char_dim + shape.place_dim
        self.forwards = nn.LSTM(size, shape.lstm_dim, batch_first=True)
        self.backwards = nn.LSTM(size, shape.lstm_dim, batch_first=True)
        self.tags = nn.Linear(2 * shape.lstm_dim, tags)

    def forward(
        self, piece_ids: Tensor, piece_mask: Tensor, char_piece: Tensor, char_ids: Tensor, char_place: Tensor, lengths: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Inputs as in `features.Batch`; return vectors [B, C, 2 * lstm_dim] and tag logits [B, C, T]."""
        pieces = self.encoder(input_ids=piece_ids, attention_mask=piece_mask).last_hidden_state
        chars = torch.cat([_picked(pieces, char_piece), self.char_embedding(char_ids), self.place_embedding(char_place)], -1)
        vectors = self.context(self.dropout(chars), lengths)
        return vectors, self.tags(self.dropout(vectors))

    def context(self, chars: Tensor, lengths: Tensor) -> Tensor:
        """Run the two LSTMs; each row is reversed within its own length, so padding never reaches a real character.

        (Packed sequences would do the same, ten times slower on a CPU.)
        """
        place = torch.arange(chars.size(1), device=chars.device).unsqueeze(0)
        mirror = torch.where(place < lengths.unsqueeze(1), lengths.unsqueeze(1) - 1 - place, place)
        onward, _ = self.forwards(chars)
        backward, _ = self.backwards(_picked(chars, mirror))
        return torch.cat([onward, _picked(backward, mirror)], -1)


HEADS = 4
"""Of an entity layer's attention; `entity_dim` is a multiple of it."""


class EntityLayer(nn.Module):
    """A pre-norm transformer layer over the entities of a window.

    (`nn.TransformerEncoderLayer` does the same, but its ONNX export fixes the number of entities.)
    """

    def __init__(self, size: int, dropout: float = 0.1) -> None:
        """`size` must be a multiple of the number of heads."""
        super().__init__()
        self.before, self.after = nn.LayerNorm(size), nn.LayerNorm(size)
        self.qkv, self.out = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.feed = nn.Sequential(nn.Linear(size, 2 * size), nn.GELU(), nn.Dropout(dropout), nn.Linear(2 * size, size))
        self.dropout = nn.Dropout(dropout)

    def forward(self, entities: Tensor, present: Tensor) -> Tensor:
        """`entities` [B, N, size], `present` [B, N]; absent entities are not attended to."""
        batch, count, size = entities.shape
        split = self.qkv(self.before(entities)).view(batch, count, 3, HEADS, size // HEADS)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-1, -2) / math.sqrt(size // HEADS)
        scores = scores.masked_fill((present == 0)[:, None, None, :], -1e4)
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).flatten(2)
        entities = entities + self.dropout(self.out(mixed))
        result: Tensor = entities + self.dropout(self.feed(self.after(entities)))
        return result


class Between(nn.Module):
    """Tells a pair of entities the mean of the character vectors between them."""

    def __init__(self, vectors: int, pair: int) -> None:
        """`vectors`, `pair`: of character vectors and of pairs."""
        super().__init__()
        self.out = nn.Linear(vectors, pair, bias=False)

    def forward(self, vectors: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
        """[B, N, N, pair], the same in both directions; `vectors` [B, C, V], `starts` and `ends` [B, N]."""
        sums = _sums(self.out(vectors))
        width = (starts.unsqueeze(1) - ends.unsqueeze(2)).unsqueeze(-1)
        mean = (_picked(sums, starts).unsqueeze(1) - _picked(sums, ends).unsqueeze(2)) / width.clamp(min=1) * (width > 0)
        result: Tensor = mean + mean.transpose(1, 2)
        return result


def _sums(vectors: Tensor) -> Tensor:
    """Sums [B, C + 1, V] of all vectors before each place."""
    return torch.cat([torch.zeros_like(vectors[:, :1]), vectors], 1).cumsum(1)


class Linker(nn.Module):
    """Second step: entities look at each other, then every ordered pair is scored for every relation type."""

    def __init__(self, vectors: int, labels: int, relations: int, attributes: Sequence[int], shape: NetworkShape) -> None:
        """`attributes` holds the number of classes of each attribute; `vectors` the size of the character vectors."""
        super().__init__()
        size, pair = shape.entity_dim, shape.pair_dim
        self.label_embedding = nn.Embedding(labels, 32)
        self.project = nn.Linear(3 * vectors + 32, size)
        self.order_embedding = nn.Embedding(256, size)
        self.section_embedding = nn.Embedding(len(SECTION_KINDS), size)
        self.dropout = nn.Dropout(shape.dropout)
        self.layers = nn.ModuleList(EntityLayer(size) for _ in range(shape.entity_layers))
        self.norm = nn.LayerNorm(size)
        self.head, self.tail = nn.Linear(size, pair), nn.Linear(size, pair)
        self.features = nn.ModuleList(nn.Embedding(BUCKETS, pair) for _ in PAIR_FEATURES)
        self.pair_labels = nn.Embedding(labels * labels, pair)
        self.between = Between(vectors, pair)
        self.labels = labels
        self.pairs = nn.Sequential(nn.GELU(), nn.Dropout(0.1), nn.Linear(pair, pair), nn.GELU(), nn.Linear(pair, relations))
        self.attributes = nn.ModuleList(nn.Linear(size, classes) for classes in attributes)

    def forward(
        self,
        vectors: Tensor,
        starts: Tensor,
        ends: Tensor,
        labels: Tensor,
        sections: Tensor,
        present: Tensor,
        pair_features: Tensor,
    ) -> tuple[Tensor, ...]:
        """Score entities given by place (`ends` exclusive), label, section kind and `present` (0 for padding), all [B, N].

        `vectors` [B, C, V], `pair_features` [B, N, N, F]. Returns relation logits [B, N, N, R]
        (head, tail), then the logits [B, N, classes] of each attribute.
        """
        sums = _sums(vectors)
        last = (ends - 1).clamp(min=0)
        length = (ends - starts).clamp(min=1).unsqueeze(-1)
        mean = (_picked(sums, ends) - _picked(sums, starts)) / length
        spans = torch.cat([_picked(vectors, starts), _picked(vectors, last), mean, self.label_embedding(labels)], -1)
        order = torch.arange(starts.size(1), device=starts.device).clamp(max=255)
        entities = self.project(self.dropout(spans)) + self.order_embedding(order) + self.section_embedding(sections)
        for layer in self.layers:
            entities = layer(entities, present)
        entities = self.norm(entities)
        pairs = self.head(entities).unsqueeze(2) + self.tail(entities).unsqueeze(1)
        pairs = pairs + self.pair_labels(labels.unsqueeze(2) * self.labels + labels.unsqueeze(1))
        pairs = pairs + self.between(vectors, starts, ends)
        for i, embedding in enumerate(self.features):
            pairs = pairs + embedding(pair_features[..., i])
        return (self.pairs(pairs), *(head(entities) for head in self.attributes))


class Network(nn.Module):
    """The two steps over one encoder."""

    def __init__(
        self,
        encoder: nn.Module,
        *,
        hidden: int,
        chars: int,
        tags: int,
        labels: int,
        relations: int,
        attributes: Sequence[int],
        shape: NetworkShape,
    ) -> None:
        """Build freshly initialised heads on `encoder`."""
        super().__init__()
        self.shape = shape
        self.tagger = Tagger(encoder, hidden, chars, tags, shape)
        self.linker = Linker(2 * shape.lstm_dim, labels, relations, attributes, shape)

    def forward(
        self, tag_inputs: Mapping[str, Tensor], link_inputs: Mapping[str, Tensor], *, bfloat16: bool = False
    ) -> tuple[Tensor, ...]:
        """Both steps, the second on given entities: tag logits, relation logits, the logits of each attribute.

        `link_inputs` are those of `Linker.forward` without the vectors; `bfloat16` runs the first step in mixed precision.
        """
        with torch.autocast(tag_inputs["piece_ids"].device.type, torch.bfloat16, enabled=bfloat16):
            vectors, tags = self.tagger(**tag_inputs)
        return (tags.float(), *self.linker(vectors.float(), **link_inputs))

    @property
    def encoder_config(self) -> dict[str, Any]:
        """What rebuilds the encoder's architecture."""
        settings: dict[str, Any] = self.tagger.encoder.config.to_diff_dict()  # type: ignore[union-attr, operator]
        return settings


def load_encoder(source: str, *, dropout: float = 0.1) -> nn.Module:
    """Load a Hugging Face encoder by name or folder."""
    config = AutoConfig.from_pretrained(source)
    # Dropout inside attention makes a training step on a CPU four times slower (the fused kernel has none).
    config.attention_probs_dropout_prob = 0.0
    config.hidden_dropout_prob = dropout
    encoder: nn.Module = AutoModel.from_pretrained(source, config=config, **without_pooler(config))
    return encoder


def without_pooler(config: PretrainedConfig) -> dict[str, bool]:
    """The argument that spares an encoder its pooler, which nothing here reads; empty for those that know no such argument."""
    return {"add_pooling_layer": False} if config.model_type in ("bert", "xlm-roberta", "roberta") else {}


_AROUND = 3
"""Pieces that stand for no character: one before, one after, and a lone word-boundary piece."""


def longest_window(encoder: nn.Module) -> int | None:
    """Characters that an encoder reads at a time even where each is a piece of its own; None where places are not counted."""
    places = places_of(encoder)
    return None if places is None else places - _AROUND


def places_of(encoder: nn.Module) -> int | None:
    """The longest row of pieces that an encoder has places for; None where it counts none (relative or rotary places)."""
    for name, table in encoder.named_modules():
        if isinstance(table, nn.Embedding) and name.endswith(("position_embeddings", "embed_positions")):
            # RoBERTa's kin give padding a place of its own and count the others from the next one.
            return table.num_embeddings - (0 if table.padding_idx is None else table.padding_idx + 1)
    return None
