"""Proposed splits."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsie.corpus import format_splits, load_parts, propose, read_splits, split, unmatched
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
    # Stratified: every author with a whole document's share has it, and never more than one beyond it.
    for name, share in {"dev": 0.1, "test": 0.2}.items():
        if share * each >= 1:
            counts = Counter(one.split("_")[0] for one in first[name])
            assert len(counts) == authors
            assert set(counts.values()) <= {int(share * each), int(share * each) + 1}


@st.composite
def corpora(draw: st.DrawFn) -> list[Document]:
    """Authors of any size, and documents whose ids name none."""
    sizes = draw(st.lists(st.integers(1, 25), max_size=8))
    ids = [f"a{a}_{n}" for a, size in enumerate(sizes) for n in range(size)]
    ids += [f"报告{n}" for n in range(draw(st.integers(0, 30)))]
    return [Document(one, "文") for one in draw(st.permutations(ids))]


@given(corpora(), st.sampled_from([0.02, 0.1, 0.3]), st.sampled_from([0.05, 0.2, 0.45]), st.integers(0, 3))
def test_every_split_gets_its_share_of_all_documents(documents: list[Document], dev: float, test: float, seed: int) -> None:
    shares = {"dev": dev, "test": test}
    if len(documents) < 3:
        with pytest.raises(CorpusError, match="cannot fill 3 splits"):
            propose(documents, shares, seed=seed)
        return
    chosen = propose(documents, shares, seed=seed)
    held = [one for ids in chosen.values() for one in ids]
    assert len(held) == len(set(held)) < len(documents)
    wanted = {name: max(1, round(share * len(documents))) for name, share in shares.items()}
    assert all(1 <= len(chosen[name]) <= wanted[name] for name in shares)
    if sum(wanted.values()) < len(documents):
        assert {name: len(ids) for name, ids in chosen.items()} == wanted
    assert chosen == propose(documents[::-1], shares, seed=seed)


def test_documents_without_an_author_are_split_too() -> None:
    documents = [Document(f"{n}号报告", "文") for n in range(40)]
    chosen = propose(documents, {"dev": 0.1, "test": 0.2})
    assert {name: len(ids) for name, ids in chosen.items()} == {"dev": 4, "test": 8}
    assert chosen != propose(documents, {"dev": 0.1, "test": 0.2}, seed=1)


def test_authors_of_two_documents_are_pooled() -> None:
    chosen = propose(corpus(30, 2), {"dev": 0.1, "test": 0.2})
    assert {name: len(ids) for name, ids in chosen.items()} == {"dev": 6, "test": 12}


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


def test_an_author_larger_than_the_share_does_not_take_a_split() -> None:
    documents = [*corpus(1, 90), *(Document(f"b{n}_1", "文") for n in range(10))]
    for seed in range(8):
        chosen = propose(documents, {"dev": 0.05, "test": 0.05}, seed=seed, whole_authors=True)
        assert {name: len(ids) for name, ids in chosen.items()} == {"dev": 5, "test": 5}
    with pytest.raises(CorpusError, match=r"2 authors .* cannot fill 3 splits"):
        propose(corpus(2, 9), {"dev": 0.1, "test": 0.1}, whole_authors=True)


def test_a_written_file_reads_back(tmp_path: Path) -> None:
    documents = corpus(3, 6)
    splits = propose(documents, {"dev": 0.2, "test": 0.2})
    path = tmp_path / "splits.toml"
    path.write_text(format_splits(splits), encoding="utf-8")
    assert read_splits(path) == splits
    parts = split(documents, read_splits(path))
    assert [d.id for d in parts["test"]] == splits["test"]


@pytest.mark.parametrize("name", ["报告[1]", "a*b?", 'say "x"', "back\\slash", "# no comment", "\x7f"])
def test_ids_that_patterns_or_toml_reserve_are_written_literally(tmp_path: Path, name: str) -> None:
    documents = [Document(name, "文"), Document("报告1", "文"), Document("aXbX", "文")]
    (tmp_path / "splits.toml").write_text(format_splits({"test": [name]}), encoding="utf-8")
    parts = split(documents, read_splits(tmp_path / "splits.toml"))
    assert [d.id for d in parts["test"]] == [name]


@pytest.mark.parametrize(
    "raw",
    [
        b"test = ['a6_*', \"b1_03\"]\n",
        b'\xef\xbb\xbftest = ["a6_*", "b1_03"]\n',
        b"# kept back\r\ntest = [\r\n  'a6_*', # restated\r\n  'b1_03',\r\n]\r\n",
    ],
)
def test_any_toml_is_read(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "splits.toml").write_bytes(raw)
    assert read_splits(tmp_path / "splits.toml") == {"test": ["a6_*", "b1_03"]}


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"test: a6_*\n", "line 1"),
        (b'dev = ["a"]\ntest = ["a6_*"\n', "no TOML"),
        (b'test = ["a"]\ntest = ["b"]\n', "line 2"),
        (b'test = "a6_*"\n', "test = 'a6_*' is no list"),
        (b'dev = ["a"]\ntest = ["b", 3]\n', "test: item 2, 3, is no string"),
        (b'[test]\nids = ["a"]\n', "is no list"),
        (b"# nothing\n", "names no split"),
        (b"", "names no split"),
        (b"\xff\xfet\x00", "not UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_a_faulty_file_is_an_error_with_file_place_and_remedy(tmp_path: Path, raw: bytes | None, place: str) -> None:
    path = tmp_path / "splits.toml"
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(CorpusError) as caught:
        read_splits(path)
    assert str(path) in str(caught.value)
    assert place in str(caught.value)
    assert ";" in str(caught.value)


def test_patterns_without_a_document_are_told() -> None:
    documents = corpus(2, 3)
    splits = {"dev": ["a0_01"], "test": ["a1_*", "a6_*", "a1-02"]}
    (fault,) = unmatched(documents, splits, "splits.toml")
    assert str(fault) == "splits.toml: test: no document here matches a6_*, a1-02; correct or delete what is misspelt"
    assert unmatched(documents, {"test": ["a1_*"]}, "splits.toml") == []


def test_a_document_of_two_splits_is_an_error() -> None:
    with pytest.raises(CorpusError, match="a1_02: in the splits dev and test at once"):
        split(corpus(2, 3), {"dev": ["a1_*"], "test": ["a?_02"]})


def test_python_310_has_a_toml_reader_too() -> None:
    """What `import tomllib` is on 3.11 must come with the package before."""
    tomllib = pytest.importorskip("tomllib" if sys.version_info >= (3, 11) else "tomli")
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(re.fullmatch(r'tomli\S*; python_version < "3\.11"', one) for one in project["dependencies"])


def test_impossible_shares_are_refused() -> None:
    with pytest.raises(CorpusError, match="left to train on"):
        propose(corpus(2, 4), {"dev": 0.5, "test": 0.5})


def test_a_corpus_by_its_parts(tmp_path: Path) -> None:
    for name in ("a1_01", "a1_02", "b1_01"):
        (tmp_path / f"{name}.ann.txt").write_text("⟦某县|LOCATION#1⟧招商。\n---\n", encoding="utf-8")
    splits = tmp_path / "splits.toml"
    splits.write_text('test = ["a1_*", "c1_*"]\ndev = []\n', encoding="utf-8")
    parts, faults = load_parts(tmp_path, splits=splits)
    ids = {name: [d.id for d in own] for name, own in parts.items()}
    assert ids == {"train": ["b1_01"], "test": ["a1_01", "a1_02"], "dev": []}
    assert [fault.source for fault in faults] == [str(splits)]
    assert "c1_*" in faults[0].message
    splits.write_text('test = ["a1_*"]\ndev = ["*_01"]\n', encoding="utf-8")
    with pytest.raises(CorpusError, match="a1_01: in the splits test and dev at once"):
        load_parts(tmp_path, splits=splits)
