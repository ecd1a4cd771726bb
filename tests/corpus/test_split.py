"""Proposed splits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsie.corpus import format_splits, propose, read_splits, split
from zsie.errors import CorpusError
from zsie.types import Document


def corpus(authors: int, each: int) -> list[Document]:
    return [Document(f"a{a}_{n:02d}", "文") for a in range(authors) for n in range(each)]


@given(st.integers(1, 6), st.integers(3, 12), st.integers(0, 5))
def test_splits_are_disjoint_repeat_themselves_and_leave_something_to_train_on(authors: int, each: int, seed: int) -> None:
    documents = corpus(authors, each)
    first = propose(documents, {"dev": 0.1, "test": 0.2}, seed=seed)
    assert first == propose(list(reversed(documents)), {"dev": 0.1, "test": 0.2}, seed=seed)
    held = [one for ids in first.values() for one in ids]
    assert len(held) == len(set(held)) < len(documents)
    # Stratified: every author has documents in each split.
    assert all({one.split("_")[0] for one in ids} == {d.id.split("_")[0] for d in documents} for ids in first.values())


def test_a_new_document_does_not_reorder_the_others() -> None:
    documents = corpus(2, 10)
    before = propose(documents, {"test": 0.2})["test"]
    after = propose([*documents, Document("a0_99", "文")], {"test": 0.2})["test"]
    assert len(set(before) & set(after)) >= len(before) - 1


def test_whole_authors_stay_together() -> None:
    documents = corpus(8, 4)
    chosen = propose(documents, {"test": 0.25}, whole_authors=True)["test"]
    assert len(chosen) == 8
    assert len({one.split("_")[0] for one in chosen}) == 2


def test_a_written_file_reads_back(tmp_path: Path) -> None:
    documents = corpus(3, 6)
    splits = propose(documents, {"dev": 0.2, "test": 0.2})
    path = tmp_path / "splits.toml"
    path.write_text(format_splits(splits), encoding="utf-8")
    assert read_splits(path) == splits
    parts = split(documents, read_splits(path))
    assert [d.id for d in parts["test"]] == splits["test"]


def test_impossible_shares_are_refused() -> None:
    with pytest.raises(CorpusError, match="left to train on"):
        propose(corpus(2, 4), {"dev": 0.5, "test": 0.5})
