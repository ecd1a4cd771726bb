"""Train, development and test split: fixed by document name in a TOML file, so that a figure means the same tomorrow."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
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


def author(document: Document) -> str:
    """Who wrote a document: its id up to the first underscore (`a1` of `a1_03`)."""
    return document.id.split("_")[0]


def propose(
    documents: Sequence[Document], shares: Mapping[str, float], *, seed: int = 0, whole_authors: bool = False
) -> dict[str, list[str]]:
    """Document ids by split, `train` left out: of every author its share (or, with `whole_authors`, authors as wholes).

    Deterministic: the order is that of a hash of seed and id, so a new document never moves the others' order. Raise
    CorpusError when the shares leave nothing to train on.
    """
    if any(share < 0 for share in shares.values()) or sum(shares.values()) >= 1:
        raise CorpusError(f"shares {dict(shares)}: each at least 0 and together below 1, so that something is left to train on")

    def order(name: str) -> str:
        return hashlib.sha256(f"{seed}/{name}".encode()).hexdigest()

    groups: dict[str, list[str]] = {}
    for document in documents:
        groups.setdefault(author(document), []).append(document.id)
    result: dict[str, list[str]] = {name: [] for name in shares}
    if whole_authors:
        left = sorted(groups, key=order)
        for name, share in shares.items():
            while left and len(result[name]) < share * len(documents):
                result[name] += groups[left.pop(0)]
    else:
        for ids in groups.values():
            left = sorted(ids, key=order)
            for name, share in shares.items():
                count = max(1, round(share * len(ids))) if share and len(ids) > len(shares) else 0
                result[name] += left[:count]
                left = left[count:]
    return {name: sorted(ids) for name, ids in result.items()}


def format_splits(splits: Mapping[str, Sequence[str]]) -> str:
    """The text of a splits file."""
    lines = ["# Documents by split; what is named nowhere is trained on. Patterns match document ids."]
    for name, ids in splits.items():
        lines.append(f"{name} = [")
        lines += [f'  "{one}",' for one in ids]
        lines.append("]")
    return "\n".join(lines) + "\n"
