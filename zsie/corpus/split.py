"""Train, development and test split: fixed by document name in a TOML file, so that a figure means the same tomorrow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from zsie.errors import CorpusError
from zsie.types import Document

_LIST = re.compile(r"^(\w+)\s*=\s*\[(.*?)\]", re.DOTALL | re.MULTILINE)


def read_splits(path: str | Path) -> dict[str, list[str]]:
    """Split name to patterns of document ids (`a6_*`), from a file of `name = ["pattern", ...]` lines."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); a corpus needs a splits file to be split") from error
    text = re.sub(r"#.*", "", text)
    return {name: re.findall(r'"([^"]+)"', body) for name, body in _LIST.findall(text)}


def split(documents: Sequence[Document], splits: dict[str, list[str]]) -> dict[str, list[Document]]:
    """Documents by split; what no pattern names is `train`. Raise CorpusError when two splits claim a document."""
    result: dict[str, list[Document]] = {name: [] for name in ("train", *splits)}
    for document in documents:
        names = [name for name, patterns in splits.items() if any(fnmatchcase(document.id, p) for p in patterns)]
        if len(names) > 1:
            raise CorpusError(f"{document.id}: in the splits {' and '.join(names)} at once; leave it in one")
        result[names[0] if names else "train"].append(document)
    return result
