"""`zsie train`: from annotated documents to a model folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from zsie.cli.voice import complain
from zsie.errors import CorpusError, ZsieError
from zsie.messages import say

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from zsie.model.network import Network
    from zsie.schema import Schema
    from zsie.training.metrics import Scores


def train(
    config: Annotated[
        str, typer.Option(help="A config file, or the name of one that comes with zsie: default, fast, finetune.")
    ],
    train_: Annotated[
        list[Path], typer.Option("--train", help="Folders or files of annotated documents; may be given several times.")
    ],
    out: Annotated[Path, typer.Option(help="Folder to write the model to.")],
    dev: Annotated[list[Path] | None, typer.Option(help="Annotated documents to watch the training by.")] = None,
    splits: Annotated[
        Path | None,
        typer.Option(help="A splits file: only its train documents are trained on; without --dev its dev split is watched."),
    ] = None,
    schema: Annotated[Path | None, typer.Option(help="A schema file (JSON) with own labels and relations.")] = None,
    name: Annotated[str, typer.Option(help="Name of the model.")] = "zsie",
    model_version: Annotated[str, typer.Option("--model-version", help="Version of the model.")] = "0.1.0",
    resume: Annotated[bool, typer.Option("--resume", help="Go on from OUT/checkpoint.pt.")] = False,
    init: Annotated[
        str | None,
        typer.Option(
            help="Train a model further: a folder made by `zsie train`, or `shipped`; a smaller encoder.layers, encoder.feed or network.lstm_dim cuts it."
        ),
    ] = None,
    teacher: Annotated[
        str | None, typer.Option(help="Follow a larger model beside the gold annotation (configs/fast.cfg): its folder.")
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="Override a config key: --set training.epochs=3.")] = None,
) -> None:
    """Train a model.

    `zsie train --config default --train corpus/authored --splits corpus/splits.toml --out build/tagger`

    `zsie train --config finetune --init shipped --train my/reports --dev my/other/reports --out my-model`

    With --dev the confidences are calibrated, too: keep the documents you report figures on for `zsie evaluate`.

    The folder opens with `zsie.load` and `spacy.load`. Needs the extra `[train]`. A GPU is used where there is one, several with
    `torchrun --nproc-per-node 2 -m zsie train ...`.
    """
    console = Console(stderr=True)
    try:
        _train(console, config, train_, out, dev or [], splits, schema, name, model_version, resume, init, teacher, set_ or [])
    except ImportError as error:
        told = say("{error}: training needs more packages: pip install 'zsie[train]'", error=error)
        complain(console, told)
        raise typer.Exit(2) from error
    except ZsieError as error:
        complain(console, error)
        raise typer.Exit(2) from error


def _train(
    console: Console,
    config_path: str,
    train_paths: list[Path],
    out: Path,
    dev_paths: list[Path],
    splits_path: Path | None,
    schema_path: Path | None,
    name: str,
    version: str,
    resume: bool,
    init: str | None,
    teacher_name: str | None,
    overrides: list[str],
) -> None:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
    from tokenizers import Tokenizer

    from zsie.corpus import load_corpus, load_parts
    from zsie.schema import DEFAULT, Schema
    from zsie.training.config import load_config
    from zsie.training.loop import Progress as Step
    from zsie.training.loop import Trainer, accelerator
    from zsie.training.output import write

    # Of several processes (`torchrun --nproc-per-node 2 -m zsie train ...`) one speaks and writes.
    console.quiet = not accelerator().is_main_process
    settings = load_config(config_path, _overrides(overrides))
    schema = Schema.load(schema_path) if schema_path else DEFAULT
    dev: list[Any] = []
    if splits_path is None:
        documents, faults = load_corpus(*train_paths, schema=schema)
    else:
        parts, faults = load_parts(*train_paths, splits=splits_path, schema=schema)
        documents, dev = parts["train"], parts.get("dev", [])
    if dev_paths:
        dev, dev_faults = load_corpus(*dev_paths, schema=schema)
        faults += dev_faults
    for fault in faults:
        console.print(Text(str(fault), style="yellow"), soft_wrap=True)
    if not documents:
        where = ", ".join(map(str, [*train_paths, *([splits_path] if splits_path else [])]))
        raise CorpusError(say("{paths}: no annotated document to train on; give more, or other splits", paths=where))
    told = say("{documents} documents to train on, {dev} to watch by", documents=len(documents), dev=len(dev))
    console.print(told, highlight=False)
    if init is None:
        network, tokenizer = None, Tokenizer.from_file(str(_tokenizer(settings.encoder.source)))
    else:
        from zsie.api import load
        from zsie.training.initial import initial_network

        model = load(None if init == "shipped" else init).model
        # A config without [network] leaves the sizes above the encoder as they are.
        shape = settings.network if "network" in settings.raw else None
        network = initial_network(model, schema, settings.encoder, shape, seed=settings.training.seed)
        tokenizer = Tokenizer.from_buffer(model.files["tokenizer.json"])
        layers = network.encoder_config.get("num_hidden_layers", "all")
        told = say(
            "training {name} further, encoder layers: {layers}, LSTM units: {units}",
            name=model.source,
            layers=layers,
            units=network.shape.lstm_dim,
        )
        console.print(Text(told), soft_wrap=True)
    teacher = None if teacher_name is None else _teacher(teacher_name, schema, tokenizer)
    trainer = Trainer(settings, schema, tokenizer, documents, dev, network=network, teacher=teacher)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "checkpoint.pt"
    if resume and checkpoint.exists():
        trainer.resume(checkpoint)
        console.print(say("resuming after epoch {epoch}", epoch=trainer.epoch), highlight=False)
    columns = (
        TextColumn(say("epoch") + " {task.fields[epoch]}"),
        BarColumn(),
        TextColumn(say("loss") + " {task.fields[loss]:.3f}"),
    )
    with Progress(*columns, TextColumn("{task.fields[dev]}"), TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("train", total=settings.training.epochs, epoch=0, loss=0.0, dev="")

        def tell(step: Step) -> None:
            bar.update(task, completed=step.epoch + step.step / step.steps, epoch=step.epoch + 1, loss=step.loss)
            if step.scores is not None:
                line = say("dev F1 {entities}, relations {relations}", **_micro(step.scores))
                bar.update(task, dev=line)
                told = say("epoch {epoch}: loss {loss}, {dev}", epoch=step.epoch + 1, loss=f"{step.loss:.3f}", dev=line)
                bar.console.print(told, highlight=False)

        trainer.run(tell, checkpoint)
    if not trainer.first:
        return
    scores = write(trainer, settings, out, name=name, version=version, train=documents, dev=dev)
    if scores is not None:
        told = say("exported model on dev: entities {entities}, relations {relations}", **_micro(scores))
        console.print(told, highlight=False)
    console.print(Text(say("wrote {path}", path=out)), soft_wrap=True)


def _micro(scores: Scores) -> dict[str, str]:
    """Micro F1 of entities and relations, as shown."""
    return {"entities": f"{scores.entity_micro.f1:.4f}", "relations": f"{scores.relation_micro.f1:.4f}"}


def _teacher(name: str, schema: Schema, tokenizer: Tokenizer) -> Network:
    """A teacher's network; it must read the same pieces and know the same labels as its student."""
    from tokenizers import Tokenizer

    from zsie.api import load
    from zsie.errors import ConfigError
    from zsie.model.restore import network_of

    model = load(name).model
    if model.schema.outputs != schema.outputs:
        raise ConfigError(
            say("--teacher {name}: it knows other labels or relations; train a teacher on the same label set", name=name)
        )
    if Tokenizer.from_buffer(model.files["tokenizer.json"]).get_vocab() != tokenizer.get_vocab():
        raise ConfigError(say("--teacher {name}: it has another tokenizer; give both the same encoder.source", name=name))
    return network_of(model)


def _tokenizer(source: str) -> Path:
    """The `tokenizer.json` of an encoder, local or (where there is a network) by Hugging Face name."""
    local = Path(source) / "tokenizer.json"
    if local.is_file():
        return local
    from transformers.utils.hub import cached_file

    try:
        return Path(str(cached_file(source, "tokenizer.json")))
    except (OSError, ValueError) as error:
        from zsie.errors import ConfigError

        told = say(
            "encoder.source = {source}: no folder with a tokenizer.json and no model of that name can be had here; make one with training/prepare_encoder.py, or give the folder of a Hugging Face model with a fast tokenizer",
            source=source,
        )
        raise ConfigError(told) from error


def _overrides(items: list[str]) -> dict[str, Any]:
    import json

    from zsie.errors import ConfigError

    result: dict[str, Any] = {}
    for item in items:
        key, found, value = item.partition("=")
        if not found:
            raise ConfigError(say("--set {item}: write section.key=value", item=item))
        try:
            result[key] = json.loads(value)
        except ValueError:
            result[key] = value
    return result
