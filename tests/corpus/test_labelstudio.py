"""What Label Studio projects of other kinds export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zsie.corpus import Fault, load_corpus
from zsie.types import Document


def region(kind: str, start: Any, end: Any, *labels: str, **value: Any) -> dict[str, Any]:
    return {"id": f"r{end}", "type": kind, "value": {"start": start, "end": end, kind: list(labels), **value}}


def read(tmp_path: Path, *tasks: dict[str, Any] | list[Any]) -> tuple[list[Document], list[Fault]]:
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    return load_corpus(path)


def task(text: str, *results: dict[str, Any], field: str = "text", key: str = "annotations") -> dict[str, Any]:
    return {"id": 5, "data": {field: text}, key: [{"result": list(results)}]}


def test_hypertext_labels_on_plain_text_are_read_like_labels(tmp_path: Path) -> None:
    path = {"startOffset": 2, "endOffset": 6, "globalOffsets": {"start": 2, "end": 6}, "text": "县招商局"}
    one = region("hypertextlabels", "/div[1]/text()[1]", "/div[1]/text()[1]", "ORG", **path)
    two = region("hypertextlabels", 8, 10, "COUNT", text="3个")
    status = {"id": "r10", "type": "choices", "from_name": "status", "value": {"choices": ["target"]}}
    (document,), faults = read(tmp_path, task("今年县招商局引进3个", one, two, status, field="html"))
    assert faults == []
    assert [(e.label, e.text) for e in document.entities] == [("ORG", "县招商局"), ("COUNT", "3个")]
    assert document.entities[1].status == "target"


def test_a_place_that_is_a_path_alone_is_told(tmp_path: Path) -> None:
    lost = region("hypertextlabels", "/text()[1]", "/text()[1]", "ORG", startOffset=0, endOffset=2)
    kept = region("hypertextlabels", 2, 4, "ORG", text="县府")
    (document,), (fault,) = read(tmp_path, task("县委县府", lost, kept))
    assert [e.text for e in document.entities] == ["县府"]
    assert "task 1: #r/text()[1]: its place is a path" in fault.message
    assert "Text tag" in fault.message


def test_a_web_page_is_told(tmp_path: Path) -> None:
    page = task("<p>县委</p>", region("hypertextlabels", 0, 2, "ORG"))
    (document,), (fault,) = read(tmp_path, page, task("县委"))
    assert document.text == "县委"
    assert "task 1: its text is HTML" in fault.message


def test_a_task_without_text_is_told_with_its_number_and_does_not_stop_the_others(tmp_path: Path) -> None:
    image = {"id": 1, "data": {"id": "p1", "image": "https://example.org/1.png", "size": 3}, "annotations": []}
    link = {"id": 2, "data": {"text": "s3://bucket/report.txt"}}
    documents, faults = read(tmp_path, image, task("县委来电"), {"data": {}}, link, {"data": {"text": None}}, [1])
    assert [d.text for d in documents] == ["县委来电"]
    assert [f.message.partition(":")[0] for f in faults] == ["task 1", "task 3", "task 4", "task 5", "task 6"]
    assert "no text among its data (fields: id, image, size); put the text itself" in faults[0].message
    assert "(fields: none)" in faults[1].message


def test_the_text_is_not_the_name(tmp_path: Path) -> None:
    data = {"id": "d1", "title": "总结", "body": "县委来电,引进项目3个"}
    (document,), faults = read(tmp_path, {"data": data, "annotations": []})
    assert (document.id, document.text, faults) == ("d1", "县委来电,引进项目3个", [])


def test_spans_of_other_kinds_and_of_many_labels_do_not_vanish(tmp_path: Path) -> None:
    many, none = region("labels", 0, 2, "ORG", "PERSON", text="县委"), region("labels", 2, 3)
    other = region("paragraphlabels", 0, 1, "ORG")
    (document, _), faults = read(tmp_path, task("县委来电", many, none, other), task("县委", other))
    assert [e.label for e in document.entities] == ["ORG"]
    told = [f.message for f in faults]
    assert told[0] == "task 1: #r2: 2 labels on one span (ORG, PERSON), the first is taken; keep one"
    assert "#r3: a region without a label" in told[1]
    assert "2 results of type paragraphlabels are not read (the first in task 1)" in told[2]


@pytest.mark.parametrize("key", ["annotations", "completions"])
def test_old_releases_name_annotations_otherwise(tmp_path: Path, key: str) -> None:
    (document,), faults = read(tmp_path, task("县委来电", region("labels", 0, 2, "ORG", text="县委"), key=key))
    assert ([e.text for e in document.entities], faults) == (["县委"], [])
