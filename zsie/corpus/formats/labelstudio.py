"""Label Studio, JSON export: spans as `labels` regions, attributes as per-region `choices`, links as `relation` results.

`hypertextlabels` regions are read like `labels` where the task's text is plain; in an HTML page offsets count what the page
shows, so such a task becomes a fault. By release Label Studio counts in UTF-16 code units (as we write it) or in code points;
the surface that it writes beside the offsets tells, where the project does not leave it out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zsie.corpus.annfile import Fault
from zsie.corpus.counting import Draft, Mark
from zsie.corpus.marks import documents_of
from zsie.corpus.reading import read_text, write_text
from zsie.errors import CorpusError
from zsie.schema import DEFAULT, Schema
from zsie.types import Document

_SPANS = ("labels", "hypertextlabels")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--|<!DOCTYPE", re.IGNORECASE)
_LINK = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|/data/)\S*")


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
    drafts: list[Draft] = []
    faults: list[Fault] = []
    unread: dict[str, list[int]] = {}
    for number, task in enumerate(tasks, 1):
        problems: list[str] = []
        try:
            drafts.append(_task(task, number, problems, unread))
        except CorpusError as error:
            problems.append(str(error))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            problems.append(f"not a task of a JSON export ({error!r}); export the project again as JSON")
        faults += [Fault(str(path), 0, f"task {number}: {problem}") for problem in problems]
    for kind, places in unread.items():
        what = f"{len(places)} results of type {kind} are not read (the first in task {places[0]})"
        faults.append(Fault(str(path), 0, f"{what}; mark spans of text with Labels"))
    documents, found = documents_of(drafts, source=str(path), schema=schema, units=units)
    return documents, faults + found


def _task(task: dict[str, Any], number: int, problems: list[str], unread: dict[str, list[int]]) -> Draft:
    """A task without its broken regions, which go to `problems`; `unread` collects span types that we do not know."""
    data = task["data"]
    text = _text(data)
    name = str(data.get("id") or data.get("name") or task.get("id") or number)
    # Releases before 1.0 say completions.
    annotations = [a for a in task.get("annotations") or task.get("completions") or () if not a.get("was_cancelled")]
    results: list[dict[str, Any]] = annotations[0]["result"] if annotations else []
    attributes: dict[str, dict[str, str]] = {}
    for result in results:
        if result["type"] == "choices" and "id" in result:
            attributes.setdefault(result["id"], {})[result["from_name"]] = result["value"]["choices"][0]
    marks: list[Mark] = []
    links: list[tuple[str, str, str]] = []
    for result in results:
        kind = result["type"]
        if kind in _SPANS:
            if kind == "hypertextlabels" and _TAG.search(text):
                raise CorpusError(
                    "its text is HTML, where offsets count what the page shows; label the plain text, in a Text tag"
                )
            try:
                marks.append(_mark(result, attributes.get(result["id"], {}), problems))
            except CorpusError as error:
                problems.append(f"#{result['id']}: {error}")
        elif kind == "relation":
            head, tail = str(result["from_id"]), str(result["to_id"])
            if result.get("direction") == "left":
                head, tail = tail, head
            links += [(label, head, tail) for label in result.get("labels") or ["(unnamed)"]]
        elif kind.endswith("labels"):
            unread.setdefault(kind, []).append(number)
    return Draft(name, text, marks, links)


def _text(data: dict[str, Any]) -> str:
    """A task's text: `text`, else the longest string that is neither its name nor a link."""
    given = {key: value for key, value in data.items() if isinstance(value, str) and not _LINK.fullmatch(value)}
    if "text" in given:
        return given["text"]
    texts = [value for key, value in given.items() if key not in ("id", "name")]
    if not texts:
        fields = ", ".join(data) or "none"
        raise CorpusError(f"no text among its data (fields: {fields}); put the text itself, not a link to it, into data.text")
    return max(texts, key=len)


def _mark(result: dict[str, Any], attributes: dict[str, str], problems: list[str]) -> Mark:
    value = result["value"]
    labels = value.get(result["type"]) or []
    if not labels:
        raise CorpusError("a region without a label; label or delete it")
    if len(labels) > 1:
        problems.append(
            f"#{result['id']}: {len(labels)} labels on one span ({', '.join(labels)}), the first is taken; keep one"
        )
    start, end = value["start"], value["end"]
    if isinstance(start, str) and not start.isdecimal():
        # A path into the page (`/div[1]/p[2]/text()[1]`); the offsets in the whole page stand beside it in newer releases.
        if "globalOffsets" not in value:
            raise CorpusError(
                "its place is a path in a page; label the plain text, in a Text tag, or export with globalOffsets"
            )
        start, end = value["globalOffsets"]["start"], value["globalOffsets"]["end"]
    return Mark(str(result["id"]), labels[0], int(start), int(end), value.get("text"), attributes)


def write(documents: Sequence[Document], path: Path) -> None:
    """Write tasks that Label Studio imports (with the labelling config that `labelling_config` gives)."""
    write_text(path, json.dumps([_export(d) for d in documents], ensure_ascii=False, indent=1))


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
