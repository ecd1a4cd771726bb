"""From a torch network to the two ONNX graphs that parsing runs (needs the extra `[train]`)."""

from __future__ import annotations

import re
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from zsie.model.features import BUCKETS, PAIR_FEATURES
from zsie.model.network import Network
from zsie.model.restore import HALF, stored_forms

OPSET = 17
_TAG_INPUTS = ("piece_ids", "piece_mask", "char_piece", "char_ids", "char_place", "lengths")
_LINK_INPUTS = ("vectors", "starts", "ends", "labels", "sections", "present", "pair_features")


def to_onnx(network: Network, *, int8: bool = True) -> tuple[bytes, bytes]:
    """Export (tagger, linker); `int8` stores weights as 8-bit integers, a quarter of the size and faster on a CPU."""
    network = network.cpu().float().eval()
    pieces, chars, entities = 7, 9, 5
    ones = torch.ones(2, dtype=torch.long)
    tag_example = (
        torch.full((2, pieces), 5),
        torch.ones(2, pieces, dtype=torch.long),
        torch.ones(2, chars, dtype=torch.long),
        torch.ones(2, chars, dtype=torch.long),
        torch.ones(2, chars, dtype=torch.long),
        ones * chars,
    )
    axes = {
        "piece_ids": {0: "batch", 1: "pieces"},
        "piece_mask": {0: "batch", 1: "pieces"},
        "lengths": {0: "batch"},
        **{name: {0: "batch", 1: "characters"} for name in ("char_piece", "char_ids", "char_place", "vectors", "tags")},
    }
    tagger = _export(network.tagger, tag_example, list(_TAG_INPUTS), ["vectors", "tags"], axes)
    width = network.tagger.tags.in_features
    grid = torch.zeros(2, entities, entities, len(PAIR_FEATURES), dtype=torch.long).clamp(max=BUCKETS - 1)
    places = torch.arange(entities).expand(2, -1).contiguous()
    link_example = (torch.zeros(2, chars, width), places, places + 1, places * 0, places * 0, places * 0 + 1, grid)
    count = len(network.linker.attributes)
    outputs = ["relations", *(f"attribute_{i}" for i in range(count))]
    axes = {
        "vectors": {0: "batch", 1: "characters"},
        **{name: {0: "batch", 1: "entities"} for name in ("starts", "ends", "labels", "sections", "present", *outputs[1:])},
        "pair_features": {0: "batch", 1: "entities", 2: "entities"},
        "relations": {0: "batch", 1: "entities", 2: "entities"},
    }
    linker = _export(network.linker, link_example, list(_LINK_INPUTS), outputs, axes)
    return (_quantise(tagger), _quantise(linker)) if int8 else (tagger, linker)


def _export(
    module: nn.Module, example: tuple[Tensor, ...], inputs: list[str], outputs: list[str], axes: dict[str, dict[int, str]]
) -> bytes:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "graph.onnx"
        torch.onnx.export(
            module,
            example,
            str(path),
            input_names=inputs,
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
        return named(path.read_bytes(), module)


def named(graph: bytes, module: nn.Module) -> bytes:
    """Give a graph's weights the names of the module's parameters, so that `zsie.model.restore` finds them again.

    The exporter transposes matrices and reorders the gates of LSTMs, and then calls them onnx::MatMul_123.
    """
    import onnx
    from onnx import numpy_helper

    model = onnx.load_from_string(graph)
    forms: dict[tuple[int, ...], list[tuple[str, np.ndarray]]] = {}
    for name, array in stored_forms(module).items():
        forms.setdefault(array.shape, []).append((name, array))
    renamed: dict[str, str] = {}
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        for n, (name, form) in enumerate(forms.get(array.shape, [])):
            if array.dtype == form.dtype and np.array_equal(array, form):
                renamed[tensor.name] = name
                tensor.name = name
                del forms[array.shape][n]
                break
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = renamed.get(name, name)
    return bytes(model.SerializeToString())


def _quantise(graph: bytes) -> bytes:
    """8-bit weights and, in the products of matrices, 8-bit activations; but not where that costs F1."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    nodes = [node.name for node in onnx.load_from_string(graph).graph.node if _SENSITIVE.search(node.name)]
    with tempfile.TemporaryDirectory() as folder:
        source, ready, target = (Path(folder) / name for name in ("float.onnx", "ready.onnx", "int8.onnx"))
        source.write_bytes(graph)
        quant_pre_process(source, ready, skip_symbolic_shape=True)
        quantize_dynamic(
            ready,
            target,
            per_channel=True,
            # Seven bits: without VNNI a processor adds pairs of 8-bit products in 16 bits, which overflow.
            reduce_range=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gather", "LSTM"],
            nodes_to_exclude=nodes,
            extra_options={"MatMulConstBOnly": True},
        )
        return _halved(target.read_bytes(), nodes)


_SENSITIVE = re.compile(r"layer\.\d+/output/dense/MatMul$")
"""The second product of a transformer's feed-forward layer: its input has outliers that leave eight bits to nothing else."""


def _halved(graph: bytes, nodes: list[str]) -> bytes:
    """Store the weights of `nodes` in 16 bits, with a cast that the runtime folds away when it loads the graph."""
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load_from_string(graph)
    weights = {name for node in model.graph.node if node.name in nodes for name in node.input}
    casts = []
    for tensor in model.graph.initializer:
        if tensor.name in weights:
            name, half = tensor.name, tensor.name + HALF
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), half))
            casts.append(helper.make_node("Cast", [half], [name], to=onnx.TensorProto.FLOAT))
    for n, cast in enumerate(casts):
        model.graph.node.insert(n, cast)
    return bytes(model.SerializeToString())
