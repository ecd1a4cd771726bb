"""doccano, JSONL export of sequence labelling (`label`) and of relation projects (`entities`, `relations`).

doccano knows no attributes: they ride in the label, `AMOUNT[status=target]`. Nor does it tell the surfaces of its spans, and
it counts as a browser does (UTF-16) or in code points, by release and project: where that matters `--units` must say it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from zsie.corpus.annfile import Fault
from zsie.corpus.counting import Draft, Mark
from zsie.corpus.marks import documents_of, join_label, split_label
from zsie.corpus.reading import json_lines, read_text
from zsie.schema import DEFAULT, Schema
from zsie.types import Document


def read(path: Path, *, schema: Schema = DEFAULT, units: str = "auto") -> tuple[list[Document], list[Fault]]:
    """Read a file; a broken line becomes a fault."""
    drafts: list[Draft] = []
    faults: list[Fault] = []
    for number, data in json_lines(read_text(path), str(path), faults):
        try:
            text = data["text"] if "text" in data else data["data"]
            name = str(data.get("name") or data.get("id") or f"{path.stem}-{number}")
            links = [(r["type"], str(r["from_id"]), str(r["to_id"])) for r in data.get("relations", ())]
            drafts.append(Draft(name, text, list(_marks(data)), links, number))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            faults.append(
                Fault(str(path), number, f"not a line of a doccano export ({error!r}); it needs text and label or entities")
            )
    documents, found = documents_of(drafts, source=str(path), schema=schema, units=units)
    return documents, faults + found


def _marks(data: dict[str, Any]) -> Iterator[Mark]:
    if "entities" in data:
        for e in data["entities"]:
            label, attributes = split_label(e["label"])
            yield Mark(str(e["id"]), label, e["start_offset"], e["end_offset"], e.get("text"), attributes)
        return
    for number, (start, end, given) in enumerate(data.get("label", data.get("labels", ())), 1):
        label, attributes = split_label(given)
        yield Mark(str(number), label, start, end, None, attributes)


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
                    # doccano takes no notice of the text; it tells readers how the offsets were counted.
                    {"id": ids[e.id], "label": join_label(e), "start_offset": e.start, "end_offset": e.end, "text": e.text}
                    for e in document.entities
                ],
                "relations": [
                    {"id": n, "from_id": ids[r.head.id], "to_id": ids[r.tail.id], "type": r.type}
                    for n, r in enumerate(document.relations, 1)
                ],
                "Comments": [],
            }
            file.write(json.dumps(data, ensure_ascii=False) + "\n")
