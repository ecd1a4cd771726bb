"""From a torch network to the two ONNX graphs that parsing runs (needs the extra `[train]`)."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from zsie.model.features import BUCKETS, PAIR_FEATURES
from zsie.model.network import Network, places_of
from zsie.model.restore import SMOOTHED, TRANSPOSED, stored_forms

OPSET = 17
_TAG_INPUTS = ("piece_ids", "piece_mask", "char_piece", "char_ids", "char_place", "lengths")
_LINK_INPUTS = ("vectors", "starts", "ends", "labels", "sections", "present", "pair_features")


def to_onnx(network: Network, *, int8: bool = True) -> tuple[bytes, bytes]:
    """Export (tagger, linker); `int8` stores weights as 8-bit integers, a quarter of the size and faster on a CPU.

    The tagger's graph reads one window at a time where its attention could be fused: it then knows no mask.
    """
    network = network.cpu().float().eval()
    pieces, chars, entities = 7, 9, 5
    tag_example = (
        torch.full((2, pieces), 5),
        torch.ones(2, pieces, dtype=torch.long),
        torch.ones(2, chars, dtype=torch.long),
        torch.ones(2, chars, dtype=torch.long),
        torch.ones(2, chars, dtype=torch.long),
        torch.full((2,), chars),
    )
    axes = {
        "piece_ids": {0: "batch", 1: "pieces"},
        "piece_mask": {0: "batch", 1: "pieces"},
        "lengths": {0: "batch"},
        **{name: {0: "batch", 1: "characters"} for name in ("char_piece", "char_ids", "char_place", "vectors", "tags")},
    }
    with plain_attention(network.tagger.encoder):
        tagger = _export(network.tagger, tag_example, list(_TAG_INPUTS), ["vectors", "tags"], axes)
    width = network.tagger.tags.in_features
    grid = torch.zeros(2, entities, entities, len(PAIR_FEATURES), dtype=torch.long).clamp(max=BUCKETS - 1)
    places = torch.arange(entities).expand(2, -1).contiguous()
    link_example = (
        torch.zeros(2, chars, width),
        places,
        places + 1,
        places * 0,
        places * 0,
        places * 0 + 1,
        grid,
    )
    count = len(network.linker.attributes)
    outputs = ["relations", *(f"attribute_{i}" for i in range(count))]
    axes = {
        "vectors": {0: "batch", 1: "characters"},
        **{name: {0: "batch", 1: "entities"} for name in ("starts", "ends", "labels", "sections", "present", *outputs[1:])},
        "pair_features": {0: "batch", 1: "entities", 2: "entities"},
        "relations": {0: "batch", 1: "entities", 2: "entities"},
    }
    linker = _export(network.linker, link_example, list(_LINK_INPUTS), outputs, axes)
    if not int8:
        return _fused(tagger, network), linker
    tagger = _quantised(_smoothed(tagger, network.tagger), ["LSTM"])
    return _quantised(_fused(tagger, network), _PRODUCTS), _quantised(linker, _PRODUCTS)


@contextmanager
def plain_attention(encoder: nn.Module) -> Iterator[None]:
    """Write attention out as products and a softmax, the form that can be fused; torch's own kernel is exported with a
    guard against rows of nothing, which took a quarter of the time."""
    before = encoder.config._attn_implementation  # type: ignore[union-attr]
    encoder.set_attn_implementation("eager")  # type: ignore[operator]
    try:
        yield
    finally:
        encoder.set_attn_implementation(before)  # type: ignore[operator]


def _fused(graph: bytes, network: Network) -> bytes:
    """Put ONNX Runtime's own transformer operators in the place of what the exporter spelt out, where it knows the encoder."""
    from onnxruntime.transformers.fusion_options import FusionOptions
    from onnxruntime.transformers.optimizer import optimize_model

    config = network.tagger.encoder.config
    options = FusionOptions("bert")
    # It would keep embeddings and their norm in 8 bits, all in one.
    options.enable_embed_layer_norm = False
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "plain.onnx", Path(folder) / "fused.onnx"
        source.write_bytes(graph)
        heads, size = int(config.num_attention_heads), int(config.hidden_size)  # type: ignore[union-attr, arg-type]
        fused = optimize_model(str(source), "bert", heads, size, options, opt_level=0)
        for node in fused.model.graph.node:
            if node.op_type == "Attention" and len(node.input) > _MASK:
                node.input[_MASK] = ""
        fused.prune_graph()
        fused.save_model_to_file(str(target))
        return named(target.read_bytes(), network.tagger)


_MASK = 3
"""Place of the mask among the inputs of an Attention node."""
_PRODUCTS = ["MatMul", "Gather", "Attention"]


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


def _quantised(graph: bytes, kinds: list[str]) -> bytes:
    """8-bit weights of operators of these kinds and, in products of matrices, 8-bit activations."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        source.write_bytes(graph)
        quantize_dynamic(
            source,
            target,
            per_channel=True,
            # Seven bits: without VNNI a processor adds pairs of 8-bit products in 16 bits, which overflow.
            reduce_range=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=kinds,
            # Types of what fused operators return are not inferred: all are floats.
            extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        return target.read_bytes()


_SECOND_PRODUCT = re.compile(r"layer\.\d+\.output\.dense$")
"""The module of the second product in a transformer's feed-forward part, whose input has dimensions full of outliers."""
_CALM = 0.9
"""Share of the dimensions that stay as they are; the others are divided down to the largest of these."""


def _smoothed(graph: bytes, tagger: nn.Module) -> bytes:
    """Divide the outlying dimensions of each second product's input, and multiply its weights, so that 8 bits hold both.

    (SmoothQuant's idea, for outliers alone. Random pieces show them well enough: the error of the products falls as much
    as with peaks taken from texts.)
    """
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load_from_string(graph)
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    nodes = {name: node for node in model.graph.node if node.op_type == "MatMul" for name in node.input}
    for name, peaks in _peaks(tagger).items():
        weight = f"{name}.weight{TRANSPOSED}"
        calm_peak = np.quantile(peaks, _CALM) or peaks.max()
        factor = np.minimum(calm_peak / np.maximum(peaks, 1e-9), 1.0).astype(np.float32)
        scaled = numpy_helper.to_array(weights[weight]) / factor[:, None]
        weights[weight].CopyFrom(numpy_helper.from_array(scaled, weight))
        model.graph.initializer.append(numpy_helper.from_array(factor, weight + SMOOTHED))
        product = nodes[weight]
        place = list(model.graph.node).index(product)
        calm = f"{name}.calm"
        model.graph.node.insert(place, helper.make_node("Mul", [product.input[0], weight + SMOOTHED], [calm], name=calm))
        product.input[0] = calm
    return bytes(model.SerializeToString())


def _peaks(tagger: nn.Module) -> dict[str, np.ndarray]:
    """Largest size of each input dimension of the second products, by module, over random pieces."""
    encoder = tagger.encoder
    found: dict[str, np.ndarray] = {}

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def note(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            found[name] = inputs[0].detach().abs().flatten(0, -2).amax(0).cpu().numpy()

        return note

    watched = [(name, module) for name, module in tagger.named_modules() if _SECOND_PRODUCT.search(name)]
    hooks = [module.register_forward_pre_hook(watch(name)) for name, module in watched]
    count = int(encoder.config.vocab_size)  # type: ignore[union-attr, arg-type]
    length = min(256, places_of(encoder) or 256)  # type: ignore[arg-type]
    pieces = torch.randint(count, (4, length), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        encoder(input_ids=pieces, attention_mask=torch.ones_like(pieces))  # type: ignore[operator]
    for hook in hooks:
        hook.remove()
    return found
