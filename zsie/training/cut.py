"""A smaller network out of a larger one: fewer layers, narrower feed-forward parts, narrower LSTMs. What is kept keeps its weights."""

from __future__ import annotations

import copy
import re
from dataclasses import replace

import torch
from torch import Tensor, nn
from transformers import AutoModel

from zsie.errors import ConfigError
from zsie.messages import say
from zsie.model.network import Network
from zsie.training.config import EncoderSettings

_LAYER = re.compile(r"(.*\blayer\.\d+)\.")


def cut_encoder(encoder: nn.Module, settings: EncoderSettings) -> nn.Module:
    """The first `settings.layers` layers of a Hugging Face encoder, each with `settings.feed` inner dimensions.

    The inner dimensions kept are those with the largest product of the weights that lead in and out. A size of 0, or
    one not below the encoder's own, changes nothing. Raise ConfigError where the encoder is not built for it.
    """
    config = copy.deepcopy(encoder.config)
    if 0 < settings.layers < config.num_hidden_layers:  # type: ignore[union-attr, operator]
        config.num_hidden_layers = settings.layers  # type: ignore[union-attr]
    if 0 < settings.feed < getattr(config, "intermediate_size", 0):
        config.intermediate_size = settings.feed  # type: ignore[union-attr]
    refusal = say("encoder.feed: the feed-forward part of this encoder cannot be narrowed; set it to 0")
    if settings.feed > 0 and not hasattr(config, "intermediate_size"):
        raise ConfigError(refusal)
    if config.to_dict() == encoder.config.to_dict():  # type: ignore[union-attr, operator]
        return encoder
    pooled = {"add_pooling_layer": False} if getattr(encoder, "pooler", 0) is None else {}
    smaller: nn.Module = AutoModel.from_config(config, **pooled)  # type: ignore[no-untyped-call]
    old, new = encoder.state_dict(), smaller.state_dict()
    narrowed = {
        name: next(axis for axis, size in enumerate(value.shape) if old[name].shape[axis] != size)
        for name, value in new.items()
        if old[name].shape != value.shape
    }
    kept = _heaviest({name: (old[name], axis) for name, axis in narrowed.items()}, settings.feed)
    if any(_layer(name) not in kept for name in narrowed):
        raise ConfigError(refusal)
    smaller.load_state_dict(
        {name: old[name].index_select(narrowed[name], kept[_layer(name)]) if name in narrowed else old[name] for name in new}
    )
    return smaller


def _layer(name: str) -> str | None:
    found = _LAYER.match(name)
    return found[1] if found else None


def _heaviest(weights: dict[str, tuple[Tensor, int]], count: int) -> dict[str | None, Tensor]:
    """The places of the `count` heaviest dimensions of each layer, in order; `weights` are those to narrow, along an axis."""
    products: dict[str, Tensor] = {}
    for name, (value, axis) in weights.items():
        layer = _layer(name)
        if layer is not None and value.ndim == 2:
            products[layer] = products.get(layer, torch.ones(())) * value.norm(dim=1 - axis)
    return {layer: _largest(product, count) for layer, product in products.items()}


def _largest(values: Tensor, count: int) -> Tensor:
    """Places of the `count` largest values, in order."""
    return values.topk(count).indices.sort().values


@torch.no_grad()
def cut_lstms(network: Network, size: int) -> None:
    """Leave each of the network's two LSTMs the `size` units with the largest product of the weights that lead in and out.

    A size of 0, or one not below its own, changes nothing.
    """
    old = network.shape.lstm_dim
    if not 0 < size < old:
        return
    tagger, linker = network.tagger, network.linker
    ways = (tagger.forwards, tagger.backwards)
    leaving = torch.split(tagger.tags.weight, old, dim=1)
    kept = [_heaviest_units(lstm, out, size) for lstm, out in zip(ways, leaving, strict=True)]
    tagger.forwards, tagger.backwards = (_narrow_lstm(lstm, units) for lstm, units in zip(ways, kept, strict=True))
    both = torch.cat([kept[0], kept[1] + old])
    tagger.tags = _narrow_linear(tagger.tags, both)
    # An entity is its first character, its last, the mean of all, and its label.
    rest = torch.arange(3 * 2 * old, linker.project.in_features)
    linker.project = _narrow_linear(linker.project, torch.cat([*(both + n * 2 * old for n in range(3)), rest]))
    linker.between.out = _narrow_linear(linker.between.out, both)
    network.shape = replace(network.shape, lstm_dim=size)


def _heaviest_units(lstm: nn.LSTM, leaving: Tensor, count: int) -> Tensor:
    """Places of the heaviest units, in order; `leaving` [.., units] are the weights that read their outputs."""
    weights = lstm.state_dict()
    into = torch.cat([weights["weight_ih_l0"], weights["weight_hh_l0"]], 1).view(4, lstm.hidden_size, -1).norm(dim=(0, 2))
    out = torch.cat([leaving, weights["weight_hh_l0"]]).norm(dim=0)
    return _largest(into * out, count)


def _narrow_lstm(lstm: nn.LSTM, units: Tensor) -> nn.LSTM:
    narrow = nn.LSTM(lstm.input_size, len(units), batch_first=lstm.batch_first)
    gates = torch.cat([units + n * lstm.hidden_size for n in range(4)])
    for name, weight in lstm.named_parameters():
        kept = weight[gates]
        getattr(narrow, name).copy_(kept[:, units] if name.startswith("weight_hh") else kept)
    return narrow


def _narrow_linear(layer: nn.Linear, inputs: Tensor) -> nn.Linear:
    narrow = nn.Linear(len(inputs), layer.out_features, bias=layer.bias is not None)
    narrow.weight.copy_(layer.weight[:, inputs])
    if layer.bias is not None:
        narrow.bias.copy_(layer.bias)
    return narrow
