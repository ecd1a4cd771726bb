"""Train, development and test split: fixed by document name in a TOML file, so that a figure means the same tomorrow."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from zsie.corpus.annfile import Fault
from zsie.corpus.reading import read_text
from zsie.errors import CorpusError
from zsie.types import Document

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_REMEDY = 'write one line a split, such as test = ["a6_*", "b1_03"]'


def read_splits(path: str | Path) -> dict[str, list[str]]:
    """Split name to patterns of document ids (`a6_*`), from a TOML file of `name = ["pattern", ...]` lines.

    Raise CorpusError for a file that is unreadable, no TOML, names no split or gives one anything but a list of strings:
    a split that is silently empty would have its documents trained on.
    """
    try:
        data: dict[str, Any] = tomllib.loads(read_text(Path(path)))
    except tomllib.TOMLDecodeError as error:
        raise CorpusError(f"{path}: no TOML: {error}; {_REMEDY}") from error
    if not data:
        raise CorpusError(f"{path}: names no split; {_REMEDY}")
    splits: dict[str, list[str]] = {}
    for name, patterns in data.items():
        if not isinstance(patterns, list):
            raise CorpusError(f"{path}: {name} = {patterns!r} is no list; {_REMEDY}")
        for at, pattern in enumerate(patterns, 1):
            if not isinstance(pattern, str):
                raise CorpusError(f"{path}: {name}: item {at}, {pattern!r}, is no string; {_REMEDY}")
        splits[name] = patterns
    return splits


def split(documents: Sequence[Document], splits: Mapping[str, Sequence[str]]) -> dict[str, list[Document]]:
    """Documents by split; what no pattern names is `train`. Raise CorpusError when two splits claim a document."""
    result: dict[str, list[Document]] = {name: [] for name in ("train", *splits)}
    for document in documents:
        names = [name for name, patterns in splits.items() if any(fnmatchcase(document.id, p) for p in patterns)]
        if len(names) > 1:
            raise CorpusError(f"{document.id}: in the splits {' and '.join(names)} at once; leave it in one")
        result[names[0] if names else "train"].append(document)
    return result


def unmatched(documents: Sequence[Document], splits: Mapping[str, Sequence[str]], source: str | Path) -> list[Fault]:
    """One fault a split for its patterns that match no document: misspelt, or the documents are part of a corpus only."""
    faults = []
    for name, patterns in splits.items():
        idle = [p for p in patterns if not any(fnmatchcase(d.id, p) for d in documents)]
        if idle:
            shown = ", ".join(idle[:5]) + (f" and {len(idle) - 5} more" if len(idle) > 5 else "")
            faults.append(
                Fault(str(source), 0, f"{name}: no document here matches {shown}; correct or delete what is misspelt")
            )
    return faults


def author(document: Document) -> str:
    """Who wrote a document: its id up to the first underscore (`a1` of `a1_03`)."""
    return document.id.split("_")[0]


def propose(
    documents: Sequence[Document], shares: Mapping[str, float], *, seed: int = 0, whole_authors: bool = False
) -> dict[str, list[str]]:
    """Document ids by split, `train` left out: of every author its share (or, with `whole_authors`, authors as wholes).

    A split gets its share of all documents, rounded, and at least one. Authors whose share of a split is less than one
    document (among them all documents whose ids name no author) are pooled for it. Whole authors meet the shares as
    nearly as their sizes let them.

    Deterministic: the order is that of a hash of seed and id, so a new document never moves the others' order. Raise
    CorpusError when the shares leave nothing to train on, or when there are fewer documents (authors) than splits.
    """
    if any(share < 0 for share in shares.values()) or sum(shares.values()) >= 1:
        raise CorpusError(f"shares {dict(shares)}: each at least 0 and together below 1, so that something is left to train on")

    def order(name: str) -> str:
        return hashlib.sha256(f"{seed}/{name}".encode()).hexdigest()

    authors = {document.id: author(document) for document in documents}
    groups: dict[str, list[str]] = {}
    for name in sorted(authors, key=order):
        groups.setdefault(authors[name], []).append(name)
    wanted = {name: share for name, share in shares.items() if share}
    held, what = (len(groups), "authors (ids up to `_`)") if whole_authors else (len(authors), "documents")
    if held <= len(wanted):
        raise CorpusError(
            f"{held} {what} cannot fill {len(wanted) + 1} splits (train, {', '.join(wanted)}); annotate more, or set a share to 0"
        )
    chosen = (_wholes if whole_authors else _strata)(groups, wanted, order)
    return {name: sorted(chosen.get(name, ())) for name in shares}


def _wholes(
    groups: Mapping[str, Sequence[str]], shares: Mapping[str, float], order: Callable[[str], str]
) -> dict[str, list[str]]:
    """Authors in their order, each taken where it brings the split nearer to its share; one author stays for each other split."""
    left = sorted(groups, key=order)
    total = sum(map(len, groups.values()))
    result: dict[str, list[str]] = {}
    for done, (name, share) in enumerate(shares.items()):
        spare = len(left) - (len(shares) - done)
        taken: list[str] = []
        size = 0
        for one in left:
            gap = size - share * total
            if len(taken) < spare and abs(gap + len(groups[one])) < abs(gap):
                taken.append(one)
                size += len(groups[one])
        # All are much larger than the share.
        taken = taken or [min(left, key=lambda one: len(groups[one]))]
        result[name] = [document for one in taken for document in groups[one]]
        left = [one for one in left if one not in taken]
    return result


def _strata(
    groups: Mapping[str, Sequence[str]], shares: Mapping[str, float], order: Callable[[str], str]
) -> dict[str, list[str]]:
    """Of every author who has a document for it each split's share, of all others together likewise."""
    left = {one: list(names) for one, names in groups.items()}
    seats = _seats(sum(map(len, groups.values())), shares)
    result: dict[str, list[str]] = {}
    for name, share in shares.items():
        large = {one for one, names in groups.items() if share * len(names) >= 1}
        # The order decides who gets one more than another of the same size; the name varies it from split to split.
        ranks = {one: order(f"{name}/{one}") for one in large}
        strata = [(share * len(groups[one]), left[one]) for one in sorted(ranks, key=ranks.__getitem__)]
        pool = sorted((d for one in groups.keys() - large for d in left[one]), key=order)
        strata.append((share * sum(len(groups[one]) for one in groups.keys() - large), pool))
        counts = _apportion(strata, seats[name])
        result[name] = [d for (_, names), count in zip(strata, counts, strict=True) for d in names[:count]]
        taken = set(result[name])
        left = {one: [d for d in names if d not in taken] for one, names in left.items()}
    return result


def _seats(total: int, shares: Mapping[str, float]) -> dict[str, int]:
    """How many documents each split gets, with one at least left over; `total` is more than the number of splits."""
    seats = {name: max(1, round(share * total)) for name, share in shares.items()}
    while sum(seats.values()) >= total:
        seats[max(seats, key=lambda name: seats[name])] -= 1
    return seats


def _apportion(strata: Sequence[tuple[float, Sequence[str]]], seats: int) -> list[int]:
    """Largest remainders: a count for each (quota, members), which differs from the quota by less than 1 where members last."""
    counts = [0] * len(strata)
    for _ in range(seats):
        open_ = [i for i, (_, members) in enumerate(strata) if counts[i] < len(members)]
        counts[max(open_, key=lambda i: strata[i][0] - counts[i])] += 1
    return counts


def format_splits(splits: Mapping[str, Sequence[str]]) -> str:
    """The text of a splits file that names exactly these document ids."""
    lines = ["# Documents by split; what is named nowhere is trained on. Patterns match document ids."]
    for name, ids in splits.items():
        lines.append(f"{name} = [")
        # An id may hold what patterns and TOML strings reserve.
        literal = (re.sub(r"[*?\[]", r"[\g<0>]", one) for one in ids)
        lines += [f"  {json.dumps(one, ensure_ascii=False)},".replace("\x7f", "\\u007f") for one in literal]
        lines.append("]")
    return "\n".join(lines) + "\n"
