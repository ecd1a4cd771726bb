"""Training a model further: the weights come back, from the folder exactly, from the graphs nearly so."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from zsie.errors import ConfigError
from zsie.model.network import Network, NetworkShape
from zsie.model.restore import network_of
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
    read = [name for name in old if name.startswith(("linker.reader.", "linker.between."))]
    assert read
    assert all(torch.equal(new[name], old[name]) for name in read)


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


def test_a_model_is_given_the_parts_that_read_and_keeps_them(documents: list[Document], encoder: Path, tmp_path: Path) -> None:
    config = load_config(CONFIG, {"encoder.source": str(encoder), "training.epochs": 1, "network.reading_dim": 0})
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    trainer = Trainer(config, DEFAULT, tokenizer, documents[:3], [])
    write(trainer, config, tmp_path / "plain", name="t", version="0", train=documents[:3])
    plain = Model.load(tmp_path / "plain")

    def given(**shape: int) -> Network:
        return initial_network(plain, DEFAULT, EncoderSettings(""), NetworkShape(**shape)).eval()

    batch = trainer.collate(trainer.draw(random.Random(0))[:2])
    with torch.inference_mode():
        before = trainer.network.eval()(batch.tag_inputs, batch.link_inputs)
        after = given(reading_dim=8)(batch.tag_inputs, batch.link_inputs)
    for own, was in zip(after, before, strict=True):
        torch.testing.assert_close(own, was)
    one, other = (given(reading_dim=8).state_dict() for _ in range(2))
    assert all(torch.equal(other[name], value) for name, value in one.items())
    network = given(lstm_dim=24, reading_dim=8)
    assert network.linker.reader is not None
    assert (network.shape.lstm_dim, network.shape.reading_dim, network.linker.reader.key.in_features) == (24, 8, 48)
    further = Trainer(config, DEFAULT, tokenizer, documents[:3], [], network=network)
    further.run(lambda _: None)
    write(further, config, tmp_path / "reading", name="t", version="0", train=documents[:3])
    again = initial_network(Model.load(tmp_path / "reading"), DEFAULT, EncoderSettings(""), NetworkShape(reading_dim=16))
    assert again.shape.reading_dim == 8
    assert all(torch.equal(again.state_dict()[name], value) for name, value in further.network.state_dict().items())


def test_a_checkpoint_of_other_sizes_is_refused(encoder: Path, documents: list[Document], tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))

    def trainer(size: int) -> Trainer:
        config = load_config(CONFIG, {"encoder.source": str(encoder), "network.reading_dim": size})
        return Trainer(config, DEFAULT, tokenizer, documents[:1], [])

    trainer(0).save(tmp_path / "checkpoint.pt")
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
