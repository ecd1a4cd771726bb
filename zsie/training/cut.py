"""A smaller encoder out of a larger one: fewer layers, narrower feed-forward parts. What is kept keeps its weights."""

from __future__ import annotations

import copy
import re
from collections import defaultdict

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
    one not below the encoder's own, changes nothing. Raise ConfigError where the encoder has no such size.
    """
    config = copy.deepcopy(encoder.config)
    if 0 < settings.layers < config.num_hidden_layers:  # type: ignore[union-attr, operator]
        config.num_hidden_layers = settings.layers  # type: ignore[union-attr]
    if settings.feed > 0:
        if not hasattr(config, "intermediate_size"):
            raise ConfigError(say("encoder.feed: this encoder has no intermediate_size to narrow; set it to 0"))
        config.intermediate_size = min(settings.feed, config.intermediate_size)  # type: ignore[type-var]
    if config.to_dict() == encoder.config.to_dict():  # type: ignore[union-attr, operator]
        return encoder
    pooled = {"add_pooling_layer": False} if getattr(encoder, "pooler", 0) is None else {}
    smaller: nn.Module = AutoModel.from_config(config, **pooled)  # type: ignore[no-untyped-call]
    old = encoder.state_dict()
    kept = _heaviest(old, encoder.config.intermediate_size, settings.feed) if settings.feed else {}  # type: ignore[union-attr, arg-type]
    state = {}
    for name, like in smaller.state_dict().items():
        value = old[name]
        for axis in range(value.ndim):
            if value.shape[axis] != like.shape[axis]:
                value = value.index_select(axis, kept[_layer(name)])
        state[name] = value
    smaller.load_state_dict(state)
    return smaller


def _layer(name: str) -> str:
    found = _LAYER.match(name)
    return found[1] if found else ""


def _heaviest(state: dict[str, Tensor], inner: int, count: int) -> dict[str, Tensor]:
    """The places of the `count` heaviest of `inner` dimensions, in order, by layer."""
    weights: dict[str, Tensor] = defaultdict(lambda: torch.ones(inner))
    for name, value in state.items():
        if _layer(name) and value.ndim == 2 and inner in value.shape:
            weights[_layer(name)] = weights[_layer(name)] * value.norm(dim=1 - list(value.shape).index(inner))
    return {layer: weight.topk(min(count, inner)).indices.sort().values for layer, weight in weights.items()}
