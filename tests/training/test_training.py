"""A real training run on a tiny encoder: it learns, repeats itself, resumes, and leaves a folder that opens."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
import torch
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
from typer.testing import CliRunner

import zsie
from zsie.cli import app
from zsie.errors import ConfigError, CorpusError
from zsie.schema import DEFAULT, Schema
from zsie.text import clean
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
    train, out = tmp_path / "train", tmp_path / "model[x]"
    train.mkdir()
    for document in documents:
        (train / f"{document.id}.ann.txt").write_text(zsie_ann(document), encoding="utf-8")
    arguments = ["train", "--config", str(CONFIG), "--train", str(train), "--dev", str(train), "--out", str(out)]
    result = CliRunner().invoke(app, [*arguments, "--name", "tiny", "--set", f"encoder.source={encoder}"])
    assert result.exit_code == 0, result.output
    assert f"wrote {out}" in result.output
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


@pytest.mark.parametrize("keep", ["best", "last"])
def test_a_run_that_stopped_early_stays_stopped(encoder: Path, documents: list[Document], tmp_path: Path, keep: str) -> None:
    # Nothing can be found in the dev document, so no epoch after the first is better.
    config = config_of(encoder, epochs=5, evaluate_every=1, patience=1, keep=keep)
    tokenizer, dev = Tokenizer.from_file(str(encoder / "tokenizer.json")), [Document("dev", "天下雨。")]
    first, again = (Trainer(config, DEFAULT, tokenizer, documents[:1], dev) for _ in range(2))
    first.run(lambda _: None, tmp_path / "checkpoint.pt")
    assert first.epoch == 2
    again.resume(tmp_path / "checkpoint.pt")
    told: list[object] = []
    again.run(told.append)
    assert (again.epoch, told) == (2, [])
    assert torch.equal(weights(first), weights(again))


@pytest.mark.parametrize("train", [[], [Document("d", " \n")]])
def test_nothing_to_train_on_is_told(encoder: Path, train: list[Document]) -> None:
    with pytest.raises(CorpusError, match="no text to train on; give annotated documents"):
        trainer_of(config_of(encoder), encoder, train)


def bert(text: str, *, mask: str = "[MASK]") -> Tokenizer:
    """A tokenizer of BERT's kind for the characters of a text: its mask stands last and its padding first."""
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *sorted({c for c in clean(text).clean if not c.isspace()}), mask]
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def test_pieces_are_dropped_by_the_tokenizers_own_mask(encoder: Path, documents: list[Document]) -> None:
    tokenizer = bert(documents[0].text)
    mask = tokenizer.get_vocab_size() - 1
    trainer = Trainer(config_of(encoder, epochs=1, piece_dropout=1.0), DEFAULT, tokenizer, documents[:1], [])
    seen: list[torch.Tensor] = []
    trainer.network.tagger.register_forward_pre_hook(
        lambda module, given, named: seen.append(named["piece_ids"]), with_kwargs=True
    )
    trainer.run(lambda _: None)
    ids = torch.cat([batch.flatten() for batch in seen])
    assert {0, 1, 2, 3, mask} >= set(ids.tolist()) >= {2, 3, mask}
    assert (ids == mask).sum() > 100


def test_a_tokenizer_without_a_mask_is_told(encoder: Path, documents: list[Document]) -> None:
    tokenizer = bert(documents[0].text, mask="[none]")
    with pytest.raises(ConfigError, match=r"training\.piece_dropout must be 0"):
        Trainer(config_of(encoder, piece_dropout=0.1), DEFAULT, tokenizer, documents[:1], [])
    trainer = Trainer(config_of(encoder), DEFAULT, tokenizer, documents[:1], [])
    assert trainer.featurizer.special_ids == (0, 1, 2, 3)


@pytest.mark.parametrize("key", ["training.window", "inference.window"])
def test_a_window_longer_than_the_encoder_reads_is_told(encoder: Path, documents: list[Document], key: str) -> None:
    longest = 512 - 3
    fits = load_config(CONFIG, {"encoder.source": str(encoder), key: longest})
    assert longest in (trainer_of(fits, encoder, documents[:1]).settings.window, fits.inference.window)
    with pytest.raises(ConfigError, match=rf"{key} = {longest + 1}.*{longest}"):
        trainer_of(load_config(CONFIG, {"encoder.source": str(encoder), key: longest + 1}), encoder, documents[:1])


def test_a_window_no_longer_than_its_context_is_told(encoder: Path, documents: list[Document]) -> None:
    def config(window: int) -> TrainConfig:
        return load_config(CONFIG, {"encoder.source": str(encoder), "inference.window": window, "inference.context": 60})

    with pytest.raises(ConfigError, match=r"inference\.window = 120: .* more than 120"):
        trainer_of(config(120), encoder, documents[:1])
    assert trainer_of(config(121), encoder, documents[:1]).engine().predict(["全县引进项目25个。"])


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
        ({"training.epochs": "many"}, "training.epochs must be a int, not 'many'"),
        ({"training.tag_loss": "strutured"}, "training.tag_loss must be one of structured, softmax, not 'strutured'"),
        ({"training.precision": "bf16"}, "training.precision must be one of auto, float32, bfloat16, not 'bf16'"),
        ({"training.keep": "bets"}, "training.keep must be one of best, last, not 'bets'"),
        ({"network.entity_dim": 50}, "network.entity_dim must be a positive multiple of 4, not 50"),
        ({"network.entity_dim": -4}, "network.entity_dim must be a positive multiple of 4, not -4"),
        ({"training.keep": 1}, "training.keep must be one of best, last, not 1"),
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
