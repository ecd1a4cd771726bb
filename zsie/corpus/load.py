"""Read a corpus from files and folders in any known format; a broken file becomes a fault and never stops the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from zsie.corpus.annfile import Fault, same_ids
from zsie.corpus.formats import FORMATS, guess, read_file
from zsie.corpus.split import read_splits, split, unmatched
from zsie.errors import CorpusError
from zsie.schema import DEFAULT, Schema
from zsie.types import Document


def load_corpus(
    *paths: str | Path, schema: Schema = DEFAULT, format: str | None = None, units: str = "auto"
) -> tuple[list[Document], list[Fault]]:
    """Read all annotated files given or found below folders, sorted by path; raise CorpusError when there are none.

    The format of each file is known by its name (`zsie.corpus.formats`) unless `format` says it; `units` is how the
    annotation tool counts characters.
    """
    files = [file for path in paths for file in find(Path(path), format)]
    if not files:
        raise CorpusError(
            f"{', '.join(map(str, paths))}: no annotated files there; known formats: {', '.join(FORMATS)} "
            "(`corpus/GUIDELINES.md` section 5 tells the authoring format .ann.txt)"
        )
    documents: list[Document] = []
    faults: list[Fault] = []
    for file in files:
        try:
            found, problems = read_file(file, format=format, schema=schema, units=units)
        except CorpusError as error:
            faults.append(Fault(str(file), 0, str(error)))
            continue
        documents += found
        faults += problems
    faults += [Fault(name, 0, "two documents carry this id; rename one") for name in same_ids(documents)]
    return documents, faults


def load_parts(
    *paths: str | Path, splits: str | Path, schema: Schema = DEFAULT
) -> tuple[dict[str, list[Document]], list[Fault]]:
    """A corpus by the parts that a splits file names; what it names nowhere is `train`.

    A pattern of the file that matches no document is a fault too. Raise CorpusError where there is no corpus, or the
    splits are unreadable or give a document to two parts.
    """
    documents, faults = load_corpus(*paths, schema=schema)
    named = read_splits(splits)
    return split(documents, named), [*faults, *unmatched(documents, named, splits)]


def find(path: Path, format: str | None = None) -> Iterator[Path]:
    """Annotated files at or below a path; a file that is named is taken whatever its name."""
    if not path.exists():
        raise CorpusError(f"{path}: no such file or folder")
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and (known := guess(file)) is not None and format in (None, known):
            yield file
