"""Training a model further: the weights come back, from the folder exactly, from the graphs nearly so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import onnx
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from zsie.errors import ConfigError, ModelError
from zsie.model.network import NetworkShape
from zsie.model.restore import WEIGHTS, network_of
from zsie.model.runtime import Model
from zsie.schema import DEFAULT, Schema
from zsie.training.config import EncoderSettings, load_config
from zsie.training.initial import initial_network
from zsie.training.loop import Trainer
from zsie.training.output import write
from zsie.types import Document

CONFIG = Path(__file__).parents[2] / "configs" / "tiny.cfg"


@pytest.fixture(scope="module")
def trained(encoder: Path, documents: list[Document], tmp_path_factory: pytest.TempPathFactory) -> tuple[Trainer, Path]:
    config = load_config(CONFIG, {"encoder.source": str(encoder), "training.epochs": 1})
    trainer = Trainer(config, DEFAULT, Tokenizer.from_file(str(encoder / "tokenizer.json")), documents[:3], [])
    trainer.run(lambda _: None)
    folder = tmp_path_factory.mktemp("trained")
    write(trainer, config, folder, name="t", version="0", train=documents[:3])
    return trainer, folder


def test_a_training_folder_gives_its_exact_weights(trained: tuple[Trainer, Path]) -> None:
    trainer, folder = trained
    back = network_of(Model.load(folder)).state_dict()
    assert all(torch.equal(back[name], value) for name, value in trainer.network.state_dict().items())


def test_a_folder_of_another_version_gives_the_parts_that_there_still_are(
    trained: tuple[Trainer, Path], tmp_path: Path
) -> None:
    trainer, folder = trained
    shutil.copytree(folder, tmp_path / "older")
    described, weights = (next((tmp_path / "older").rglob(name)) for name in ("model.json", WEIGHTS))
    meta = json.loads(described.read_text(encoding="utf-8"))
    meta["network"]["reading_dim"] = 128
    described.write_text(json.dumps(meta), encoding="utf-8")
    held = {name: value.clone() for name, value in load_file(weights).items()}
    save_file({**held, "linker.reader.out.bias": torch.zeros(8)}, weights)
    back = network_of(Model.load(tmp_path / "older")).state_dict()
    assert all(torch.equal(back[name], value) for name, value in trainer.network.state_dict().items())
    save_file({name: value for name, value in held.items() if name != "linker.between.out.weight"}, weights)
    assert not network_of(Model.load(tmp_path / "older")).linker.between.out.weight.any()
    save_file({name: value for name, value in held.items() if name != "linker.norm.weight"}, weights)
    with pytest.raises(ModelError, match=r"weights\.safetensors: does not hold linker\.norm\.weight"):
        network_of(Model.load(tmp_path / "older"))


def test_graphs_from_before_pairs_heard_what_stands_between_give_the_rest(trained: tuple[Trainer, Path]) -> None:
    _, folder = trained
    files = Model.load(folder).files
    graph = onnx.load_from_string(files["linker.onnx"])
    for held in graph.graph.initializer:
        held.name = held.name.replace("between.out.weight", "gone")
    back = network_of(Model({**files, "linker.onnx": graph.SerializeToString()}))
    assert not back.linker.between.out.weight.any()
    assert back.linker.norm.weight.any()


def test_graphs_alone_give_nearly_the_same_weights(trained: tuple[Trainer, Path]) -> None:
    trainer, folder = trained
    # Without a folder there is no file of exact weights beside the graphs.
    back = network_of(Model(Model.load(folder).files)).state_dict()
    assert any(not torch.equal(back[name], value) for name, value in trainer.network.state_dict().items())
    for name, value in trainer.network.state_dict().items():
        if value.is_floating_point():
            # Seven bits a weight: half a step of 1/63 of a channel's largest.
            assert (back[name] - value).abs().max() <= value.abs().max() / 100 + 1e-6, name


def test_another_label_set_keeps_what_is_known_of_shared_labels(trained: tuple[Trainer, Path]) -> None:
    trainer, folder = trained
    data = DEFAULT.to_dict()
    labels = ["POLICY", *reversed(data["labels"])]
    relations = {"CITES": {"heads": ["ORG"], "tails": ["POLICY"]}, **data["relations"]}
    schema = Schema.from_dict({**data, "labels": labels, "relations": relations})
    network = initial_network(Model.load(folder), schema, EncoderSettings(""))
    old, new = trainer.network.state_dict(), network.state_dict()
    for label in DEFAULT.labels:
        a, b = 1 + 4 * DEFAULT.labels.index(label), 1 + 4 * labels.index(label)
        assert torch.equal(new["tagger.tags.weight"][b : b + 4], old["tagger.tags.weight"][a : a + 4])
        assert torch.equal(
            new["linker.label_embedding.weight"][labels.index(label)],
            old["linker.label_embedding.weight"][DEFAULT.labels.index(label)],
        )
    place = list(relations).index("TIME")
    assert torch.equal(new["linker.pairs.4.bias"][place], old["linker.pairs.4.bias"][list(DEFAULT.relations).index("TIME")])
    assert torch.equal(new["tagger.forwards.weight_ih_l0"], old["tagger.forwards.weight_ih_l0"])
    assert len(new["tagger.tags.bias"]) == len(old["tagger.tags.bias"]) + 4
    assert torch.equal(new["linker.between.out.weight"], old["linker.between.out.weight"])


def test_training_goes_on_from_a_model(trained: tuple[Trainer, Path], documents: list[Document], encoder: Path) -> None:
    trainer, folder = trained
    model = Model.load(folder)
    config = load_config(CONFIG, {"encoder.source": str(encoder), "training.epochs": 1})
    tokenizer = Tokenizer.from_buffer(model.files["tokenizer.json"])
    further = Trainer(
        config, DEFAULT, tokenizer, documents[:3], [], network=initial_network(model, DEFAULT, EncoderSettings(""))
    )
    assert all(torch.equal(a, b) for a, b in zip(further.network.parameters(), trainer.network.parameters(), strict=True))
    further.run(lambda _: None)
    assert further.history[0]["loss"] < trainer.history[0]["loss"]


def test_a_smaller_network_comes_out_of_a_model_and_goes_back_into_one(
    trained: tuple[Trainer, Path], documents: list[Document], encoder: Path, tmp_path: Path
) -> None:
    _, folder = trained
    model = Model.load(folder)
    config = load_config(CONFIG, {"encoder.source": str(encoder), "encoder.feed": 32, "training.epochs": 1})
    network = initial_network(model, DEFAULT, config.encoder)
    tokenizer = Tokenizer.from_buffer(model.files["tokenizer.json"])
    further = Trainer(config, DEFAULT, tokenizer, documents[:3], [], network=network)
    write(further, config, tmp_path, name="t", version="0", train=documents[:3])
    small = Model.load(tmp_path)
    assert small.meta["encoder"]["intermediate_size"] == 32
    assert len(small.files["tagger.onnx"]) < len(model.files["tagger.onnx"])
    restored = network_of(small).state_dict()
    assert all(torch.equal(restored[name], value) for name, value in further.network.state_dict().items())


def test_a_model_is_trained_further_with_the_dropout_that_is_asked_for(trained: tuple[Trainer, Path]) -> None:
    _, folder = trained
    network = initial_network(Model.load(folder), DEFAULT, EncoderSettings(""), NetworkShape(dropout=0.45))
    assert network.tagger.dropout.p == network.linker.dropout.p == network.shape.dropout == 0.45


def test_a_checkpoint_of_other_sizes_is_refused(encoder: Path, documents: list[Document], tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))

    def trainer(size: int) -> Trainer:
        config = load_config(CONFIG, {"encoder.source": str(encoder), "network.pair_dim": size})
        return Trainer(config, DEFAULT, tokenizer, documents[:1], [])

    trainer(8).save(tmp_path / "checkpoint.pt")
    with pytest.raises(ConfigError, match=r"checkpoint\.pt: made by a network of other sizes"):
        trainer(16).resume(tmp_path / "checkpoint.pt")


def test_what_a_network_knows_does_not_depend_on_how_it_is_read(trained: tuple[Trainer, Path]) -> None:
    _, folder = trained
    data = DEFAULT.to_dict()
    data.pop("whole")
    assert Schema.from_dict(data).outputs == DEFAULT.outputs
    turned = Schema.from_dict({**data, "relations": dict(reversed(data["relations"].items()))})
    assert turned.outputs != DEFAULT.outputs
    network = initial_network(Model.load(folder), turned, EncoderSettings(""))
    bias = network_of(Model.load(folder)).state_dict()["linker.pairs.4.bias"]
    assert torch.equal(network.state_dict()["linker.pairs.4.bias"], bias.flip(0))
