"""Label Studio, JSON export: spans as `labels` regions, attributes as per-region `choices`, links as `relation` results.

Label Studio counts in the browser, so in UTF-16 code units; it writes the surface beside the offsets.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zsie.corpus.annfile import Fault
from zsie.corpus.marks import Mark, document_of
from zsie.corpus.reading import read_text
from zsie.errors import CorpusError
from zsie.schema import DEFAULT, Schema
from zsie.types import Document


def is_export(path: Path) -> bool:
    """Whether a `.json` file begins as an export does: a list of tasks."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.read(64).lstrip().startswith("[")
    except (OSError, UnicodeDecodeError):
        return False


def read(path: Path, *, schema: Schema = DEFAULT, units: str = "auto") -> tuple[list[Document], list[Fault]]:
    """Read all tasks; of several annotations of a task the first that was not cancelled counts."""
    try:
        tasks = json.loads(read_text(path))
    except ValueError as error:
        raise CorpusError(f"{path}: no JSON ({error}); export the project again as JSON") from error
    if not isinstance(tasks, list):
        raise CorpusError(f"{path}: not a list of tasks; export the project as JSON (not JSON-MIN)")
    documents: list[Document] = []
    faults: list[Fault] = []
    for number, task in enumerate(tasks, 1):
        try:
            document, found = _task(task, number, str(path), schema, units)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            faults.append(Fault(str(path), 0, f"task {number}: not a task of a JSON export ({error!r})"))
            continue
        documents.append(document)
        faults += found
    return documents, faults


def _task(task: dict[str, Any], number: int, source: str, schema: Schema, units: str) -> tuple[Document, list[Fault]]:
    data = task["data"]
    text = data["text"] if "text" in data else next(v for v in data.values() if isinstance(v, str))
    name = str(data.get("id") or data.get("name") or task.get("id") or number)
    annotations = [a for a in task.get("annotations", ()) if not a.get("was_cancelled")]
    results: list[dict[str, Any]] = annotations[0]["result"] if annotations else []
    attributes: dict[str, dict[str, str]] = {}
    for result in results:
        if result["type"] == "choices" and "id" in result:
            attributes.setdefault(result["id"], {})[result["from_name"]] = result["value"]["choices"][0]
    marks = []
    links = []
    for result in results:
        if result["type"] == "labels":
            value = result["value"]
            given = attributes.get(result["id"], {})
            marks.append(Mark(result["id"], value["labels"][0], value["start"], value["end"], value.get("text"), given))
        elif result["type"] == "relation":
            head, tail = result["from_id"], result["to_id"]
            if result.get("direction") == "left":
                head, tail = tail, head
            links += [(kind, head, tail) for kind in result.get("labels") or ["(unnamed)"]]
    if units == "auto" and not any(mark.text for mark in marks):
        units = "utf16"
    return document_of(name, text, marks, links, source=source, schema=schema, units=units)


def write(documents: Sequence[Document], path: Path) -> None:
    """Write tasks that Label Studio imports (with the labelling config that `labelling_config` gives)."""
    path.write_text(json.dumps([_export(d) for d in documents], ensure_ascii=False, indent=1), encoding="utf-8")


def _export(document: Document) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    for entity in document.entities:
        place = {
            "start": _utf16(document.text[: entity.start]),
            "end": _utf16(document.text[: entity.end]),
            "text": entity.text,
        }
        base = {"id": entity.id, "to_name": "text"}
        results.append({**base, "from_name": "label", "type": "labels", "value": {**place, "labels": [entity.label]}})
        results += [
            {**base, "from_name": name, "type": "choices", "value": {**place, "choices": [value]}}
            for name, value in entity.attributes.items()
        ]
    for relation in document.relations:
        ends = {"from_id": relation.head.id, "to_id": relation.tail.id}
        results.append({"type": "relation", **ends, "direction": "right", "labels": [relation.type]})
    return {"data": {"id": document.id, "text": document.text}, "annotations": [{"result": results}]}


def _utf16(text: str) -> int:
    return len(text) + sum(ord(char) > 0xFFFF for char in text)


def labelling_config(schema: Schema = DEFAULT) -> str:
    """The labelling config (XML) to paste into a Label Studio project: labels, relations, attributes."""
    labels = "".join(f'<Label value="{label}"/>' for label in schema.labels)
    relations = "".join(f'<Relation value="{name}"/>' for name in schema.relations)
    choices = "".join(
        f'<Choices name="{a.name}" toName="text" perRegion="true" whenTagName="label" whenLabelValue="{",".join(sorted(a.labels))}">'
        + "".join(f'<Choice value="{value}"/>' for value in a.values)
        + "</Choices>"
        for a in schema.attributes.values()
    )
    return (
        f'<View><Labels name="label" toName="text">{labels}</Labels><Relations>{relations}</Relations>'
        f'<Text name="text" value="$text" granularity="symbol"/>{choices}</View>'
    )
