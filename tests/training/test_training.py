"""A real training run on a tiny encoder: it learns, repeats itself, resumes, and leaves a folder that opens."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
import torch
from tokenizers import Tokenizer
from typer.testing import CliRunner

import zsie
from zsie.cli import app
from zsie.errors import ConfigError
from zsie.schema import DEFAULT, Schema
from zsie.training.config import TrainConfig, load_config
from zsie.training.evaluate import evaluate
from zsie.training.loop import Trainer
from zsie.types import Document, Entity, Relation

CONFIG = Path(__file__).parents[2] / "configs" / "tiny.cfg"


def config_of(encoder: Path, **overrides: object) -> TrainConfig:
    return load_config(CONFIG, {"encoder.source": str(encoder), **{f"training.{k}": v for k, v in overrides.items()}})


def trainer_of(config: TrainConfig, encoder: Path, train: list[Document], schema: Schema = DEFAULT) -> Trainer:
    return Trainer(config, schema, Tokenizer.from_file(str(encoder / "tokenizer.json")), train, [])


def weights(trainer: Trainer) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in trainer.network.parameters()])


def test_the_tiny_config_learns_and_leaves_a_folder_that_opens(
    encoder: Path, documents: list[Document], tmp_path: Path
) -> None:
    """Stated bar of configs/tiny.cfg: 0.55 strict micro F1 on the documents it was trained on."""
    train, out = tmp_path / "train", tmp_path / "model"
    train.mkdir()
    for document in documents:
        (train / f"{document.id}.ann.txt").write_text(zsie_ann(document), encoding="utf-8")
    arguments = ["train", "--config", str(CONFIG), "--train", str(train), "--dev", str(train), "--out", str(out)]
    result = CliRunner().invoke(app, [*arguments, "--name", "tiny", "--set", f"encoder.source={encoder}"])
    assert result.exit_code == 0, result.output
    parser = zsie.load(out)
    scores = evaluate(parser, documents).scores
    assert scores.entity_micro.f1 >= 0.55
    assert scores.entities["AMOUNT"].f1 >= 0.7
    assert parser.model.name == "tiny"
    doc = spacy.load(out)(documents[0].text)
    assert [(e.start_char, e.end_char) for e in doc.ents] == [
        (e.start, e.end) for e in parser.parse(documents[0].text).entities
    ]
    assert {"metrics.json", "training.cfg", "weights.safetensors"} <= {p.name for p in out.iterdir()}
    assert parser.model.meta["corpus"]["documents"] == len(documents)


def zsie_ann(document: Document) -> str:
    from zsie.corpus import format_ann

    return format_ann(document)


def test_one_seed_gives_the_same_weights_and_resuming_changes_nothing(
    encoder: Path, documents: list[Document], tmp_path: Path
) -> None:
    config = config_of(encoder, epochs=3)
    unbroken = trainer_of(config, encoder, documents[:4])
    unbroken.run(lambda _: None)
    again = trainer_of(config, encoder, documents[:4])
    checkpoint = tmp_path / "checkpoint.pt"

    class Stop(Exception):  # noqa: N818 - not an error
        pass

    def stop(progress: object) -> None:
        if getattr(progress, "epoch", 0) == 2:
            raise Stop

    with pytest.raises(Stop):
        again.run(stop, checkpoint)
    resumed = trainer_of(config, encoder, documents[:4])
    resumed.resume(checkpoint)
    assert resumed.epoch == 2
    resumed.run(lambda _: None)
    assert torch.equal(weights(unbroken), weights(resumed))


def test_own_labels_train_without_code_changes(encoder: Path) -> None:
    schema = Schema.from_dict(
        {
            "labels": ["ITEM", "PRICE"],
            "relations": {"COSTS": {"heads": ["ITEM"], "tails": ["PRICE"]}},
            "attributes": {},
        }
    )
    text = "苹果五元。"
    item, price = Entity("1", "ITEM", 0, 2, "苹果"), Entity("2", "PRICE", 2, 4, "五元")
    document = Document("d", text, (item, price), (Relation("COSTS", item, price),))
    trainer = trainer_of(config_of(encoder, epochs=60), encoder, [document], schema)
    trainer.run(lambda _: None)
    (prediction,) = trainer.engine().predict([text])
    assert [(s.start, s.end, schema.labels[s.label]) for s in prediction.spans] == [(0, 2, "ITEM"), (2, 4, "PRICE")]
    assert [(k.head, k.tail) for k in prediction.links] == [(0, 1)]


@pytest.mark.parametrize(
    ("overrides", "hint"),
    [
        ({"training.epoch": 3}, "training.epoch"),
        ({"training.epochs": "many"}, "training.epochs must be a int"),
        ({"augment.mask.shares": 0.5}, "augment"),
        ({"augment.mask.@augmenters": "zsie.None.v1"}, "augment.mask"),
    ],
)
def test_unknown_and_ill_typed_keys_are_rejected_with_their_path(overrides: dict[str, object], hint: str) -> None:
    with pytest.raises(ConfigError, match=hint.replace(".", r"\.")):
        load_config(CONFIG, overrides)


def test_an_unknown_section_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "odd.cfg"
    path.write_text('[encoder]\nsource = "x"\n[trainer]\nepochs = 1\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"unknown section \[trainer\]"):
        load_config(path)
