"""Which way of counting characters a file's offsets were made in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zsie.corpus import load_corpus
from zsie.types import Document

# Under both ways of counting every span lies in the text and has decent edges: only its meaning tells.
TEXT = "😀今年县招商局引进项目五个，到位资金增加"
SPANS = {"ORG": "县招商局", "INDICATOR": "引进项目", "COUNT": "五个"}


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def offsets(text: str, surface: str, units: str) -> tuple[int, int]:
    start = text.index(surface)
    if units == "utf16":
        return utf16(text[:start]), utf16(text[: start + len(surface)])
    return start, start + len(surface)


def line(text: str, units: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "label": [[*offsets(text, s, units), label] for label, s in SPANS.items() if s in text], **more}


def lines(path: Path, *data: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in data), encoding="utf-8")
    return path


def surfaces(document: Document) -> dict[str, str]:
    return {e.label: e.text for e in document.entities}


@pytest.mark.parametrize("counted", ["utf16", "codepoint"])
def test_doccano_offsets_that_nothing_explains_are_asked_for(tmp_path: Path, counted: str) -> None:
    path = lines(tmp_path / "all.jsonl", line("县招商局来电", counted, id=1), line(TEXT, counted, id=2))
    documents, faults = load_corpus(path)
    # Never guessed: the document whose places depend on the answer is left out, the other one is sure.
    assert [d.id for d in documents] == ["1"]
    assert surfaces(documents[0]) == {"ORG": "县招商局"}
    (fault,) = faults
    assert (fault.source, fault.line) == (str(path), 2)
    assert "--units" in fault.message
    assert "1 of 2 documents (the first: 2)" in fault.message
    documents, faults = load_corpus(path, units=counted)
    assert faults == []
    assert surfaces(documents[1]) == SPANS


@pytest.mark.parametrize("counted", ["utf16", "codepoint"])
def test_one_span_that_only_one_way_explains_decides_for_the_whole_file(tmp_path: Path, counted: str) -> None:
    # Counted in UTF-16 the last span ends outside the text if read as code points; counted in code points it ends
    # inside a character if read as UTF-16.
    telling = "🎉🎉县招商局" if counted == "utf16" else "a🎉县招商局"
    path = lines(tmp_path / "all.jsonl", line(TEXT, counted, id=1), line(telling, counted, id=2))
    documents, faults = load_corpus(path)
    assert faults == []
    assert [surfaces(d) for d in documents] == [SPANS, {"ORG": "县招商局"}]


@pytest.mark.parametrize("counted", ["utf16", "codepoint"])
def test_surfaces_decide_for_spans_without_one(tmp_path: Path, counted: str) -> None:
    start, end = offsets(TEXT, "五个", counted)
    given = {"id": 1, "label": "COUNT", "start_offset": start, "end_offset": end, "text": "五个"}
    path = lines(tmp_path / "all.jsonl", {"id": 1, "text": TEXT, "entities": [given]}, line(TEXT, counted, id=2))
    documents, faults = load_corpus(path)
    assert faults == []
    assert surfaces(documents[1]) == SPANS


def test_carriage_returns_are_asked_for_too(tmp_path: Path) -> None:
    text = "今年上半年\r\n县招商局引进项目"
    path = lines(tmp_path / "all.jsonl", {"id": 1, "text": text, "label": [[6, 10, "ORG"]]})
    documents, (fault,) = load_corpus(path)
    assert documents == []
    assert "codepoint-lf" in fault.message
    (document,), faults = load_corpus(path, units="codepoint-lf")
    assert (surfaces(document), faults) == ({"ORG": "县招商局"}, [])


def test_spans_before_the_first_such_character_are_sure(tmp_path: Path) -> None:
    path = lines(tmp_path / "all.jsonl", line("县招商局来电😀，甲乙丙丁", "utf16", id=1))
    (document,), faults = load_corpus(path)
    assert (surfaces(document), faults) == ({"ORG": "县招商局"}, [])


def test_our_own_lines_count_code_points_without_surfaces(tmp_path: Path) -> None:
    entities = [
        {"id": str(n), "label": label, "start": TEXT.index(s), "end": TEXT.index(s) + len(s)}
        for n, (label, s) in enumerate(SPANS.items())
    ]
    path = lines(tmp_path / "own.jsonl", {"id": "a", "text": TEXT, "entities": entities, "relations": []})
    (document,), faults = load_corpus(path)
    assert (surfaces(document), faults) == (SPANS, [])


def test_label_studio_without_surfaces_is_asked_for(tmp_path: Path) -> None:
    """`saveTextResult="no"`; releases differ in their way of counting."""
    start, end = offsets(TEXT, "县招商局", "utf16")
    value = {"start": start, "end": end, "labels": ["ORG"]}
    task = {"id": 4, "data": {"text": TEXT}, "annotations": [{"result": [{"id": "a", "type": "labels", "value": value}]}]}
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([task]), encoding="utf-8")
    documents, (fault,) = load_corpus(path)
    assert documents == []
    assert "--units" in fault.message
    (document,), faults = load_corpus(path, units="utf16")
    assert (surfaces(document), faults) == ({"ORG": "县招商局"}, [])


@pytest.mark.parametrize("bad", [[["0", 4, "ORG"]], [[0.5, 4, "ORG"]], [[None, 4, "ORG"]]])
def test_offsets_that_are_no_numbers_break_their_line_only(tmp_path: Path, bad: list[list[Any]]) -> None:
    path = lines(tmp_path / "all.jsonl", {"id": 1, "text": "县招商局", "label": bad}, {"id": 2, "text": 7, "label": []})
    documents, faults = load_corpus(path)
    assert (documents, [f.line for f in faults]) == ([], [1, 2])
