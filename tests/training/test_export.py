"""`zsie export`, and the same answers from torch and from the graphs."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel
from typer.testing import CliRunner

import zsie
from zsie.cli import app
from zsie.corpus import load_corpus, read_splits, split
from zsie.model.annotate import annotate_like
from zsie.model.engine import Engine
from zsie.model.export import to_onnx
from zsie.model.features import BUCKETS, PAIR_FEATURES, Batch, Featurizer, LinkBatch
from zsie.model.network import Network, NetworkShape
from zsie.model.restore import _graph_arrays, _restored, network_of
from zsie.model.runtime import OnnxScorer
from zsie.schema import DEFAULT
from zsie.training.config import load_config
from zsie.training.loop import TorchScorer, Trainer, distance
from zsie.training.metrics import keys, score
from zsie.types import Document

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def held_out() -> list[Document]:
    documents, _ = load_corpus(ROOT / "corpus" / "authored")
    return list(split(documents, read_splits(ROOT / "corpus" / "splits.toml"))["test"])


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> zsie.Parser:
    """The shipped model's weights in graphs of 32-bit floats."""
    out = tmp_path_factory.mktemp("float32")
    result = CliRunner().invoke(app, ["export", "default", "--onnx", "--float32", "--out", str(out)])
    assert result.exit_code == 0, result.output
    return zsie.load(out)


def test_torch_and_float_graphs_find_the_same(exact: zsie.Parser, held_out: list[Document]) -> None:
    model = zsie.load().model
    tokenizer = Tokenizer.from_buffer(model.files["tokenizer.json"])
    engine = Engine(TorchScorer(network_of(model)), Featurizer(tokenizer), model.schema, model.settings)
    for mine, theirs in zip(annotate_like(engine, held_out), annotate_like(exact.engine, held_out), strict=True):
        assert keys(mine) == keys(theirs)


def test_eight_bits_cost_no_more_than_two_tenths_of_a_point(exact: zsie.Parser, held_out: list[Document]) -> None:
    shipped = zsie.load()
    small, full = (score(annotate_like(p.engine, held_out), held_out, DEFAULT).entity_micro.f1 for p in (shipped, exact))
    assert abs(small - full) <= 0.002
    sizes = [sum(len(content) for content in p.model.files.values()) for p in (shipped, exact)]
    assert sizes[0] < 0.4 * sizes[1]
    assert sizes[0] < 40e6


_SMALL = {"vocab_size": 100, "hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 96}
ENCODERS = {
    "bert": lambda: BertModel(BertConfig(**_SMALL), add_pooling_layer=False),
    "bert of 128 places": lambda: BertModel(BertConfig(**_SMALL, max_position_embeddings=128), add_pooling_layer=False),
    "distilbert": lambda: DistilBertModel(DistilBertConfig(vocab_size=100, dim=48, n_layers=2, n_heads=4, hidden_dim=96)),
}


SIZES = {"hidden": 48, "chars": 50, "tags": 9, "labels": 2, "relations": 2, "attributes": [3]}
"""Of a network over one of these encoders."""


def stirred(network: Network) -> Network:
    """The network with a little noise in all weights, those that start with zeros included."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    return network.eval()


def assert_restored(module: torch.nn.Module, graph: bytes, *, int8: bool) -> None:
    """A graph gives its module's weights back, in 8 bits nearly so."""
    arrays = _graph_arrays(graph)
    for key, parameter in module.state_dict().items():
        off = (_restored(key, parameter, arrays, "graph") - parameter).abs().max()
        assert off <= (0.02 if int8 else 1e-6) * parameter.abs().max(), key


@pytest.mark.parametrize("int8", [False, True])
def test_a_linker_comes_through_a_graph_and_back(int8: bool) -> None:
    torch.manual_seed(0)
    shape = NetworkShape(lstm_dim=16, entity_dim=32, pair_dim=16)
    network = stirred(Network(ENCODERS["bert"](), shape=shape, **SIZES))
    _, linker = graphs = to_onnx(network, int8=int8)
    close = 0.1 if int8 else 1e-5
    rng = np.random.default_rng(0)
    # Other numbers of entities and characters than the graph was exported with.
    for entities, chars in ((1, 4), (4, 30), (20, 200)):
        starts = np.arange(entities)[None] * (chars // entities)
        pairs = rng.integers(0, BUCKETS, (1, entities, entities, len(PAIR_FEATURES)))
        vectors = rng.standard_normal((1, chars, 32), np.float32)
        rows = (starts, starts + 1, starts % 2, starts * 0, starts * 0 + 1, pairs)
        window = LinkBatch(vectors, *rows)
        (wanted,), (got,) = TorchScorer(network).link([window]), OnnxScorer(*graphs).link([window])
        for ours, theirs in zip(got, wanted, strict=True):
            assert np.abs(ours - theirs).max() < close * np.abs(theirs).max()
    assert_restored(network.linker, linker, int8=int8)


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("int8", [False, True])
def test_any_encoder_comes_through_a_graph_and_back(name: str, int8: bool) -> None:
    torch.manual_seed(0)
    shape = NetworkShape(lstm_dim=24, entity_dim=32, pair_dim=16)
    network = stirred(Network(ENCODERS[name](), shape=shape, **SIZES))
    rng = np.random.default_rng(0)
    pieces, places = rng.integers(3, 100, (1, 20)), rng.integers(0, 20, (1, 30))
    chars, within = rng.integers(0, 50, (1, 30)), rng.integers(0, 4, (1, 30))
    window = Batch(pieces, np.ones((1, 20), np.int64), places, chars, within, np.array([30]))
    ((_, wanted),) = TorchScorer(network).tag([window])
    tagger, linker = to_onnx(network, int8=int8)
    ((_, got),) = OnnxScorer(tagger, linker).tag([window])
    close = 0.1 if int8 else 1e-5
    assert np.abs(got - wanted).max() < close * np.abs(wanted).max()
    operators = {node.op_type for node in onnx.load_from_string(tagger).graph.node}
    assert ("QAttention" if int8 else "Attention") in operators
    assert_restored(network.tagger, tagger, int8=int8)


def test_export_of_a_folder_that_is_none(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["export", str(tmp_path / "none"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "neither a folder nor a shipped model" in " ".join(result.stderr.split())


def test_a_student_comes_closer_to_its_teacher(encoder: Path, documents: list[Document]) -> None:
    config = load_config(ROOT / "configs" / "tiny.cfg", {"encoder.source": str(encoder), "training.epochs": 6})
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    teacher = Trainer(config, DEFAULT, tokenizer, documents[:4], [])
    teacher.run(lambda _: None)
    batch = teacher.collate(teacher.draw(random.Random(0))[:2])

    def gap(student: Trainer) -> float:
        with torch.inference_mode():
            mine, theirs = (t.network.eval().tagger(**batch.tag_inputs)[1].softmax(-1) for t in (student, teacher))
            return float((mine - theirs).abs()[batch.tags >= 0].sum(-1).mean())

    gaps = []
    for weight in (0.0, 5.0):
        path = ROOT / "configs" / "tiny.cfg"
        changed = {"encoder.source": str(encoder), "training.epochs": 6, "training.seed": 2, "training.distill_weight": weight}
        student = Trainer(load_config(path, changed), DEFAULT, tokenizer, documents[:4], [], teacher=teacher.network)
        student.run(lambda _: None)
        gaps.append(gap(student))
    assert gaps[1] < gaps[0]


def test_the_distance_to_a_teacher_is_least_where_all_its_logits_are_met(encoder: Path, documents: list[Document]) -> None:
    config = load_config(ROOT / "configs" / "tiny.cfg", {"encoder.source": str(encoder)})
    teacher = Trainer(config, DEFAULT, Tokenizer.from_file(str(encoder / "tokenizer.json")), documents, [])
    batch = teacher.collate(teacher.draw(random.Random(0))[:8])
    assert all((classes >= 0).any() for classes in batch.attributes)
    torch.manual_seed(0)
    with torch.no_grad():
        parts = list(teacher.network.eval()(batch.tag_inputs, batch.link_inputs))
        assert len(parts) == 2 + len(DEFAULT.attributes)

        def far(logits: list[torch.Tensor]) -> float:
            return float(distance(parts, logits, batch, config.training))

        least = far(parts)
        for k, own in enumerate(parts):
            assert far([*parts[:k], own + torch.randn_like(own), *parts[k + 1 :]]) > least
