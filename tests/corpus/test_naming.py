"""File names of documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsie.corpus import load_corpus, write_files
from zsie.corpus.naming import LONGEST, file_stem, file_stems, id_of
from zsie.types import Document, Entity

NASTY = [
    "../x",
    "..",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "a:b",
    "CON",
    "nul.x",
    ".hidden",
    "end. ",
    "a%2Fb",
    "100%",
    "%%41",
    "x.ann",
]
NASTY += ["2023年/总结", "tab\tnew\nline", "A1", "a1", "~", "d~2", "d", 'q"*?<>|']


@pytest.mark.parametrize("name", ["a1_03", "清湄市-2021年工作总结", "增长50%", "x.y (1)", "d~2"])
def test_an_ordinary_id_is_its_own_file_name(name: str) -> None:
    assert file_stem(name) == name
    assert id_of(name) == name


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_name_is_safe_and_reads_back(name: str) -> None:
    stem = file_stem(name)
    assert stem
    assert Path(stem).name == stem
    assert not set(stem) & set('/\\:*?"<>|\0\n')
    assert len(stem.encode("utf-8")) <= LONGEST + 12
    if name and "~" not in stem:
        assert id_of(stem) == name


@given(st.lists(st.one_of(st.text("aAbB%/~2.", max_size=4), st.sampled_from(NASTY)), max_size=12))
def test_names_are_unique_even_where_case_is_ignored_and_distinct_ids_read_back(names: list[str]) -> None:
    stems = file_stems(names)
    assert len({stem.casefold() for stem in stems}) == len(names)
    assert stems == file_stems(names)
    if len(set(names)) == len(names) and "" not in names:
        assert [id_of(stem) for stem in stems] == names


@pytest.mark.parametrize("format", ["ann", "brat"])
def test_ids_of_any_kind_survive_a_folder(tmp_path: Path, format: str) -> None:
    documents = [Document(name, f"县委{n}", (Entity("1", "ORG", 0, 2, "县委"),)) for n, name in enumerate(NASTY)]
    target = tmp_path / "in" / "folder"
    write_files(documents, target, format=format)
    assert {p.parent for p in tmp_path.rglob("*") if p.is_file()} == {target}
    back, faults = load_corpus(target)
    assert faults == []
    assert {d.id: d.text for d in back} == {d.id: d.text for d in documents}


@pytest.mark.parametrize("format", ["ann", "brat"])
def test_documents_of_one_id_and_of_very_long_ids_are_all_written(tmp_path: Path, format: str) -> None:
    long = "关于" * 150
    documents = [Document(name, str(n)) for n, name in enumerate(["d", "d", "d~2", long + "一", long + "二", ""])]
    write_files(documents, tmp_path, format=format)
    back, _ = load_corpus(tmp_path)
    assert sorted(d.text for d in back) == list("012345")
    assert {d.text: d.id for d in back}["2"] == "d~2"
