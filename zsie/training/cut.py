"""A smaller encoder out of a larger one: fewer layers, narrower feed-forward parts. What is kept keeps its weights."""

from __future__ import annotations

import copy
import re

import torch
from torch import Tensor, nn
from transformers import AutoModel

from zsie.errors import ConfigError
from zsie.messages import say
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
    return {layer: product.topk(count).indices.sort().values for layer, product in products.items()}
