"""Which files a run reads, and in which order."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsie.batch import Item, find
from zsie.batch.inputs import chunks


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.txt", "子/丙.txt", "子/~$丙.docx", ".git/x.txt", "Thumbs.db", "out/reports.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("招商", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("乙.txt", "x")
        archive.writestr("甲/一.txt", "x")
    return tmp_path


def names(folder: Path, items: tuple[Item, ...]) -> list[str]:
    return [item.name.removeprefix(f"{folder}/") for item in items]


def test_a_folder_is_walked_in_order_without_litter_and_results(folder: Path) -> None:
    found = find([folder], without=folder / "out")
    assert names(folder, found.items) == ["a.txt", "b.txt", "c.zip/乙.txt", "c.zip/甲/一.txt", "子/丙.txt"]
    assert not found.faults
    assert find([folder], without=folder / "子" / ".." / "out").items == found.items
    assert names(folder, find([folder], recursive=False).items)[-1] == "c.zip/甲/一.txt"


def test_arguments_keep_their_order_and_each_file_is_read_once(folder: Path) -> None:
    found = find([folder / "b.txt", folder, "-"], stdin=b"x", without=folder / "out")
    assert names(folder, found.items) == ["b.txt", "a.txt", "c.zip/乙.txt", "c.zip/甲/一.txt", "子/丙.txt", "stdin"]


def test_patterns(folder: Path) -> None:
    found = find([str(folder / "**" / "*.txt"), str(folder / "*.pdf")], without=folder / "out")
    assert names(folder, found.items) == ["a.txt", "b.txt", "子/丙.txt"]
    # What the pattern itself names is wanted, wherever results go.
    inside = find([str(folder / "out" / "*.txt")], without=folder / "out")
    assert names(folder, inside.items) == ["out/reports.txt"]
    assert names(folder, find([str(folder / "子" / "*.txt")], without=folder).items) == ["子/丙.txt"]
    assert [fault.reason for fault in found.faults] == ["no file matches the pattern"]


def test_a_file_whose_name_looks_like_a_pattern(tmp_path: Path) -> None:
    path = tmp_path / "总结[1].txt"
    path.write_text("招商", encoding="utf-8")
    assert names(tmp_path, find([str(path)]).items) == ["总结[1].txt"]


def test_since(folder: Path) -> None:
    os.utime(folder / "a.txt", (0, dt.datetime(2020, 1, 1).timestamp()))
    found = find([folder / "a.txt", folder / "b.txt"], since=dt.datetime(2021, 1, 1))
    assert names(folder, found.items) == ["b.txt"]


def test_what_cannot_be_listed_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04")
    found = find([tmp_path / "empty", tmp_path / "bad.zip", tmp_path / "none.txt"])
    assert not found.items
    assert [fault.reason for fault in found.faults] == [
        "the folder holds no files",
        "the zip archive is damaged",
        "there is no such file",
    ]
    assert all(fault.remedy for fault in found.faults)


@given(st.lists(st.integers(0, 300_000), max_size=60))
def test_chunks_keep_every_item_in_order_and_are_bounded(sizes: list[int]) -> None:
    items = [Item(str(i), str(i), size, "") for i, size in enumerate(sizes)]
    pieces = chunks(items, files=5, size=400_000)
    assert [item for piece in pieces for item in piece] == items
    assert all(len(piece) <= 5 for piece in pieces)
    assert all(len(piece) == 1 or sum(item.size for item in piece) <= 400_000 for piece in pieces)
