"""What a training run leaves behind: a folder that `zsie.load` and `spacy.load` open, with its figures beside the weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from confection import Config
from safetensors.torch import save_file

from zsie.model.annotate import annotate_like
from zsie.model.export import to_onnx
from zsie.model.network import Network
from zsie.model.restore import WEIGHTS
from zsie.model.runtime import Model, describe
from zsie.pipeline import save
from zsie.training.calibration import calibrate
from zsie.training.config import TrainConfig
from zsie.training.loop import Trainer
from zsie.training.metrics import Scores, figures, score
from zsie.types import Document


def corpus_hash(documents: Sequence[Document]) -> str:
    """SHA-256 over ids, texts and annotation, in order of id."""
    digest = hashlib.sha256()
    for document in sorted(documents, key=lambda d: d.id):
        entities = [(e.id, e.label, e.start, e.end, sorted(e.attributes.items())) for e in document.entities]
        relations = sorted((r.type, r.head.id, r.tail.id) for r in document.relations)
        digest.update(json.dumps([document.id, document.text, entities, relations], ensure_ascii=False).encode())
    return digest.hexdigest()


def make_model(trainer: Trainer, *, name: str, version: str, facts: dict[str, Any], int8: bool = True) -> Model:
    """Export a trained network as a model."""
    tagger, linker = to_onnx(trainer.network, int8=int8)
    meta = describe(trainer.schema, trainer.config.inference, name=name, version=version, **facts)
    tokenizer = trainer.featurizer.tokenizer.to_str().encode()
    return Model({"model.json": meta, "tokenizer.json": tokenizer, "tagger.onnx": tagger, "linker.onnx": linker})


def write(
    trainer: Trainer,
    config: TrainConfig,
    folder: Path,
    *,
    name: str,
    version: str,
    train: Sequence[Document],
    dev: Sequence[Document] = (),
    int8: bool = True,
) -> Scores | None:
    """Write what a trainer has trained (`lay_out`), with the facts of its corpus and network in the model."""
    facts = {
        "corpus": {"documents": len(train), "sha256": corpus_hash(train)},
        "seed": config.training.seed,
        "network": trainer.network.shape.to_dict(),
        "encoder": trainer.network.encoder_config,
    }
    model = make_model(trainer, name=name, version=version, facts=facts, int8=int8)
    return lay_out(model, trainer.network, folder, Config(dict(config.raw)), {"history": trainer.history}, dev)


def lay_out(
    model: Model, network: Network, folder: Path, config: Config, notes: Mapping[str, Any], dev: Sequence[Document] = ()
) -> Scores | None:
    """Write the whole folder: `model`, the weights of its `network` for fine-tuning, config, and `notes` with the figures.

    With `dev` the confidences are calibrated and the exported model is scored on it.
    """
    scores = None
    if dev:
        engine = model.engine()
        engine.settings = calibrate(engine, dev)
        model = model.with_settings(engine.settings)
        scores = score(annotate_like(engine, dev), dev, model.schema)
    folder.mkdir(parents=True, exist_ok=True)
    save(model, folder)
    config.to_disk(folder / "training.cfg")
    result = {**notes, **({"dev": figures(scores)} if scores else {})}
    (folder / "metrics.json").write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    state = {k: v.detach().cpu().contiguous() for k, v in network.state_dict().items()}
    save_file(state, folder / WEIGHTS)
    return scores
