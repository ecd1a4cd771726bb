"""The file formats an annotated corpus may come in, read and written through one door.

| name | files | made by |
|---|---|---|
| `ann` | `*.ann.txt` | authors by hand (GUIDELINES.md section 5): the source of truth |
| `jsonl` | `*.jsonl` | zsie; what `datasets.load_dataset` reads |
| `labelstudio` | `*.json` | Label Studio, JSON export |
| `doccano` | `*.jsonl` | doccano, JSONL export (with or without relations) |
| `brat` | `*.ann` beside `*.txt` | brat stand-off |
| `conll` | `*.conll`, `*.bio` | a character (or word) and its BIO or BIOES tag a line |
| `docbin` | `*.spacy` | spaCy `DocBin` |

`ann` and `brat` keep a document's id in its file name (`zsie.corpus.naming`); the way a tool counts characters is found out, or
asked for, once a file (`zsie.corpus.counting`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from zsie.corpus.annfile import SUFFIX, Fault
from zsie.corpus.formats import ann, brat, conll, docbin, doccano, jsonl, labelstudio
from zsie.errors import CorpusError
from zsie.schema import DEFAULT, Schema
from zsie.types import Document

Reader: TypeAlias = Callable[..., tuple[list[Document], list[Fault]]]
Writer: TypeAlias = Callable[[Sequence[Document], Path], None]


@dataclass(frozen=True)
class Format:
    """`read(path, schema=, units=)` reads one file; `write(documents, target)` a folder where `folder`, else one file."""

    read: Reader
    write: Writer
    folder: bool


FORMATS: dict[str, Format] = {
    "ann": Format(ann.read, ann.write, True),
    "jsonl": Format(jsonl.read, jsonl.write, False),
    "labelstudio": Format(labelstudio.read, labelstudio.write, False),
    "doccano": Format(doccano.read, doccano.write, False),
    "brat": Format(brat.read, brat.write, True),
    "conll": Format(conll.read, conll.write, False),
    "docbin": Format(docbin.read, docbin.write, False),
}


def guess(path: Path) -> str | None:
    """The format of a file by its name and, for `.jsonl`, by its first line; None for other files."""
    name = path.name
    if name.endswith(SUFFIX):
        return "ann"
    if path.suffix == ".jsonl":
        return "jsonl" if jsonl.is_own(path) else "doccano"
    if path.suffix == ".ann":
        return "brat" if path.with_suffix(".txt").is_file() else None
    if path.suffix == ".json":
        return "labelstudio" if labelstudio.is_export(path) else None
    return {".conll": "conll", ".bio": "conll", ".bioes": "conll", ".spacy": "docbin"}.get(path.suffix)


def read_file(
    path: str | Path, *, format: str | None = None, schema: Schema = DEFAULT, units: str = "auto"
) -> tuple[list[Document], list[Fault]]:
    """Read one annotated file; raise CorpusError when it cannot be read at all or its format is unknown."""
    file = Path(path)
    name = format or guess(file)
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise CorpusError(f"{file}: {'unknown format ' + repr(name) if name else 'no known format'}; one of {known}")
    return FORMATS[name].read(file, schema=schema, units=units)


def write_files(documents: Sequence[Document], target: str | Path, *, format: str) -> None:
    """Write documents in a format: a folder for `ann` and `brat`, one file for the others."""
    if format not in FORMATS:
        raise CorpusError(f"unknown format {format!r}; one of {', '.join(FORMATS)}")
    path = Path(target)
    (path if FORMATS[format].folder else path.parent).mkdir(parents=True, exist_ok=True)
    FORMATS[format].write(documents, path)
