"""From a model folder back to a torch network, to train it further (needs the extra `[train]`).

A folder written by `zsie train` holds its exact weights in `weights.safetensors`. A shipped model does not, since they
are four times as large as its graphs; its weights are then taken from the graphs, where `export` has named them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from zsie.errors import ModelError
from zsie.messages import say
from zsie.model.decode import tag_count
from zsie.model.engine import attribute_classes
from zsie.model.features import Featurizer
from zsie.model.network import Network, NetworkShape, without_pooler
from zsie.model.runtime import Model
from zsie.schema import Schema

WEIGHTS = "weights.safetensors"
TRANSPOSED = ".T"
SMOOTHED = "_smoothed"
"""Ends the name of the factors by which the rows of a graph's weight must be multiplied to be the network's."""
_PROJECTIONS = (("query", "key", "value"), ("q_lin", "k_lin", "v_lin"))
"""What the projections of an attention are called: in BERT and its kin, and in DistilBERT."""
_LATER = "between.out.weight"
"""Of the linker; models of earlier versions do not have it. Zeros in its place tell nothing, as they did."""
_GATES = {"weight_ih_l0": ".W", "weight_hh_l0": ".R"}


def stored_forms(module: nn.Module) -> dict[str, np.ndarray]:
    """A module's parameters in the forms in which an exported graph may hold them, by name.

    A matrix also as its transpose (`name.T`); an LSTM as ONNX wants it: gates in the order input, output, forget, cell,
    a leading axis for the direction, the two biases in one (`lstm.W`, `lstm.R`, `lstm.B`); the three projections of a
    fused attention side by side (`self.qkv.weight.T`, `self.qkv.bias`).
    """
    forms: dict[str, np.ndarray] = {}
    for name, parameter in module.state_dict().items():
        array = parameter.detach().cpu().numpy()
        forms[name] = array
        if array.ndim == 2:
            forms[name + TRANSPOSED] = np.ascontiguousarray(array.T)
    for name, part in module.named_modules():
        if isinstance(part, nn.LSTM):
            for own, short in _GATES.items():
                forms[name + short] = _reorder(forms[f"{name}.{own}"], (0, 3, 1, 2))[None]
            biases = [_reorder(forms[f"{name}.bias_{side}_l0"], (0, 3, 1, 2)) for side in ("ih", "hh")]
            forms[f"{name}.B"] = np.concatenate(biases)[None]
        for sides in _PROJECTIONS:
            for own in ("weight" + TRANSPOSED, "bias"):
                arrays = [forms[key] for side in sides if (key := f"{name}.{side}.{own}") in forms]
                if len(arrays) == len(sides) and len({a.shape for a in arrays}) == 1:
                    forms[f"{name}.qkv.{own}"] = np.concatenate(arrays, -1)
    return forms


def _reorder(array: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """Gates in another order; torch has input, forget, cell, output."""
    return np.concatenate([np.split(array, 4)[i] for i in order])


def network_of(model: Model) -> Network:
    """The network of a model, with its weights (exact where the folder holds them, else as precise as the graphs are)."""
    if "network" not in model.meta:
        told = say("{path}: made before zsie kept a network's shape; train it again to train it further", path=model.source)
        raise ModelError(told)
    network = blank_network(model, model.schema)
    exact = Path(model.source) / WEIGHTS
    if exact.is_file():
        from safetensors.torch import load_file

        held = {f"linker.{_LATER}": torch.zeros_like(network.linker.between.out.weight), **load_file(exact)}
        missing = [name for name in network.state_dict() if name not in held]
        if missing:
            told = say("{path}: does not hold {name}; train it again to train it further", path=exact, name=missing[0])
            raise ModelError(told)
        # Parts that an earlier version knew and this one does not are passed over.
        network.load_state_dict({name: held[name] for name in network.state_dict()})
        return network
    state: dict[str, Tensor] = {}
    for part in ("tagger", "linker"):
        arrays = _graph_arrays(model.files[f"{part}.onnx"])
        for name, parameter in getattr(network, part).state_dict().items():
            state[f"{part}.{name}"] = _restored(name, parameter, arrays, model.source)
    network.load_state_dict(state)
    return network


def blank_network(model: Model, schema: Schema) -> Network:
    """A network of the model's shape with fresh weights, for `schema`."""
    from tokenizers import Tokenizer

    settings = dict(model.meta["encoder"])
    config = AutoConfig.for_model(settings.pop("model_type"), **settings)
    return Network(
        AutoModel.from_config(config, **without_pooler(config)),  # type: ignore[no-untyped-call]
        hidden=int(config.hidden_size),
        chars=Featurizer(Tokenizer.from_buffer(model.files["tokenizer.json"])).char_count,
        tags=tag_count(schema),
        labels=len(schema.labels),
        relations=len(schema.relations),
        attributes=[len(classes) for classes in attribute_classes(schema).values()],
        shape=NetworkShape.from_dict(model.meta["network"]),
    )


def _graph_arrays(graph: bytes) -> dict[str, np.ndarray]:
    """A graph's weights by name, 8-bit ones as floats again."""
    import onnx
    from onnx import numpy_helper

    held = {t.name: numpy_helper.to_array(t) for t in onnx.load_from_string(graph).graph.initializer}
    arrays: dict[str, np.ndarray] = {}
    for name, array in held.items():
        base = name.removesuffix("_quantized")
        if base == name:
            arrays.setdefault(name, array)
            continue
        scale, zero = held[f"{base}_scale"], held[f"{base}_zero_point"]
        centred = array.astype(np.float32) - _along(zero.astype(np.float32), array)
        values = (centred * _along(scale, array)).astype(np.float32)
        # The quantised LSTM holds its matrices transposed.
        arrays[base] = values.swapaxes(1, 2) if array.ndim == 3 else values
    for name in [name for name in held if name.endswith(SMOOTHED)]:
        arrays[name.removesuffix(SMOOTHED)] *= held[name][:, None]
    return arrays


def _along(factor: np.ndarray, array: np.ndarray) -> np.ndarray:
    """A factor for each channel in a shape that multiplies with the array."""
    if factor.size == 1:
        return factor.reshape(())
    if array.ndim == 3:
        return factor.reshape(1, factor.size, 1) if factor.size == array.shape[1] else factor.reshape(1, 1, -1)
    return factor.reshape(1, -1) if array.shape[-1] == factor.size else factor.reshape(-1, *[1] * (array.ndim - 1))


def _restored(name: str, like: Tensor, arrays: dict[str, np.ndarray], source: str) -> Tensor:
    """One parameter, from whichever form the graph holds."""
    lstm, _, own = name.rpartition(".")
    if own in _GATES and lstm + _GATES[own] in arrays:
        array = _reorder(arrays[lstm + _GATES[own]][0], (0, 2, 3, 1))
    elif own in ("bias_ih_l0", "bias_hh_l0") and f"{lstm}.B" in arrays:
        first, second = np.split(arrays[f"{lstm}.B"][0], 2)
        array = _reorder(first if own == "bias_ih_l0" else second, (0, 2, 3, 1))
    elif (fused := _projection(name, arrays)) is not None:
        array = fused
    elif name in arrays:
        array = arrays[name]
    elif name + TRANSPOSED in arrays:
        array = arrays[name + TRANSPOSED].T
    elif not like.is_floating_point():
        return like
    elif name == _LATER:
        return torch.zeros_like(like)
    else:
        told = say(
            "{path}: its graph does not hold {name}; train from a folder that has {file}", path=source, name=name, file=WEIGHTS
        )
        raise ModelError(told)
    if tuple(array.shape) != tuple(like.shape):
        raise ModelError(f"{source}: {name} is {tuple(array.shape)} in the graph, {tuple(like.shape)} in the network")
    return torch.from_numpy(np.array(array)).to(like.dtype)


def _projection(name: str, arrays: dict[str, np.ndarray]) -> np.ndarray | None:
    """A weight or bias of query, key or value, where the graph holds all three in one."""
    path, _, own = name.rpartition(".")
    module, _, side = path.rpartition(".")
    together = arrays.get(f"{module}.qkv.{own}" if own == "bias" else f"{module}.qkv.{own}{TRANSPOSED}")
    for sides in _PROJECTIONS:
        if side in sides and together is not None:
            part: np.ndarray = np.split(together, len(sides), -1)[sides.index(side)].T
            return part
    return None
