"""`zsie export`: a trained folder as the two graphs that parsing runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from zsie.cli.voice import complain
from zsie.errors import ZsieError
from zsie.messages import say


def export(
    model: Annotated[str, typer.Argument(help="A folder made by `zsie train`, or the name of a shipped model (default).")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    onnx: Annotated[bool, typer.Option("--onnx", help="ONNX graphs, the one format there is.")] = True,
    int8: Annotated[bool, typer.Option("--int8/--float32", help="8-bit weights: a quarter of the size, and faster.")] = True,
) -> None:
    """Write a model for parsing: ONNX graphs, tokenizer and settings, without what only training needs.

    `zsie export build/model --onnx --int8 --out my-model`

    The folder opens with `zsie.load`. Needs the extra `[train]`.
    """
    console = Console(stderr=True)
    try:
        from zsie.api import load
        from zsie.model.export import to_onnx
        from zsie.model.restore import network_of
        from zsie.model.runtime import Model

        source = load(model).model
        tagger, linker = to_onnx(network_of(source), int8=int8)
        Model({**source.files, "tagger.onnx": tagger, "linker.onnx": linker}).save(out)
    except ImportError as error:
        told = say("{error}: exporting needs more packages: pip install 'zsie[train]'", error=error)
        complain(console, told)
        raise typer.Exit(2) from error
    except ZsieError as error:
        complain(console, error)
        raise typer.Exit(2) from error
    size = sum(file.stat().st_size for file in out.iterdir() if file.is_file())
    console.print(Text(say("wrote {path}, {size} MB", path=out, size=f"{size / 1e6:.1f}")), soft_wrap=True)
