"""doccano, JSONL export of sequence labelling (`label`) and of relation projects (`entities`, `relations`).

doccano knows no attributes: they ride in the label, `AMOUNT[status=target]`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zsie.corpus.annfile import Fault
from zsie.corpus.marks import Mark, document_of, join_label, split_label
from zsie.corpus.reading import json_lines, read_text
from zsie.schema import DEFAULT, Schema
from zsie.types import Document


def read(path: Path, *, schema: Schema = DEFAULT, units: str = "auto") -> tuple[list[Document], list[Fault]]:
    """Read a file; a broken line becomes a fault."""
    documents: list[Document] = []
    faults: list[Fault] = []
    for number, data in json_lines(read_text(path), str(path), faults):
        try:
            text = data["text"] if "text" in data else data["data"]
            name = str(data.get("name") or data.get("id") or f"{path.stem}-{number}")
            marks = list(_marks(data))
            links = [(r["type"], str(r["from_id"]), str(r["to_id"])) for r in data.get("relations", ())]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            faults.append(
                Fault(str(path), number, f"not a line of a doccano export ({error!r}); it needs text and label or entities")
            )
            continue
        document, found = document_of(name, text, marks, links, source=str(path), line=number, schema=schema, units=units)
        documents.append(document)
        faults += found
    return documents, faults


def _marks(data: dict[str, Any]) -> list[Mark]:
    if "entities" in data:
        return [Mark(str(e["id"]), *_label(e["label"], e["start_offset"], e["end_offset"])) for e in data["entities"]]
    spans = data.get("label", data.get("labels", ()))
    return [Mark(str(n), *_label(label, start, end)) for n, (start, end, label) in enumerate(spans, 1)]


def _label(label: str, start: int, end: int) -> tuple[str, int, int, None, dict[str, str]]:
    name, attributes = split_label(label)
    return name, start, end, None, attributes


def write(documents: Sequence[Document], path: Path) -> None:
    """Write lines that a doccano project with relations imports; ids become integers, as doccano wants them."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number, document in enumerate(documents, 1):
            ids = {e.id: n for n, e in enumerate(document.entities, 1)}
            data = {
                "id": number,
                "name": document.id,
                "text": document.text,
                "entities": [
                    {"id": ids[e.id], "label": join_label(e), "start_offset": e.start, "end_offset": e.end}
                    for e in document.entities
                ],
                "relations": [
                    {"id": n, "from_id": ids[r.head.id], "to_id": ids[r.tail.id], "type": r.type}
                    for n, r in enumerate(document.relations, 1)
                ],
                "Comments": [],
            }
            file.write(json.dumps(data, ensure_ascii=False) + "\n")
