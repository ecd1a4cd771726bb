"""`zsie export`, and the same answers from torch and from the graphs."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from typer.testing import CliRunner

import zsie
from zsie.cli import app
from zsie.corpus import load_corpus, read_splits, split
from zsie.model.annotate import annotate_like
from zsie.model.engine import Engine
from zsie.model.features import Featurizer
from zsie.model.restore import network_of
from zsie.schema import DEFAULT
from zsie.training.config import load_config
from zsie.training.loop import TorchScorer, Trainer
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
