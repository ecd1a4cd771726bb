"""`.ann.txt` files: the format itself is `zsie.corpus.annfile`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zsie.corpus.annfile import SUFFIX, Fault, format_ann, read_ann
from zsie.corpus.naming import file_stems
from zsie.corpus.reading import write_text
from zsie.schema import DEFAULT, Schema
from zsie.types import Document


def read(path: Path, *, schema: Schema = DEFAULT, units: str = "auto") -> tuple[list[Document], list[Fault]]:
    """One document a file; `units` has no meaning here."""
    document, faults = read_ann(path, schema=schema)
    return [document], [Fault(str(path), fault.line, fault.message) for fault in faults]


def write(documents: Sequence[Document], folder: Path) -> None:
    """Write one file a document, named by its id (made safe and unique, `zsie.corpus.naming`)."""
    for document, stem in zip(documents, file_stems(d.id for d in documents), strict=True):
        write_text(folder / f"{stem}{SUFFIX}", format_ann(document))
