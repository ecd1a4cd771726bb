from pathlib import Path

import pytest

from zsie.corpus import attach, detach, load_corpus, parse_ann
from zsie.errors import CorpusError

ROOT = Path(__file__).parents[2]
RAW = "\n前言😀。\n⟦引进项目|INDICATOR#1⟧⟦30个|COUNT#2 status=target⟧。\n\n---\nVALUE 1 2\n"


def test_there_and_back(tmp_path: Path) -> None:
    document, _ = parse_ann(RAW, "d1")
    (path,) = detach([document], tmp_path / "standoff")
    assert "引进" not in path.read_text(encoding="utf-8")
    (tmp_path / "d1.txt").write_text(document.text.strip("\n") + "\n", encoding="utf-8")
    (back,), faults = attach(tmp_path / "standoff", tmp_path)
    assert faults == []
    assert [(e.id, e.label, e.text, dict(e.attributes)) for e in back.entities] == [
        (e.id, e.label, e.text, dict(e.attributes)) for e in document.entities
    ]
    assert all(back.text[e.start : e.end] == e.text for e in back.entities)
    assert [(r.type, r.head.id, r.tail.id) for r in back.relations] == [("VALUE", "1", "2")]


def test_another_or_missing_text_is_told(tmp_path: Path) -> None:
    document, _ = parse_ann(RAW, "d1")
    detach([document], tmp_path / "standoff")
    _, faults = attach(tmp_path / "standoff", tmp_path)
    assert "put the text of d1 there" in faults[0].message
    (tmp_path / "d1.txt").write_text("别的文字", encoding="utf-8")
    _, faults = attach(tmp_path / "standoff", tmp_path)
    assert "differs from the text that was annotated" in faults[0].message
    with pytest.raises(CorpusError, match="no stand-off files"):
        attach(tmp_path, tmp_path)


def test_the_standoff_of_the_real_summaries_fits_them(summaries: Path) -> None:
    documents, faults = attach(ROOT / "corpus" / "summaries", summaries)
    gold, _ = load_corpus(summaries)
    assert faults == []
    assert [[(e.label, e.text) for e in d.entities] for d in documents] == [
        [(e.label, e.text) for e in d.entities] for d in gold
    ]


def test_no_text_of_the_summaries_is_in_the_project(summaries: Path) -> None:
    held = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "corpus" / "summaries").glob("*.json"))
    assert not [c for c in held if "\u4e00" <= c <= "\u9fff"]
