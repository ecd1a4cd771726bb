import json
from pathlib import Path

import pytest

from zsie.corpus import attach, detach, load_corpus, parse_ann
from zsie.errors import CorpusError
from zsie.types import Document, Entity

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


@pytest.mark.parametrize("copy", ["as annotated", "unix", "with a mark", "windows"])
@pytest.mark.parametrize("written", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_come_back_exactly(tmp_path: Path, copy: str, written: str, mark: str) -> None:
    (tmp_path / "d1.ann.txt").write_bytes((mark + RAW.replace("\n", written)).encode("utf-8"))
    (document,), faults = load_corpus(tmp_path / "d1.ann.txt")
    assert faults == []
    text = {
        "as annotated": document.text,
        "unix": document.text.replace("\r\n", "\n"),
        "with a mark": "\ufeff" + document.text,
        "windows": document.text.replace("\r\n", "\n").replace("\n", "\r\n"),
    }[copy]
    detach([document], tmp_path / "standoff")
    (tmp_path / "d1.txt").write_bytes(text.encode("utf-8"))
    (back,), faults = attach(tmp_path / "standoff", tmp_path)
    assert faults == []
    assert back == document
    (back,), faults = attach(tmp_path / "standoff", {"d1": text})
    assert (back, faults) == (document, [])


def test_a_text_that_begins_with_a_mark_keeps_it(tmp_path: Path) -> None:
    document = Document("d", "\ufeff县委", (Entity("1", "ORG", 1, 3, "县委"),))
    detach([document], tmp_path / "standoff")
    (tmp_path / "d.txt").write_bytes(document.text.encode("utf-8"))
    assert attach(tmp_path / "standoff", tmp_path) == ([document], [])


def test_ids_stay_in_the_folder_and_texts_are_looked_for_there(tmp_path: Path) -> None:
    documents = [Document("../d", "县委"), Document("2023/报告", "县府"), Document("same", "一"), Document("same", "二")]
    paths = detach(documents, tmp_path / "standoff")
    assert {p.parent for p in paths} == {tmp_path / "standoff"}
    assert len(set(paths)) == 4
    (tmp_path / "texts").mkdir()
    (tmp_path / "d.txt").write_text("县委", encoding="utf-8")
    _, faults = attach(tmp_path / "standoff", tmp_path / "texts")
    assert len(faults) == 4
    for path, document in zip(paths, documents, strict=True):
        (tmp_path / "texts" / f"{path.stem}.txt").write_text(document.text, encoding="utf-8")
    back, faults = attach(tmp_path / "standoff", tmp_path / "texts")
    assert faults == []
    assert sorted((d.id, d.text) for d in back) == sorted((d.id, d.text) for d in documents)


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


@pytest.mark.parametrize(
    ("changed", "told", "kept"),
    [
        ({"relations": [["NEAR", "1", "2"]]}, "d1: NEAR 1 2: unknown relation NEAR", ("12", 0)),
        ({"relations": [["VALUE", "2", "1"]]}, "d1: VALUE 2 1: COUNT -> INDICATOR is not allowed", ("12", 0)),
        ({"relations": [["VALUE", "1", "3"]]}, "d1: VALUE 1 3: no entity has this id", ("12", 0)),
        ({1: ["2", "COUNT", 9, 12, {"status": "lost"}]}, "#2 10-13: attribute status=lost is not allowed on COUNT", ("12", 1)),
        ({1: ["2", "COUNT", 8, 12, {}]}, "#2 9-13: overlaps the span before it", ("1", 0)),
        ({1: ["2", "COUNT", 9, 99, {}]}, "#2 10-100: outside the text (15 characters)", ("1", 0)),
        ({1: ["2", "COUNT", 9, 13, {}]}, "#2 10-14: punctuation or space at a span's edge", ("12", 1)),
        ({1: ["1", "COUNT", 9, 12, {}]}, "#1 10-13: this id is used before", ("1", 0)),
        ({1: ["2", "NUMBER", 9, 12, {}]}, "#2 10-13: unknown label NUMBER", ("1", 0)),
        ({1: ["2", "COUNT", "9", 12, {}]}, "not a zsie-standoff/1 file", None),
    ],
)
def test_what_breaks_a_rule_is_told_as_in_every_other_format(
    tmp_path: Path, changed: dict[object, list[object]], told: str, kept: tuple[str, int] | None
) -> None:
    document, _ = parse_ann(RAW, "d1")
    (path,) = detach([document], tmp_path)
    data = json.loads(path.read_text(encoding="utf-8"))
    for key, value in changed.items():
        (data["entities"] if isinstance(key, int) else data)[key] = value
    path.write_text(json.dumps(data), encoding="utf-8")
    documents, faults = attach(tmp_path, {"d1": document.text})
    assert told in str(faults[0])
    assert [("".join(e.id for e in d.entities), len(d.relations)) for d in documents] == ([] if kept is None else [kept])


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
