"""Where fine-tuning starts: a trained model's network, carried over to another label set where that differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from zsie.model.engine import attribute_classes
from zsie.model.network import Network, NetworkShape
from zsie.model.restore import blank_network, network_of
from zsie.model.runtime import Model
from zsie.schema import Schema
from zsie.training.config import EncoderSettings
from zsie.training.cut import cut_encoder, cut_lstms


def initial_network(
    model: Model, schema: Schema, encoder: EncoderSettings, shape: NetworkShape | None = None, *, seed: int = 1
) -> Network:
    """The model's network for `schema`, its encoder cut as `encoder` asks.

    With `shape` its LSTMs are cut to `lstm_dim` and it is trained with that `dropout`; nothing else of `shape` counts.
    What it knows of labels, relations and attributes of the same names is kept.

    New labels and relations start afresh, drawn from `seed`; everything that does not depend on the label set is the
    model's.
    """
    torch.manual_seed(seed)
    network = _for_schema(model, schema)
    network.tagger.encoder = cut_encoder(network.tagger.encoder, encoder)
    if shape is not None:
        cut_lstms(network, shape.lstm_dim)
        network.tagger.dropout.p = network.linker.dropout.p = shape.dropout
        network.shape = replace(network.shape, dropout=shape.dropout)
    return network


def _for_schema(model: Model, schema: Schema) -> Network:
    trained = network_of(model)
    if schema.outputs == model.schema.outputs:
        return trained
    fresh = blank_network(model, schema)
    labels = _shared(model.schema.labels, schema.labels)
    tags = [(0, 0), *((1 + 4 * a + k, 1 + 4 * b + k) for a, b in labels for k in range(4))]
    relations = _shared(list(model.schema.relations), list(schema.relations))
    pairs = [(a * len(model.schema.labels) + c, b * len(schema.labels) + d) for a, b in labels for c, d in labels]
    rows = {
        "tagger.tags.weight": tags,
        "tagger.tags.bias": tags,
        "linker.label_embedding.weight": labels,
        "linker.pair_labels.weight": pairs,
        "linker.pairs.4.weight": relations,
        "linker.pairs.4.bias": relations,
    }
    old, new = trained.state_dict(), fresh.state_dict()
    for name, value in new.items():
        if name in rows:
            _copy(old[name], value, rows[name])
        elif not name.startswith("linker.attributes."):
            value.copy_(old[name])
    before, after = attribute_classes(model.schema), attribute_classes(schema)
    for i, (name, classes) in enumerate(after.items()):
        if name in before:
            j, shared = list(before).index(name), _shared(before[name], classes)
            for part in ("weight", "bias"):
                _copy(old[f"linker.attributes.{j}.{part}"], new[f"linker.attributes.{i}.{part}"], shared)
    fresh.load_state_dict(new)
    return fresh


def _shared(old: Sequence[str | None], new: Sequence[str | None]) -> list[tuple[int, int]]:
    """(old place, new place) of the names that both hold."""
    return [(list(old).index(name), i) for i, name in enumerate(new) if name in old]


@torch.no_grad()
def _copy(source: Tensor, target: Tensor, rows: Sequence[tuple[int, int]]) -> None:
    for a, b in rows:
        target[b] = source[a]
