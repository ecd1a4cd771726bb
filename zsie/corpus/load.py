"""Read a corpus from files and folders; a broken file becomes a fault and never stops the others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from zsie.corpus.annfile import SUFFIX, Fault, read_ann, same_ids
from zsie.errors import CorpusError
from zsie.schema import DEFAULT, Schema
from zsie.types import Document


def load_corpus(*paths: str | Path, schema: Schema = DEFAULT) -> tuple[list[Document], list[Fault]]:
    """Read all `.ann.txt` files given or found below folders, sorted by path; raise CorpusError when there are none."""
    files = [file for path in paths for file in find(Path(path))]
    if not files:
        raise CorpusError(
            f"{', '.join(map(str, paths))}: no *{SUFFIX} files there; `corpus/GUIDELINES.md` section 5 tells the format"
        )
    documents, faults = [], []
    for file in files:
        try:
            document, found = read_ann(file, schema=schema)
        except CorpusError as error:
            faults.append(Fault(str(file), 0, str(error)))
            continue
        documents.append(document)
        faults += [Fault(str(file), fault.line, fault.message) for fault in found]
    faults += [Fault(name, 0, "two files carry this name; rename one") for name in same_ids(documents)]
    return documents, faults


def find(path: Path) -> Iterable[Path]:
    """Annotated files at or below a path."""
    if path.is_dir():
        return sorted(path.rglob(f"*{SUFFIX}"))
    if not path.exists():
        raise CorpusError(f"{path}: no such file or folder")
    return [path]
