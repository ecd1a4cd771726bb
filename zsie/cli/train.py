"""`zsie train`: from annotated documents to a model folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from zsie.errors import ZsieError


def train(
    config: Annotated[Path, typer.Option(help="A config such as configs/default.cfg.")],
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
        str | None, typer.Option(help="Train a model further: a folder made by `zsie train`, or `shipped`.")
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="Override a config key: --set training.epochs=3.")] = None,
) -> None:
    """Train a model.

    `zsie train --config configs/default.cfg --train corpus/authored --splits corpus/splits.toml --out build/model`

    `zsie train --config configs/finetune.cfg --init shipped --train my/reports --dev my/other/reports --out my-model`

    The folder opens with `zsie.load` and `spacy.load`. Needs the extra `[train]`.
    """
    console = Console(stderr=True)
    try:
        _train(console, config, train_, out, dev or [], splits, schema, name, model_version, resume, init, set_ or [])
    except ImportError as error:
        console.print(f"[red]{error}: training needs more packages: pip install 'zsie\\[train]'[/red]")
        raise typer.Exit(2) from error
    except ZsieError as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(2) from error


def _train(
    console: Console,
    config_path: Path,
    train_paths: list[Path],
    out: Path,
    dev_paths: list[Path],
    splits_path: Path | None,
    schema_path: Path | None,
    name: str,
    version: str,
    resume: bool,
    init: str | None,
    overrides: list[str],
) -> None:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
    from tokenizers import Tokenizer

    from zsie.corpus import load_corpus, read_splits, split
    from zsie.schema import DEFAULT, Schema
    from zsie.training.config import load_config
    from zsie.training.evaluate import evaluate
    from zsie.training.loop import Progress as Step
    from zsie.training.loop import Trainer, default_device
    from zsie.training.output import write

    settings = load_config(config_path, _overrides(overrides))
    schema = Schema.load(schema_path) if schema_path else DEFAULT
    documents, faults = load_corpus(*train_paths, schema=schema)
    dev: list[Any] = []
    if splits_path is not None:
        chosen = split(documents, read_splits(splits_path))
        documents, dev = chosen["train"], chosen.get("dev", [])
    if dev_paths:
        dev, dev_faults = load_corpus(*dev_paths, schema=schema)
        faults += dev_faults
    for fault in faults:
        console.print(f"[yellow]{fault}[/yellow]", highlight=False)
    console.print(f"{len(documents)} documents to train on, {len(dev)} to watch by", highlight=False)
    if init is None:
        network, tokenizer = None, Tokenizer.from_file(str(_tokenizer(settings.encoder.source)))
    else:
        from zsie.api import load
        from zsie.training.initial import initial_network

        model = load(None if init == "shipped" else init).model
        network, tokenizer = initial_network(model, schema), Tokenizer.from_buffer(model.files["tokenizer.json"])
    trainer = Trainer(settings, schema, tokenizer, documents, dev, device=default_device(), network=network)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "checkpoint.pt"
    if resume and checkpoint.exists():
        trainer.resume(checkpoint)
        console.print(f"resuming after epoch {trainer.epoch}", highlight=False)
    columns = (TextColumn("epoch {task.fields[epoch]}"), BarColumn(), TextColumn("loss {task.fields[loss]:.3f}"))
    with Progress(*columns, TextColumn("{task.fields[dev]}"), TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("train", total=settings.training.epochs, epoch=0, loss=0.0, dev="")

        def tell(step: Step) -> None:
            bar.update(task, completed=step.epoch + step.step / step.steps, epoch=step.epoch + 1, loss=step.loss)
            if step.scores is not None:
                line = f"dev F1 {step.scores.entity_micro.f1:.4f} relations {step.scores.relation_micro.f1:.4f}"
                bar.update(task, dev=line)
                bar.console.print(f"epoch {step.epoch + 1}: loss {step.loss:.3f}, {line}", highlight=False)

        trainer.run(tell, checkpoint)
    model = write(trainer, settings, out, name=name, version=version, train=documents, scores=None)
    if dev:
        import json

        from zsie.api import Parser
        from zsie.training.metrics import figures

        scores = evaluate(Parser(model), dev).scores
        result = {"history": trainer.history, "dev": figures(scores)}
        (out / "metrics.json").write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
        console.print(
            f"exported model on dev: entities {scores.entity_micro.f1:.4f}, relations {scores.relation_micro.f1:.4f}",
            highlight=False,
        )
    console.print(f"wrote {out}", highlight=False)


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

        raise ConfigError(
            f"encoder.source = {source!r}: no folder with a tokenizer.json and no model of that name can be had here; "
            "make one with training/prepare_encoder.py, or give the folder of a Hugging Face model with a fast tokenizer"
        ) from error


def _overrides(items: list[str]) -> dict[str, Any]:
    import json

    from zsie.errors import ConfigError

    result: dict[str, Any] = {}
    for item in items:
        key, found, value = item.partition("=")
        if not found:
            raise ConfigError(f"--set {item}: write section.key=value")
        try:
            result[key] = json.loads(value)
        except ValueError:
            result[key] = value
    return result
